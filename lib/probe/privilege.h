/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The privileges that bpf(BPF_PROG_LOAD) requires, and which of them this process lacks. */
#ifndef KVET_PROBE_PRIVILEGE_H
#define KVET_PROBE_PRIVILEGE_H

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/probe.h>

#include "bpf/needs.h"
#include "probe/denial_read.h"

/* What the process lacks, read once for any number of helpers. */
struct kvet_privilege {
	char missing[128];            /* of those that any helper may require */
	char missing_write_user[128]; /* of those that bpf_probe_write_user() requires */
};

/* delegated: with a BPF token, the capabilities in this process's own user namespace count. */
void kvet_privilege_read(struct kvet_privilege *privilege, bool delegated);

/* Which of these, and which denials of the host, make the kernel refuse this helper to every
 * program; for kvet_probe_classify(). */
void kvet_privilege_limits(const struct kvet_privilege *privilege, struct kvet_denials *denials,
			   int helper, struct kvet_probe_limits *limits);

/* The capabilities that a load of the type requires, and that a helper may require; the list ends
 * with -1. */
static inline const int *kvet_privilege_needed(int type)
{
	return kvet_bpf_program_needs(type);
}
const int *kvet_privilege_of_helper(int helper);

#endif
