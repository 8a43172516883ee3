/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_EXPLAIN_H
#define KVET_KPROBE_EXPLAIN_H

#include <kvet/kprobe.h>

/* Explains by the kernel's lists why a site cannot be probed; errnum is 0 if the kernel was not
 * asked. Pure. */
void kvet_kprobe_explain_untraceable(int errnum, const char *source,
				     const struct kvet_kprobe_site *site,
				     const struct kvet_kprobe_lists *lists,
				     struct kvet_cause *cause);

/* Whether a known lockdown refuses kprobes to everybody. If so, *cause says it, with errnum and
 * source from the refusal. Pure. */
bool kvet_kprobe_explain_lockdown(int errnum, const char *source,
				  const struct kvet_kprobe_facts *facts, struct kvet_cause *cause);

#endif
