/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the host may have to do with a refusal. Touches the kernel. */
#ifndef KVET_PROBE_FACTS_READ_H
#define KVET_PROBE_FACTS_READ_H

#include "probe/context.h"
#include "probe/judge.h"

/* Reads what the answer's cause requires. What facts points to belongs to the context. */
void kvet_facts_read(struct kvet_probe *probe, const struct kvet_probe_answer *answer,
		     struct kvet_host_facts *facts);

/* The build option that this kernel lacks and that the helper, or the type, depends on, NULL if
 * there is none; *evidence is what says so. */
const char *kvet_facts_option(struct kvet_probe *probe, const struct kvet_probe_question *question,
			      const char **evidence);

#endif
