/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One command line of one command: parsed and checked, then run. */
#ifndef CMD_INVOCATION_H
#define CMD_INVOCATION_H

#include "command.h"

struct invocation {
	const struct command *command;
	void *args; /* the struct that the command's options fill; NULL: out of memory */
	struct common_args common;
	struct options_result result; /* with what is wrong with the command line, "" if nothing */
};

/*
 * Parses the command line of a command. argv[0] is skipped, and argv must outlive the invocation.
 * common are the options that were given before the command's name. Nothing is run and nothing is
 * asked. Free it with invocation_free().
 */
void invocation_parse(struct invocation *invocation, const struct command *command, int argc,
		      char **argv, const struct common_args *common);
void invocation_free(struct invocation *invocation);

/* Reports what else is wrong with it, before anything runs: a file that does not exist, or what the
 * command itself knows. Returns STATUS_USAGE if something is. */
enum status invocation_check(const struct invocation *invocation, struct context *context);

/* Whether it has a command of its own to run, after "--". */
bool invocation_has_command(const struct invocation *invocation);

/* Runs it, without the capabilities that the command does not use. Only if nothing is wrong. */
enum status invocation_run(const struct invocation *invocation, struct context *context);

#endif
