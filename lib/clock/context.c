/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "clock/context.h"

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

void kvet_clock_ntp_describe(int state, const struct timex *timex, struct kvet_clock_ntp *ntp)
{
	static const char *const names[] = {
		[TIME_OK] = "ok",    [TIME_INS] = "insert", [TIME_DEL] = "delete",
		[TIME_OOP] = "leap", [TIME_WAIT] = "wait",  [TIME_ERROR] = "error",
	};
	/* Error bounds are in microseconds whatever STA_NANO says; a frequency is ppm with 16
	 * bits of a fraction (adjtimex(2)). */
	*ntp = (struct kvet_clock_ntp){
		.synchronized = state != TIME_ERROR && !(timex->status & STA_UNSYNC),
		.state = state >= TIME_OK && state <= TIME_ERROR ? names[state] : "error",
		.frequency_ppb = (int64_t)timex->freq * 1000 / 65536,
		.max_error_ns = (int64_t)timex->maxerror * 1000,
		.tai_s = timex->tai,
	};
}
