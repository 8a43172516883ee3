/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a plan says without tracing: of each site, and of each SPEC that was refused. */
#include "trace_plan.h"
#include "trace_records.h"

/* Of a table to choose from, the kernel is asked about so many: each takes some ms. */
#define CHECKED_MOST 64

static bool is_ambiguous(const struct trace_request *request)
{
	return request->sites.count && *request->cause.evidence;
}

static enum kvet_verdict judge(struct trace_plan *plan, struct context *context,
			       const struct kvet_kprobe_site *site, struct kvet_cause *cause)
{
	return kvet_kprobe_judge(&context->host, trace_plan_facts(plan, context), site,
				 plan->returns, KVET_KPROBE_ASK_ALWAYS, cause);
}

/* One of several, to choose from. */
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
		attachable = judge(plan, context, row.site, &why);
		row.attachable = &attachable;
		row.cause = attachable == KVET_YES ? &request->cause : &why;
	}
	trace_put_site(context, plan->table, &row);
}

/* A SPEC that was refused as a whole. */
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
		.evidence = "nothing is armed: another SPEC was refused"
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

/* Asks about one site, and puts its record. */
static enum kvet_verdict put_site(struct trace_plan *plan, struct context *context, size_t site,
				  enum status *status)
{
	const struct trace_request *owner = plan->owners[site];
	struct kvet_cause cause;
	enum kvet_verdict attachable = judge(plan, context, plan->sites[site], &cause);

	trace_put_site(
		context, plan->table,
		&(struct trace_site_row){ .number = plan->numbers[site],
					  .spec = owner->text,
					  .site = plan->sites[site],
					  .neighbours = owner->instances > 1 && !owner->spec.glob,
					  .attachable = &attachable,
					  .cause = attachable == KVET_YES ? NULL : &cause });
	if (attachable != KVET_YES)
		*status = status_worst(*status,
				       trace_plan_refused(plan, context, site, attachable, &cause));
	return attachable;
}

enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok)
{
	enum status asked = STATUS_YES, refused = STATUS_YES;
	size_t site = 0, good = 0;
	struct kvet_cause cause;

	/* Of a glob, what holds for every site is not said of each. */
	if (plan->site_count &&
	    kvet_kprobe_usable(trace_plan_facts(plan, context), &cause) != KVET_YES)
		context_error(context, &cause);

	for (size_t i = 0; i < plan->count && !context_stopped(context); i++) {
		const struct trace_request *request = &plan->requests[i];

		if (request->status != STATUS_YES)
			put_request(plan, context, request);
		refused = status_worst(refused, request->status);
		for (; site < plan->site_count && plan->owners[site] == request &&
		       !context_stopped(context);
		     site++) {
			context_progress(context, "kvet: %zu of %zu sites asked about", site,
					 plan->site_count);
			good += put_site(plan, context, site, &asked) == KVET_YES;
		}
	}
	context_progress(context, "%s", "");
	asked = status_worst(asked, trace_plan_judge_globs(plan, context));
	if (partial_ok && good && asked == STATUS_NO)
		asked = STATUS_YES;
	return status_worst(asked, refused);
}

enum status trace_plan_put_unarmed(const struct trace_plan *plan, struct context *context,
				   enum kvet_verdict verdict, const struct kvet_cause *cause)
{
	context_progress(context, "%s", "");
	for (size_t i = 0; i < plan->site_count; i++)
		trace_put_site(context, plan->table,
			       &(struct trace_site_row){ .number = plan->numbers[i],
							 .spec = plan->owners[i]->text,
							 .site = plan->sites[i],
							 .cause = cause });
	context_error(context, cause);
	return status_of_verdict(verdict);
}
