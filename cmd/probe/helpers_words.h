/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An answer in words. */
#ifndef CMD_PROBE_HELPERS_WORDS_H
#define CMD_PROBE_HELPERS_WORDS_H

#include <kvet/probe.h>

/* "supported", "unsupported" or "undetermined". */
const char *probe_verdict_word(enum kvet_verdict verdict);

/* The reason, with the build option that the kernel lacks, if that is why. */
const char *probe_reason_text(const struct kvet_probe_answer *answer, char *buf, size_t size);

#endif
