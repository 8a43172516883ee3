/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the load of a program that calls a kfunc means. Pure. */
#ifndef KVET_KFUNC_JUDGE_H
#define KVET_KFUNC_JUDGE_H

#include <kvet/probe.h>

/* Fills verdict, reason, attempt and cause. */
void kvet_kfunc_judge(const struct kvet_probe_attempt *attempt,
		      const struct kvet_probe_controls *controls, struct kvet_probe_answer *answer);

#endif
