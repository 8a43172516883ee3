/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "helpers_libbpf.h"

bool libbpf_comparable(const struct kvet_probe_question *question)
{
	return !question->variant && !question->sleepable;
}

struct libbpf_claim libbpf_claim(const struct kvet_probe_libbpf *libbpf, enum kvet_verdict verdict)
{
	bool yes = libbpf->ret > 0;

	/* An error is no answer. */
	if (!libbpf->answered || libbpf->ret < 0)
		return (struct libbpf_claim){ .wrong = false };
	return (struct libbpf_claim){
		.unfounded = verdict == KVET_UNDETERMINED,
		.wrong = verdict != KVET_UNDETERMINED && yes != (verdict == KVET_YES),
		.misleading = yes && libbpf->errnum,
	};
}
