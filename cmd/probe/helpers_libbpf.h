/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What libbpf's own answer to a question is worth beside kvet's. */
#ifndef CMD_PROBE_HELPERS_LIBBPF_H
#define CMD_PROBE_HELPERS_LIBBPF_H

#include <kvet/probe.h>

struct libbpf_claim {
	bool unfounded;  /* it says what nobody can know */
	bool wrong;      /* it says the opposite */
	bool misleading; /* it says yes, and leaves an errno */
};

/* libbpf knows neither variants nor sleepable programs: there is nothing to compare. */
bool libbpf_comparable(const struct kvet_probe_question *question);

struct libbpf_claim libbpf_claim(const struct kvet_probe_libbpf *libbpf, enum kvet_verdict verdict);

#endif
