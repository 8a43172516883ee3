/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The privileges that bpf(BPF_PROG_LOAD) asks for, and which of them this process lacks. */
#ifndef KVET_PROBE_PRIVILEGE_H
#define KVET_PROBE_PRIVILEGE_H

#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>

/* Names of the capabilities of which the want makes the kernel deny this helper to any
 * program, for kvet_probe_classify(). Returns buf. */
const char *kvet_probe_missing_for_helper(int helper, char *buf, size_t size);

/* Adds what is known of why a load of this type was refused with EPERM, and a remedy. */
void kvet_probe_explain_eperm(const struct kvet_host *host, int type, struct kvet_cause *cause);

#endif
