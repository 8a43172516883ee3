/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "clock/kernel_log.h"

static const char resumed[] = ";PM: suspend exit\n";

uint64_t kvet_clock_last_resume(const char *records)
{
	uint64_t last = 0;

	for (const char *line = records; *line;) {
		const char *end = strchrnul(line, '\n');
		const char *text = memchr(line, ';', (size_t)(end - line));
		unsigned long long us;

		/* Priority and sequence number, then the time in us. */
		if (text && !strncmp(text, resumed, strlen(resumed)) &&
		    sscanf(line, "%*u,%*u,%llu,", &us) == 1)
			last = us * 1000;
		line = *end ? end + 1 : end;
	}
	return last;
}
