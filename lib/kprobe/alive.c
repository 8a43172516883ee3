/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a probe that the kernel has armed never fires: the kernel reports that nowhere. */
#include <kvet/kprobe.h>

#include "core/fail.h"

/* Whether the probe is called by ftrace. The compiler puts ftrace's calls at a function's entry, or
 * after its ENDBR. */
static bool by_ftrace(enum kvet_kprobe_backend backend, const struct kvet_kprobe_site *site,
		      const struct kvet_kprobe_armed *armed)
{
	if (backend == KVET_KPROBE_MULTI || backend == KVET_KPROBE_FENTRY)
		return true;
	return armed->known ? armed->ftrace : site->offset == 0 || site->offset == 4;
}

enum kvet_verdict kvet_kprobe_alive(const struct kvet_kprobe_switches *switches,
				    enum kvet_kprobe_backend backend,
				    const struct kvet_kprobe_site *site,
				    const struct kvet_kprobe_armed *armed, struct kvet_cause *cause)
{
	static const char list[] = "/sys/kernel/debug/kprobes/list";

	if (armed->known && armed->gone) {
		kvet_cause_fill(cause, 0, list, "%s is gone: its module was unloaded",
				site->symbol);
	} else if (backend != KVET_KPROBE_MULTI && backend != KVET_KPROBE_FENTRY &&
		   switches->kprobes == 0) {
		kvet_cause_fill(cause, 0, "/sys/kernel/debug/kprobes/enabled",
				"kprobes are globally disabled (0): a probe would never fire");
		kvet_cause_remedy(cause, "echo 1 >/sys/kernel/debug/kprobes/enabled");
	} else if (armed->known && armed->disabled) {
		kvet_cause_fill(cause, 0, list, "%s: the kernel has disabled the probe",
				site->symbol);
	} else if (switches->ftrace == 0 && by_ftrace(backend, site, armed)) {
		kvet_cause_fill(cause, 0, "/proc/sys/kernel/ftrace_enabled",
				"kernel.ftrace_enabled=0: a probe at the entry of %s works through "
				"ftrace and would never fire",
				site->symbol);
		kvet_cause_remedy(cause, "sysctl kernel.ftrace_enabled=1");
	} else {
		return KVET_YES;
	}
	return KVET_UNDETERMINED;
}
