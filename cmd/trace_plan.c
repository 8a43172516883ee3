/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "trace_plan.h"
#include "trace_records.h"

/* Of a table to choose from, the kernel is asked about so many: each takes some ms. */
#define CHECKED_MOST 64

void trace_plan_deinit(struct trace_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		kvet_kprobe_sites_deinit(&plan->requests[i].sites);
	free(plan->requests);
	free(plan->sites);
	free(plan->owners);
	kvet_ksyms_free(plan->table);
}

enum status trace_plan_parse(struct trace_plan *plan, struct context *context,
			     const char *const *texts, size_t count)
{
	plan->requests = calloc(count, sizeof(*plan->requests));
	if (!plan->requests)
		return context_failure(context, ENOMEM, "malloc");
	plan->count = count;
	for (size_t i = 0; i < count; i++) {
		struct kvet_error err;

		plan->requests[i].text = texts[i];
		if (kvet_kprobe_spec_parse(texts[i], &plan->requests[i].spec, &err))
			return context_usage(context, "probe point %s; %s", err.cause.evidence,
					     err.cause.remedy);
	}
	return STATUS_YES;
}

bool trace_plan_check(struct trace_plan *plan, struct context *context,
		      const struct kvet_kprobe_site *site, enum kvet_verdict *attachable,
		      struct kvet_cause *cause)
{
	if (!plan->facts_read)
		kvet_kprobe_facts_read(&context->host, &plan->facts);
	plan->facts_read = true;
	*attachable = site->verdict;
	*cause = site->cause;
	if (site->verdict != KVET_YES)
		return true;
	*attachable = kvet_kprobe_usable(&plan->facts, cause);
	if (*attachable != KVET_YES)
		return false;
	*attachable = kvet_kprobe_check(&context->host, &plan->facts, site, plan->returns, cause);
	return true;
}

/* Several addresses, and nobody said which: a table to choose from, and a no. */
static enum status refuse_ambiguous(struct context *context, struct trace_plan *plan,
				    const struct trace_request *request, size_t *number)
{
	struct kvet_cause cause = { .source = "kallsyms" };

	snprintf(cause.evidence, sizeof(cause.evidence), "'%s' is ambiguous: %zu addresses",
		 request->text, request->sites.count);
	snprintf(cause.remedy, sizeof(cause.remedy),
		 "--all for every one of them, --nth for one, or its address (0x...)");
	for (size_t i = 0; i < request->sites.count; i++) {
		const struct kvet_kprobe_site *site = &request->sites.items[i];
		enum kvet_verdict attachable;
		struct kvet_cause why;

		if (i < CHECKED_MOST && trace_plan_check(plan, context, site, &attachable, &why))
			trace_put_site(context, plan->table, ++*number, request->text, site, NULL,
				       &attachable, attachable == KVET_YES ? &cause : &why);
		else
			trace_put_site(context, plan->table, ++*number, request->text, site, NULL,
				       NULL, &cause);
	}
	context_error(context, &cause);
	return STATUS_NO;
}

static enum status refuse_site(struct context *context, const struct trace_plan *plan,
			       const char *spec, size_t *number,
			       const struct kvet_kprobe_site *site, enum kvet_verdict verdict,
			       const struct kvet_cause *cause)
{
	trace_put_site(context, plan->table, ++*number, spec, site, NULL, NULL, cause);
	context_error(context, cause);
	return status_of_verdict(verdict);
}

static enum status refuse_nth(struct context *context, const struct trace_plan *plan,
			      const struct trace_request *request, uint64_t nth, size_t *number)
{
	struct kvet_cause cause = { .source = "kallsyms" };

	snprintf(cause.evidence, sizeof(cause.evidence),
		 "'%s' has no %" PRIu64 ". address, but %zu", request->text, nth,
		 request->sites.count);
	return refuse_site(context, plan, request->text, number, NULL, KVET_NO, &cause);
}

/* The sites stand in the order of their addresses. */
static void keep_nth(struct kvet_kprobe_sites *sites, uint64_t nth)
{
	sites->items[0] = sites->items[nth - 1];
	sites->count = 1;
}

static enum status resolve_one(struct context *context, const struct trace_choice *choice,
			       struct trace_plan *plan, struct trace_request *request,
			       size_t *number)
{
	struct kvet_error err;
	enum status status = STATUS_YES;
	struct kvet_kprobe_sites *sites = &request->sites;
	size_t good = 0;

	if (kvet_kprobe_resolve(plan->table, &request->spec, sites, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	if (sites->verdict == KVET_UNDETERMINED)
		kvet_ksyms_hidden_cause(&context->host, NULL, &sites->cause);
	if (sites->verdict != KVET_YES)
		return refuse_site(context, plan, request->text, number, NULL, sites->verdict,
				   &sites->cause);
	if (sites->count > 1 && !choice->all && !choice->nth)
		return refuse_ambiguous(context, plan, request, number);
	if (choice->nth > sites->count)
		return refuse_nth(context, plan, request, choice->nth, number);
	if (choice->nth)
		keep_nth(sites, choice->nth);
	for (size_t i = 0; i < sites->count; i++)
		good += sites->items[i].verdict == KVET_YES;
	/* Some instances may be too short for the offset: the others still count. */
	for (size_t i = 0; i < sites->count; i++) {
		const struct kvet_kprobe_site *site = &sites->items[i];

		if (site->verdict != KVET_YES && !good)
			status = status_worst(status,
					      refuse_site(context, plan, request->text, number,
							  site, site->verdict, &site->cause));
	}
	plan->site_count += sites->count;
	return status;
}

enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice)
{
	struct kvet_error err;
	enum status status = STATUS_YES;
	size_t number = 0, n = 0;

	if (kvet_ksyms_load(&plan->table, &context->host, NULL, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < plan->count; i++)
		status = status_worst(
			status, resolve_one(context, choice, plan, &plan->requests[i], &number));
	if (status != STATUS_YES)
		return status;
	plan->sites = calloc(plan->site_count, sizeof(*plan->sites));
	plan->owners = calloc(plan->site_count, sizeof(*plan->owners));
	if (!plan->sites || !plan->owners)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < plan->count; i++) {
		for (size_t k = 0; k < plan->requests[i].sites.count; k++) {
			plan->sites[n] = &plan->requests[i].sites.items[k];
			plan->owners[n++] = &plan->requests[i];
		}
	}
	return STATUS_YES;
}

enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok)
{
	enum status status = STATUS_YES;
	size_t good = 0;

	for (size_t i = 0; i < plan->site_count && !context_stopped(context); i++) {
		enum kvet_verdict attachable = KVET_UNDETERMINED;
		struct kvet_cause cause;
		bool usable = trace_plan_check(plan, context, plan->sites[i], &attachable, &cause);

		trace_put_site(context, plan->table, i + 1, plan->owners[i]->text, plan->sites[i],
			       NULL, &attachable, attachable == KVET_YES ? NULL : &cause);
		good += attachable == KVET_YES;
		if (attachable != KVET_YES)
			context_error(context, &cause);
		status = status_worst(status,
				      usable ? status_of_verdict(attachable) : STATUS_UNDETERMINED);
	}
	return partial_ok && good && status == STATUS_NO ? STATUS_YES : status;
}

enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context)
{
	enum status status = STATUS_YES;
	size_t number = 0;

	for (size_t i = 0; i < plan->site_count; i++) {
		struct kvet_kprobe_site site = *plan->sites[i];
		size_t before = number;
		struct kvet_cause cause = site.cause;

		for (; site.offset < site.extent && !context_stopped(context);
		     site.offset++, site.address++) {
			enum kvet_verdict attachable = KVET_UNDETERMINED;

			if (!trace_plan_check(plan, context, &site, &attachable, &cause) ||
			    attachable == KVET_UNDETERMINED) {
				context_error(context, &cause);
				return STATUS_UNDETERMINED;
			}
			if (attachable == KVET_YES)
				trace_put_site(context, plan->table, ++number,
					       plan->owners[i]->text, &site, NULL, &attachable,
					       NULL);
		}
		if (number > before)
			continue;
		context_error(context, &cause);
		status = STATUS_NO;
	}
	return status;
}
