/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The format of /proc/timer_list (kernel: kernel/time/timer_list.c). For each CPU and clock base it
 * prints, among much else, lines " .index:      2" and " .offset:     N nsecs", N without a sign.
 * Its other lines change between versions: .get_time was removed in 6.18.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "clock/timer_list.h"
#include "core/cleanup.h"
#include "core/fail.h"

static const char source[] = "/proc/timer_list";

enum {
	MONOTONIC,
	REALTIME,
	BOOTTIME,
	TAI,
	BASE_COUNT
};

struct bases {
	bool seen[BASE_COUNT];
	int64_t offset_ns[BASE_COUNT];
};

/* "  .name:  NUMBER rest": the number, and what follows it. */
static bool number_after(const char *line, const char *name, unsigned long long *number,
			 const char **rest)
{
	char *end;

	line += strspn(line, " ");
	if (strncmp(line, name, strlen(name)) != 0)
		return false;
	line += strlen(name);
	line += strspn(line, " ");
	if (*line < '0' || *line > '9')
		return false;
	errno = 0;
	*number = strtoull(line, &end, 10);
	*rest = end;
	return !errno;
}

static void note_offset(struct bases *bases, unsigned long long base, int64_t offset_ns)
{
	if (base >= BASE_COUNT)
		return; /* the same clocks again, for timers of soft interrupts */
	if (!bases->seen[base] || (base == BOOTTIME && offset_ns > bases->offset_ns[base]))
		bases->offset_ns[base] = offset_ns;
	bases->seen[base] = true;
}

int kvet_clock_timer_list_parse(FILE *stream, struct kvet_clock_kernel *kernel,
				struct kvet_cause *err)
{
	AUTO_FREE char *line = NULL;
	struct bases bases = { 0 };
	unsigned long long base = BASE_COUNT, number;
	unsigned long lines = 0;
	const char *rest;
	size_t size = 0;
	int errnum;

	for (;;) {
		ssize_t len;

		errno = 0;
		len = getline(&line, &size, stream);
		errnum = errno;
		if (len < 0)
			break;
		lines++;
		/* The line of a timer, "<address>, symbol, ...", cannot start like these. */
		if (number_after(line, ".index:", &number, &rest)) {
			base = number;
		} else if (number_after(line, ".offset:", &number, &rest)) {
			if (strncmp(rest, " nsecs", strlen(" nsecs")) != 0)
				return kvet_reject(err, EINVAL, source,
						   "line %lu: an offset that is not in nsecs",
						   lines);
			note_offset(&bases, base, (int64_t)number);
			base = BASE_COUNT;
		}
	}
	if (ferror(stream) && !errnum)
		return kvet_reject(err, EIO, source, "cannot be read to its end");
	if (ferror(stream))
		return kvet_fail(err, errnum, source, "%s", strerror(errnum));
	if (!lines)
		return kvet_reject(err, ENODATA, source, "is empty");
	for (int i = REALTIME; i < BASE_COUNT; i++)
		if (!bases.seen[i])
			return kvet_reject(err, ENODATA, source,
					   "no .offset for the clock base of .index %d", i);
	*kernel = (struct kvet_clock_kernel){ .boottime_ns = bases.offset_ns[BOOTTIME],
					      .realtime_ns = bases.offset_ns[REALTIME],
					      .tai_ns = bases.offset_ns[TAI] };
	return 0;
}
