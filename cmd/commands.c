/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "command.h"

#define COMMAND(name) extern const struct command name##_command;
#include "commands.def"
#undef COMMAND

#define COMMAND(name) &name##_command,
const struct command *const commands[] = {
#include "commands.def"
	NULL,
};
#undef COMMAND
