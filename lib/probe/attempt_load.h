/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Makes the attempts of a plan. Touches the kernel. */
#ifndef KVET_PROBE_ATTEMPT_LOAD_H
#define KVET_PROBE_ATTEMPT_LOAD_H

#include "probe/context.h"
#include "probe/judge.h"

/* Makes one step of the helper's plan, with programs as the calibration of the variant says. many:
 * the variant is asked about many helpers, so that programs which call several are worth it. */
void kvet_attempt_load(struct kvet_probe *probe, struct kvet_known *known, bool many, int helper,
		       const struct kvet_step *step, struct kvet_trial *trial);

/* Whether programs of one of the types (ends with 0) are offered the helper. */
bool kvet_witness_load(struct kvet_probe *probe, const int *types, int helper);

#endif
