/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The two parts of kvet_probe_classify(): the controls of a variant are the same for all attempts,
 * and are classified once. Pure. */
#ifndef KVET_PROBE_CLASSIFY_H
#define KVET_PROBE_CLASSIFY_H

#include <kvet/probe.h>

/* Whether the controls allow a verdict; if not, they decide, and the answer is filled. */
bool kvet_classify_controls(const struct kvet_probe_controls *controls,
			    struct kvet_probe_answer *answer);

/* What an attempt means under controls that allow a verdict. */
void kvet_classify_attempt(const struct kvet_probe_attempt *attempt,
			   const struct kvet_probe_controls *controls,
			   const struct kvet_probe_limits *limits,
			   struct kvet_probe_answer *answer);

#endif
