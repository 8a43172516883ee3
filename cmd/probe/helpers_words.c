/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>

#include "helpers_words.h"

const char *probe_verdict_word(enum kvet_verdict verdict)
{
	return verdict == KVET_YES  ? "supported"
	       : verdict == KVET_NO ? "unsupported"
				    : "undetermined";
}

const char *probe_reason_text(const struct kvet_probe_answer *answer, char *buf, size_t size)
{
	if (!answer->option)
		return kvet_probe_reason_text(answer->reason);
	snprintf(buf, size, "%s: %s is not set", kvet_probe_reason_text(answer->reason),
		 answer->option);
	return buf;
}
