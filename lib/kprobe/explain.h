/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_EXPLAIN_H
#define KVET_KPROBE_EXPLAIN_H

#include <kvet/kprobe.h>

/* What the lists say of a site that cannot be probed; errnum is 0 where nobody asked. Pure. */
void kvet_kprobe_explain_untraceable(int errnum, const char *source,
				     const struct kvet_kprobe_site *site,
				     const struct kvet_kprobe_lists *lists,
				     struct kvet_cause *cause);

/* Whether a lockdown that is known refuses kprobes to everybody. If so, it is the cause: errnum and
 * source are of the refusal. Pure. */
bool kvet_kprobe_explain_lockdown(int errnum, const char *source,
				  const struct kvet_kprobe_facts *facts, struct kvet_cause *cause);

#endif
