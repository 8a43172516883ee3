/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why the kernel refuses a probe: reads what its lists and this process's privileges say. */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "bpf/late.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/refused_read.h"

enum kvet_verdict kvet_kprobe_refused_event(int errnum, const struct kvet_host *host,
					    const struct kvet_kprobe_facts *facts,
					    const char *source, struct kvet_cause *cause)
{
	static const int needed[] = { CAP_PERFMON, -1 };

	if (kvet_kprobe_explain_lockdown(errnum, source, facts, cause))
		return KVET_NO;
	if (facts->perf.state == KVET_REACH_DEATH) {
		kvet_reach_is_death(host, KVET_CALL_PERF, cause);
		return KVET_UNDETERMINED;
	}
	kvet_cause_fill(cause, errnum, source, "%s", kvet_errno_text(errnum));
	kvet_refusal_add(host, KVET_CALL_PERF, needed, cause);
	return KVET_UNDETERMINED;
}

enum kvet_verdict kvet_kprobe_refusal(int errnum, const struct kvet_host *host,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause)
{
	struct kvet_kprobe_lists lists = { -1, -1, -1, 0 };
	struct kvet_refusal refusal;

	if (facts->perf.state == KVET_REACH_DEATH)
		return kvet_kprobe_refused_event(errnum, host, facts, "perf_event_open(kprobe)",
						 cause);
	/* The kernel says EINVAL for entries too; but the entry was asked first, and not
	 * refused. */
	if (errnum == EINVAL && returns && site->offset) {
		kvet_cause_fill(cause, errnum, "perf_event_open(kprobe)",
				"%s+0x%" PRIx64 " is not where the function begins: its return can "
				"be probed only there",
				site->symbol, site->offset);
		kvet_cause_remedy(cause, "--return %s", site->symbol);
		return KVET_NO;
	}
	if (errnum == EPERM || errnum == EACCES || errnum == ENOSYS)
		kvet_refusal_read(&refusal, host, KVET_CALL_PERF);
	else if (errnum == EINVAL)
		kvet_kprobe_lists_read(host, facts, site, &lists);
	return kvet_kprobe_explain(errnum, site, facts, &lists, &refusal, cause);
}
