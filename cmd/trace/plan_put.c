/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of a plan: one for each site, and one for each SPEC that was refused. */
#include <errno.h>
#include <stdio.h>

#include "plan.h"
#include "records.h"

/* In a table to choose from, how many sites the kernel is asked about: each takes some ms. */
#define CHECKED_MOST  64
/* How many sites the kernel has accepted one by one before its lists decide on the rest of a glob.
 */
#define ACCEPTED_MOST 64

static bool is_ambiguous(const struct trace_request *request)
{
	return request->sites.count && *request->cause.evidence;
}

static enum kvet_verdict judge(struct trace_plan *plan, struct context *context,
			       const struct kvet_kprobe_site *site, enum kvet_kprobe_asking asking,
			       enum kvet_kprobe_backend *backend, struct kvet_cause *cause)
{
	struct kvet_kprobe_ways *ways = trace_plan_ways(plan, context);

	if (ways)
		return kvet_kprobe_judge(ways, site, asking, backend, cause);
	*cause = (struct kvet_cause){ .errnum = ENOMEM,
				      .source = "malloc",
				      .evidence = "no memory" };
	return KVET_UNDETERMINED;
}

/* Writes the record of one of several sites to choose from. */
static void put_instance(struct trace_plan *plan, struct context *context,
			 const struct trace_request *request, size_t i)
{
	struct trace_site_row row = { .number = request->number + i,
				      .spec = request->text,
				      .site = &request->sites.items[i],
				      .neighbours = true,
				      .cause = &request->cause };
	enum kvet_verdict attachable;
	struct kvet_cause why;

	if (i < CHECKED_MOST && !context_stopped(context)) {
		attachable =
			judge(plan, context, row.site, KVET_KPROBE_ASK_ALWAYS, &row.backend, &why);
		row.attachable = &attachable;
		row.cause = attachable == KVET_YES ? &request->cause : &why;
	}
	trace_put_site(context, plan->table, &row);
}

/* Writes the records of a SPEC that was refused. */
static void put_request(struct trace_plan *plan, struct context *context,
			const struct trace_request *request)
{
	const enum kvet_verdict attachable =
		request->status == STATUS_NO ? KVET_NO : KVET_UNDETERMINED;

	for (size_t i = 0; i < request->sites.count; i++) {
		const struct kvet_kprobe_site *site = &request->sites.items[i];

		if (is_ambiguous(request)) {
			put_instance(plan, context, request, i);
			continue;
		}
		trace_put_site(context, plan->table,
			       &(struct trace_site_row){ .number = request->number + i,
							 .spec = request->text,
							 .site = site,
							 .attachable = &attachable,
							 .cause = &site->cause });
		context_error(context, &site->cause);
	}
	if (!request->sites.count)
		trace_put_site(context, plan->table,
			       &(struct trace_site_row){ .number = request->number,
							 .spec = request->text,
							 .attachable = &attachable,
							 .cause = &request->cause });
	if (*request->cause.evidence)
		context_error(context, &request->cause);
}

void trace_plan_put_refused(struct trace_plan *plan, struct context *context)
{
	static const struct kvet_cause idle = {
		.evidence = "not attached, because another SPEC was refused"
	};
	size_t site = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct trace_request *request = &plan->requests[i];

		if (request->status != STATUS_YES)
			put_request(plan, context, request);
		for (; site < plan->site_count && plan->owners[site] == request; site++)
			trace_put_site(context, plan->table,
				       &(struct trace_site_row){ .number = plan->numbers[site],
								 .spec = request->text,
								 .site = plan->sites[site],
								 .cause = &idle });
	}
}

void trace_plan_say_fallback(struct context *context, enum kvet_kprobe_backend backend,
			     const struct kvet_cause *cause, char *fallback, size_t size)
{
	context_note(context, "using %s instead of the kprobe PMU: %s",
		     kvet_kprobe_backend_name(backend), kvet_cause_text(cause, fallback, size));
}

/* The sites of a plan, counted by verdict. */
struct tally {
	enum status status;
	size_t by[KVET_KPROBE_BACKEND_COUNT]; /* sites that can be probed, by back end */
	size_t good;                          /* all sites that can be probed */
	size_t accepted;                      /* those that the kernel was asked about */
	enum kvet_kprobe_backend first;       /* the back end of the first of them */
};

/*
 * Whether the kernel is asked about a site. Each answer takes some ms, so of a large glob it is
 * asked about the first sites only, unless one link answers for all. A list of names decides on a
 * name that several functions have if it lists all of them.
 */
static enum kvet_kprobe_asking asking_about(struct trace_plan *plan, struct context *context,
					    size_t site, const struct tally *tally)
{
	const struct kvet_kprobe_site *of = plan->sites[site];
	struct kvet_kprobe_lists lists;

	if (!plan->owners[site]->spec.glob || tally->accepted < ACCEPTED_MOST ||
	    kvet_kprobe_ways_route(plan->ways).multi || plan->wish.backend == KVET_KPROBE_FENTRY)
		return KVET_KPROBE_ASK_ALWAYS;
	kvet_kprobe_lists_read(&context->host, &plan->facts, of, &lists);
	if (lists.entries && lists.entries < kvet_ksyms_by_name(plan->table, of->symbol).count)
		return KVET_KPROBE_ASK_ALWAYS;
	return KVET_KPROBE_ASK_UNKNOWN;
}

/* Judges one site. A yes has a cause only if it is the lists'. */
static enum kvet_verdict judge_site(struct trace_plan *plan, struct context *context, size_t site,
				    struct tally *tally, enum kvet_kprobe_backend *backend,
				    struct kvet_cause *cause)
{
	enum kvet_verdict verdict = judge(plan, context, plan->sites[site],
					  asking_about(plan, context, site, tally), backend, cause);

	if (verdict != KVET_YES)
		return verdict;
	*cause = (struct kvet_cause){ 0 };
	if (*backend != KVET_KPROBE_AUTO) {
		tally->accepted++;
		return verdict;
	}
	*backend = kvet_kprobe_ways_route(plan->ways).single;
	*cause = (struct kvet_cause){
		.source = "available_filter_functions",
		.evidence = "lists it, and kprobes/blacklist does not; the kernel was not asked"
	};
	return verdict;
}

/* Judges one site, and writes its record. */
static void put_site(struct trace_plan *plan, struct context *context, size_t site,
		     struct tally *tally)
{
	const struct trace_request *owner = plan->owners[site];
	enum kvet_kprobe_backend backend = KVET_KPROBE_AUTO;
	struct kvet_cause cause;
	enum kvet_verdict attachable = judge_site(plan, context, site, tally, &backend, &cause);

	trace_put_site(
		context, plan->table,
		&(struct trace_site_row){
			.number = plan->numbers[site],
			.spec = owner->text,
			.site = plan->sites[site],
			.neighbours = owner->instances > 1 && !owner->spec.glob,
			.attachable = &attachable,
			.backend = backend,
			.cause = attachable == KVET_YES && !*cause.evidence ? NULL : &cause });
	if (attachable != KVET_YES) {
		tally->status = status_worst(
			tally->status, trace_plan_refused(plan, context, site, attachable, &cause));
		return;
	}
	if (!tally->good++)
		tally->first = backend;
	tally->by[backend]++;
}

/* Reports which back ends the sites would be probed with, unless it is only the kprobe PMU. */
static void say_ways(struct trace_plan *plan, struct context *context, const struct tally *tally)
{
	struct trace_totals totals = { 0 };
	struct kvet_cause cause;

	if (!tally->good || !plan->ways)
		return;
	if (kvet_kprobe_ways_fallback(plan->ways, &cause)) {
		trace_plan_say_fallback(context, tally->first, &cause, totals.fallback,
					sizeof(totals.fallback));
		trace_put_summary(context, &totals);
	}
	if (tally->accepted < tally->good)
		context_note(
			context,
			"%zu of %zu sites are attachable by the kernel's lists; it was asked about "
			"the others",
			tally->good - tally->accepted, plan->site_count);
	/* Nothing to add if all sites have the PMU, or the back end that was just reported. */
	if (tally->by[KVET_KPROBE_PMU] == tally->good ||
	    (*totals.fallback && tally->by[tally->first] == tally->good))
		return;
	for (int i = 0; i < KVET_KPROBE_BACKEND_COUNT; i++)
		if (tally->by[i])
			context_note(context, "%zu of %zu sites by %s", tally->by[i],
				     plan->site_count, kvet_kprobe_backend_name(i));
}

static bool plan_goes_on(void *opaque, size_t done)
{
	struct context *context = opaque;

	context_progress(context, "kvet: %zu sites checked", done);
	return !context_stopped(context);
}

enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok)
{
	enum status asked, refused = STATUS_YES;
	struct tally tally = { .status = STATUS_YES };
	struct kvet_cause cause;
	size_t site = 0;

	/* A cause that applies to every site of a glob is not reported by trace_plan_refused(). */
	if (plan->site_count &&
	    kvet_kprobe_usable(trace_plan_facts(plan, context), &cause) != KVET_YES)
		context_error(context, &cause);
	else if (trace_plan_ways(plan, context))
		kvet_kprobe_check_ahead(plan->ways, plan->sites, plan->site_count, plan_goes_on,
					context);

	for (size_t i = 0; i < plan->count && !context_stopped(context); i++) {
		const struct trace_request *request = &plan->requests[i];

		if (request->status != STATUS_YES)
			put_request(plan, context, request);
		refused = status_worst(refused, request->status);
		for (; site < plan->site_count && plan->owners[site] == request &&
		       !context_stopped(context);
		     site++) {
			context_progress(context, "kvet: %zu of %zu sites checked", site,
					 plan->site_count);
			put_site(plan, context, site, &tally);
		}
	}
	context_progress(context, "%s", "");
	say_ways(plan, context, &tally);
	asked = status_worst(tally.status, trace_plan_judge_globs(plan, context));
	if (partial_ok && tally.good && asked == STATUS_NO)
		asked = STATUS_YES;
	return status_worst(asked, refused);
}

enum status trace_plan_put_unarmed(const struct trace_plan *plan, struct context *context,
				   bool asked, enum kvet_verdict verdict,
				   const struct kvet_cause *cause)
{
	context_progress(context, "%s", "");
	for (size_t i = 0; i < plan->site_count; i++)
		trace_put_site(context, plan->table,
			       &(struct trace_site_row){ .number = plan->numbers[i],
							 .spec = plan->owners[i]->text,
							 .site = plan->sites[i],
							 .attachable = asked ? &verdict : NULL,
							 .cause = cause });
	context_error(context, cause);
	return status_of_verdict(verdict);
}
