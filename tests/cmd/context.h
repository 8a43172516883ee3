/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What main.c has for commands, for tests of their parts, which main.c is not linked with. Included
 * once in a test. */
#ifndef TESTS_CMD_CONTEXT_H
#define TESTS_CMD_CONTEXT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"

/* What was noted, and the evidence of what was an error. */
static char notes[4096];

void context_note(struct context *context, const char *format, ...)
{
	size_t used = strlen(notes);
	va_list args;

	(void)context;
	va_start(args, format);
	vsnprintf(notes + used, sizeof(notes) - used, format, args);
	va_end(args);
}

void context_error(struct context *context, const struct kvet_cause *cause)
{
	context_note(context, "%s", cause->evidence);
}

enum status context_failure(struct context *context, int errnum, const char *source)
{
	(void)context;
	(void)errnum;
	(void)source;
	return STATUS_ERROR;
}

enum status context_usage(struct context *context, const char *format, ...)
{
	(void)context;
	(void)format;
	return STATUS_USAGE;
}

void context_progress(struct context *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

bool context_stopped(const struct context *context)
{
	(void)context;
	return false;
}

#endif
