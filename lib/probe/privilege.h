/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The privileges that bpf(BPF_PROG_LOAD) asks for, and which of them this process lacks. */
#ifndef KVET_PROBE_PRIVILEGE_H
#define KVET_PROBE_PRIVILEGE_H

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/probe.h>

#include "probe/denial_read.h"

/* What the process lacks: read once, for any number of helpers. */
struct kvet_privilege {
	char missing[128];            /* of what any helper may take */
	char missing_write_user[128]; /* of what bpf_probe_write_user() takes */
};

/* delegated: a BPF token makes the capabilities in this process's own user namespace count. */
void kvet_privilege_read(struct kvet_privilege *privilege, bool delegated);

/* What of it, and of what the host denies to everyone, makes the kernel deny this helper to any
 * program, for kvet_probe_classify(). */
void kvet_privilege_limits(const struct kvet_privilege *privilege, struct kvet_denials *denials,
			   int helper, struct kvet_probe_limits *limits);

/* The capabilities that a load of the type takes, and that a helper may take; -1 ends them. */
const int *kvet_privilege_needed(int type);
const int *kvet_privilege_of_helper(int helper);

#endif
