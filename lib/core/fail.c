/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"

__attribute__((format(printf, 4, 0))) static void
fill(struct kvet_cause *cause, int errnum, const char *source, const char *evidence, va_list args)
{
	memset(cause, 0, sizeof(*cause));
	cause->errnum = errnum;
	snprintf(cause->source, sizeof(cause->source), "%s", source);
	vsnprintf(cause->evidence, sizeof(cause->evidence), evidence, args);
}

void kvet_cause_fill(struct kvet_cause *cause, int errnum, const char *source, const char *evidence,
		     ...)
{
	va_list args;

	if (!cause)
		return;
	va_start(args, evidence);
	fill(cause, errnum, source, evidence, args);
	va_end(args);
}

void kvet_cause_add(struct kvet_cause *cause, const char *evidence, ...)
{
	va_list args;
	size_t used;

	if (!cause)
		return;
	used = strlen(cause->evidence);
	/* No room for a separator and at least one letter: the evidence stays as it is. */
	if (used + 3 >= sizeof(cause->evidence))
		return;
	if (used) {
		memcpy(cause->evidence + used, "; ", 3);
		used += 2;
	}
	va_start(args, evidence);
	vsnprintf(cause->evidence + used, sizeof(cause->evidence) - used, evidence, args);
	va_end(args);
}

void kvet_cause_remedy(struct kvet_cause *cause, const char *remedy, ...)
{
	va_list args;

	if (!cause)
		return;
	va_start(args, remedy);
	vsnprintf(cause->remedy, sizeof(cause->remedy), remedy, args);
	va_end(args);
}

void kvet_cause_remedy_missing(struct kvet_cause *cause, const char *missing)
{
	const char *last = strrchr(missing, ',');

	if (last)
		kvet_cause_remedy(cause, "run as root, or with %.*s and%s", (int)(last - missing),
				  missing, last + 1);
	else
		kvet_cause_remedy(cause, "run as root, or with %s", missing);
}

/* A failure is none of 0, whatever a library has left in errno. */
static int returned(int errnum)
{
	return errnum > 0 ? -errnum : -EIO;
}

int kvet_fail(struct kvet_cause *err, int errnum, const char *source, const char *evidence, ...)
{
	va_list args;

	if (err) {
		va_start(args, evidence);
		fill(err, errnum, source, evidence, args);
		va_end(args);
	}
	return returned(errnum);
}

int kvet_reject(struct kvet_cause *err, int errnum, const char *source, const char *evidence, ...)
{
	va_list args;

	if (err) {
		va_start(args, evidence);
		fill(err, 0, source, evidence, args);
		va_end(args);
	}
	return returned(errnum);
}

int kvet_fail_memory(struct kvet_cause *err)
{
	return kvet_fail(err, ENOMEM, "malloc", "out of memory");
}
