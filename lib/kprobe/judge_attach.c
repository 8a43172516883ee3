/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a kprobe can go to a site: what the kernel's lists say, and what the kernel answers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/trampoline.h"
#include "kprobe/ways.h"

/* --- asking the kernel ----------------------------------------------------------------------- */

/* Whether a probe that the kernel has accepted would fire. Called while the probe is registered:
 * the kernel's list of probes names it, unless it is a kprobe_multi one. */
static enum kvet_verdict check_alive(struct kvet_kprobe_ways *ways, enum kvet_kprobe_backend by,
				     const struct kvet_kprobe_site *site, bool returns,
				     struct kvet_cause *cause)
{
	const struct kvet_kprobe_switches *switches = &ways->facts->switches;
	struct kvet_kprobe_armed armed = { 0 };

	if (switches->kprobes != 0 && switches->ftrace != 0)
		return KVET_YES;
	if (by != KVET_KPROBE_MULTI && by != KVET_KPROBE_FENTRY)
		(void)kvet_kprobe_armed_read(&ways->host, &site, 1, returns, &armed, NULL);
	armed.disabled = false; /* it was registered disabled */
	return kvet_kprobe_alive(switches, by, site, &armed, cause);
}

static int compare_asked(const void *a, const void *b)
{
	const struct kvet_kprobe_asked *first = a, *second = b;

	return first->address < second->address ? -1 : first->address > second->address;
}

/* Whether the kernel accepts a kprobe_multi link for the site. */
static enum kvet_verdict ask_multi(struct kvet_kprobe_ways *ways,
				   const struct kvet_kprobe_site *site, bool returns,
				   struct kvet_cause *cause)
{
	const struct kvet_kprobe_asked key = { .address = site->address }, *asked = NULL;
	static const uint64_t cookie;
	AUTO_CLOSE int link = -EINVAL;

	if (ways->multi != KVET_YES || site->offset)
		return kvet_kprobe_ways_unlinked(ways, site, true, cause);
	if (ways->asked)
		asked = bsearch(&key, ways->asked, ways->asked_count, sizeof(key), compare_asked);
	if (!asked)
		link = kvet_kprobe_multi_attach(&site->address, &cookie, 1, returns, ways->idle);
	if (link >= 0 || (asked && asked->taken))
		return KVET_YES;
	if (link == -EINVAL || link == -ENOENT || link == -ESRCH)
		return kvet_kprobe_ways_unlinked(ways, site, true, cause);
	kvet_cause_fill(cause, -link, "bpf(BPF_LINK_CREATE, kprobe_multi)", "%s",
			kvet_errno_text(-link));
	return KVET_UNDETERMINED;
}

/* Whether the kernel accepts a probe of the site's own, by the route's single back end. */
static enum kvet_verdict ask_single(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site, bool returns,
				    struct kvet_cause *cause)
{
	enum kvet_verdict verdict = KVET_YES;
	AUTO_CLOSE int fd = kvet_kprobe_ways_event(ways, site, returns, &verdict, cause);

	return fd < 0 ? verdict : check_alive(ways, ways->route.single, site, returns, cause);
}

enum kvet_verdict kvet_kprobe_check(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site, bool returns,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause)
{
	struct kvet_kprobe_route route = kvet_kprobe_ways_route(ways);
	enum kvet_verdict multi = KVET_NO, single = KVET_NO, sum;
	bool alone = route.single == KVET_KPROBE_AUTO;
	struct kvet_cause refusal;

	*backend = KVET_KPROBE_AUTO;
	if (route.fentry) {
		single = kvet_trampoline_ask(ways, site, returns, cause);
		if (single == KVET_YES)
			*backend = KVET_KPROBE_FENTRY;
		if (single == KVET_YES)
			return check_alive(ways, KVET_KPROBE_FENTRY, site, returns, cause);
		if (alone)
			return single;
	}
	if (route.multi)
		multi = ask_multi(ways, site, returns, cause);
	if (route.multi && multi == KVET_YES) {
		*backend = KVET_KPROBE_MULTI;
		/* If multi accepts the site, it is the back end, even for a probe that cannot
		 * fire. */
		return check_alive(ways, KVET_KPROBE_MULTI, site, returns, cause);
	}
	if (alone)
		return multi;
	refusal = *cause;
	single = ask_single(ways, site, returns, cause);
	if (single == KVET_YES) {
		*backend = route.single;
		return KVET_YES;
	}
	sum = kvet_kprobe_ways_sum(route.multi ? &multi : NULL, &single);
	if (sum != single)
		*cause = refusal;
	return sum;
}

void kvet_kprobe_check_ahead(struct kvet_kprobe_ways *ways,
			     const struct kvet_kprobe_site *const *sites, size_t count,
			     bool (*goes_on)(void *context, size_t done), void *context)
{
	struct kvet_kprobe_many many = { .sites = sites,
					 .count = count,
					 .returns = ways->wish.returns,
					 .entry = -1,
					 .goes_on = goes_on,
					 .context = context };
	bool multi = kvet_kprobe_ways_route(ways).multi;

	if (!multi || ways->multi != KVET_YES || ways->asked)
		return;
	many.hit = ways->idle;
	if (!kvet_kprobe_many_attach(&ways->host, ways->facts, &many))
		ways->asked = calloc(count + 1, sizeof(*ways->asked));
	for (size_t i = 0; i < count && ways->asked; i++)
		ways->asked[ways->asked_count++] =
			(struct kvet_kprobe_asked){ .address = sites[i]->address,
						    .taken = many.taken[i] };
	if (ways->asked)
		qsort(ways->asked, ways->asked_count, sizeof(*ways->asked), compare_asked);
	kvet_kprobe_many_deinit(&many);
}

/* --- with what the kernel's lists say -------------------------------------------------------- */

/*
 * Whether the lists rule a site out. A part of a function ("foo.cold", "foo.isra.0") is not ruled
 * out if only the function that it is a part of is traceable (kernel: within_notrace_func()).
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

/* Explains what the lists leave open. */
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

/* Whether the lists rule the site out for every back end. The blacklist applies to kprobes, not to
 * probes that only ftrace calls. */
static bool is_for_no_way(struct kvet_kprobe_ways *ways, const struct kvet_kprobe_site *site,
			  const struct kvet_kprobe_lists *lists, enum kvet_kprobe_asking asking)
{
	if (!is_ruled_out(ways->facts, lists))
		return false;
	/* If only multi or fentry is wished for, kvet_kprobe_check() gives its own cause. */
	if (ways->wish.backend == KVET_KPROBE_MULTI || ways->wish.backend == KVET_KPROBE_FENTRY)
		return false;
	if (lists->traceable != 1 || site->offset || asking == KVET_KPROBE_ASK_NEVER)
		return true;
	return !kvet_kprobe_ways_route(ways).multi;
}

/* Asks the kernel, and its lists if it does not say yes: they have the better words for a no. */
static enum kvet_verdict ask_first(struct kvet_kprobe_ways *ways,
				   const struct kvet_kprobe_site *site,
				   enum kvet_kprobe_backend *backend, struct kvet_cause *cause)
{
	enum kvet_verdict verdict =
		kvet_kprobe_check(ways, site, ways->wish.returns, backend, cause);
	struct kvet_kprobe_lists lists;

	/* The kernel looks for an instruction only where its lists allow a probe. */
	if (verdict == KVET_YES || cause->errnum == EILSEQ)
		return verdict;
	kvet_kprobe_lists_read(&ways->host, ways->facts, site, &lists);
	if (!is_for_no_way(ways, site, &lists, KVET_KPROBE_ASK_ALWAYS))
		return verdict;
	say_lists(site, &lists, cause);
	return KVET_NO;
}

enum kvet_verdict kvet_kprobe_judge(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site,
				    enum kvet_kprobe_asking asking,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause)
{
	static const struct kvet_kprobe_armed unseen;
	const struct kvet_kprobe_facts *facts = ways->facts;
	enum kvet_verdict usable = kvet_kprobe_usable(facts, cause);
	struct kvet_kprobe_lists lists;
	bool known;

	*backend = KVET_KPROBE_AUTO;
	/* A site's own no comes first. If no kprobe can be armed here, that is a no for a site that
	 * is undetermined, too. */
	if (site->verdict == KVET_NO || (site->verdict != KVET_YES && usable != KVET_NO)) {
		*cause = site->cause;
		return site->verdict;
	}
	if (usable == KVET_NO)
		return KVET_NO;
	/* To read the lists takes ten times as long as the kernel's answer. */
	if (asking == KVET_KPROBE_ASK_ALWAYS && usable == KVET_YES &&
	    !kvet_kprobe_lists_kept(facts))
		return ask_first(ways, site, backend, cause);
	kvet_kprobe_lists_read(&ways->host, facts, site, &lists);
	if (is_for_no_way(ways, site, &lists, asking)) {
		say_lists(site, &lists, cause);
		return KVET_NO;
	}
	known = lists.blacklisted == 0 && lists.traceable == 1;
	/* With such lists the kernel has kprobes, even if neither PMU nor kprobe_events was
	 * found. */
	if (usable != KVET_YES && asking != KVET_KPROBE_ASK_NEVER)
		return usable;
	if (known && asking != KVET_KPROBE_ASK_ALWAYS)
		return kvet_kprobe_alive(&facts->switches, KVET_KPROBE_PMU, site, &unseen, cause);
	if (asking != KVET_KPROBE_ASK_NEVER)
		return kvet_kprobe_check(ways, site, ways->wish.returns, backend, cause);
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
