/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a kprobe can go to a site: by the kernel's lists, and by its own word. */
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/pmu_attach.h"
#include "kprobe/tracefs_attach.h"

static enum kvet_verdict check_in(struct kvet_kprobe_group *group, const struct kvet_host *host,
				  const struct kvet_kprobe_facts *facts,
				  const struct kvet_kprobe_site *site, bool returns,
				  struct kvet_cause *cause)
{
	enum kvet_verdict verdict = KVET_YES;
	AUTO_CLOSE int fd =
		group ? kvet_kprobe_group_event(group, host, facts, site, returns, &verdict, cause)
		      : kvet_kprobe_pmu_event(host, facts, site, returns, &verdict, cause);
	struct kvet_kprobe_armed armed = { 0 };

	if (fd < 0 || (facts->switches.kprobes != 0 && facts->switches.ftrace != 0))
		return verdict;
	(void)kvet_kprobe_armed_read(host, &site, 1, returns, &armed, NULL);
	armed.disabled = false; /* as long as nobody enables it */
	return kvet_kprobe_alive(&facts->switches, KVET_KPROBE_PMU, site, &armed, cause);
}

enum kvet_verdict kvet_kprobe_check(const struct kvet_host *host,
				    const struct kvet_kprobe_facts *facts,
				    const struct kvet_kprobe_site *site, bool returns,
				    struct kvet_cause *cause)
{
	struct kvet_kprobe_group *group = NULL;
	enum kvet_verdict verdict;
	struct kvet_error err;

	if (facts->pmu_type < 0 && kvet_kprobe_group_open(&group, host, &err)) {
		*cause = err.cause;
		return KVET_UNDETERMINED;
	}
	verdict = check_in(group, host, facts, site, returns, cause);
	kvet_kprobe_group_close(group);
	return verdict;
}

/*
 * Whether the lists rule a site out. Of a part of a function ("foo.cold", "foo.isra.0") the
 * function counts too: what is not in the list may be probed if that one is (kernel:
 * within_notrace_func()).
 */
static bool is_ruled_out(const struct kvet_kprobe_facts *facts,
			 const struct kvet_kprobe_lists *lists)
{
	return lists->blacklisted == 1 ||
	       (lists->traceable == 0 && lists->whole != 1 && !facts->probes_notrace);
}

static void say_lists(const struct kvet_kprobe_site *site, const struct kvet_kprobe_lists *lists,
		      struct kvet_cause *cause)
{
	kvet_kprobe_explain_untraceable(
		0, lists->blacklisted == 1 ? "kprobes/blacklist" : "available_filter_functions",
		site, lists, cause);
}

/* What the lists leave open. */
static void say_unknown(const struct kvet_kprobe_site *site, const struct kvet_kprobe_lists *lists,
			struct kvet_cause *cause)
{
	if (lists->blacklisted >= 0 && lists->traceable >= 0)
		kvet_cause_fill(cause, 0, "available_filter_functions",
				"%s is not in it, but the function that it is a part of is",
				site->symbol);
	else
		kvet_cause_fill(cause, 0, "debugfs, tracefs", "%s cannot be read",
				lists->blacklisted < 0 ? "kprobes/blacklist"
						       : "available_filter_functions");
}

enum kvet_verdict kvet_kprobe_judge(const struct kvet_host *host,
				    const struct kvet_kprobe_facts *facts,
				    const struct kvet_kprobe_site *site, bool returns,
				    enum kvet_kprobe_asking asking, struct kvet_cause *cause)
{
	static const struct kvet_kprobe_armed unseen;
	enum kvet_verdict usable = kvet_kprobe_usable(facts, cause);
	struct kvet_kprobe_lists lists;
	bool known;

	/* A no is a no; what is refused to everybody is one, though the site be not known. */
	if (site->verdict == KVET_NO || (site->verdict != KVET_YES && usable != KVET_NO)) {
		*cause = site->cause;
		return site->verdict;
	}
	if (usable == KVET_NO)
		return KVET_NO;
	kvet_kprobe_lists_read(host, facts, site, &lists);
	if (is_ruled_out(facts, &lists)) {
		say_lists(site, &lists, cause);
		return KVET_NO;
	}
	known = lists.blacklisted == 0 && lists.traceable == 1;
	/* Who has such lists has kprobes, though there be no sign of them. */
	if (usable != KVET_YES && asking != KVET_KPROBE_ASK_NEVER)
		return usable;
	if (known && asking != KVET_KPROBE_ASK_ALWAYS)
		return kvet_kprobe_alive(&facts->switches, KVET_KPROBE_PMU, site, &unseen, cause);
	if (asking != KVET_KPROBE_ASK_NEVER)
		return kvet_kprobe_check(host, facts, site, returns, cause);
	say_unknown(site, &lists, cause);
	return KVET_UNDETERMINED;
}

void kvet_kprobe_sift(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
		      struct kvet_kprobe_sites *sites)
{
	for (size_t i = 0; i < sites->count; i++) {
		struct kvet_kprobe_site *site = &sites->items[i];
		struct kvet_kprobe_lists lists;

		if (site->verdict != KVET_YES)
			continue;
		kvet_kprobe_lists_read(host, facts, site, &lists);
		if (!is_ruled_out(facts, &lists))
			continue;
		site->verdict = KVET_NO;
		say_lists(site, &lists, &site->cause);
	}
}
