/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names that placeholders stand for, as this kernel and this build have them. */
#ifndef CMD_COMPLETION_SOURCES_H
#define CMD_COMPLETION_SOURCES_H

#include "command.h"
#include "complete.h"

/* Tells the sink all names of the source that fit the stem. Errors are reported. */
enum status sources_complete(struct context *context, const struct completion_sink *sink,
			     const struct completion_stem *stem, enum completion_source source);

#endif
