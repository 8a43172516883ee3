/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One load attempt: bpf(BPF_PROG_LOAD), its errno and the verifier's words. */
#ifndef KVET_PROBE_HELPER_LOAD_H
#define KVET_PROBE_HELPER_LOAD_H

#include <kvet/probe.h>

/* Neither a helper nor a program type will ever have this number. */
#define KVET_PROBE_IMPOSSIBLE 0x7fffffff

/* Offers a program of the type that calls the helper, sets r0 to 0 and exits. */
void kvet_probe_load_helper(int type, int helper, struct kvet_probe_attempt *attempt);

/* Offers a program of the type that only sets r0 to 0 and exits. */
void kvet_probe_load_null(int type, struct kvet_probe_attempt *attempt);

#endif
