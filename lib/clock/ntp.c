/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "clock/ntp.h"

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
