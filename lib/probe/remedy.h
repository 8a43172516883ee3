/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_PROBE_REMEDY_H
#define KVET_PROBE_REMEDY_H

#include <kvet/cause.h>

/* Sets the remedy for missing capabilities ("CAP_BPF, CAP_PERFMON"): "run as root, or with
 * CAP_BPF and CAP_PERFMON". Pure. */
void kvet_probe_remedy_missing(struct kvet_cause *cause, const char *missing);

#endif
