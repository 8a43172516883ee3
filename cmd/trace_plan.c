/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

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
	kvet_kprobe_facts_deinit(&plan->facts);
}

/* A line of a file may say nothing. */
static bool is_spec(const struct line *line)
{
	return !line->from || !strchr("#", line->text[strspn(line->text, " \t")]);
}

enum status trace_plan_parse(struct trace_plan *plan, struct context *context,
			     const struct lines *lines)
{
	plan->requests = calloc(lines->count + 1, sizeof(*plan->requests));
	if (!plan->requests)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];
		struct trace_request *request = &plan->requests[plan->count];
		struct kvet_error err;

		if (!is_spec(line))
			continue;
		plan->count++;
		request->text = line->text;
		if (!kvet_kprobe_spec_parse(line->text, &request->spec, &err))
			continue;
		if (line->from)
			return context_usage(context, "%s:%zu: probe point %s; %s", line->from,
					     line->number, err.cause.evidence, err.cause.remedy);
		return context_usage(context, "probe point %s; %s", err.cause.evidence,
				     err.cause.remedy);
	}
	if (!plan->count)
		return context_usage(context, "no probe point: SPEC... or --file FILE with some");
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

		struct trace_site_row row = { .number = ++*number,
					      .spec = request->text,
					      .site = site,
					      .neighbours = true,
					      .cause = &cause };

		if (i < CHECKED_MOST && trace_plan_check(plan, context, site, &attachable, &why)) {
			row.attachable = &attachable;
			row.cause = attachable == KVET_YES ? &cause : &why;
		}
		trace_put_site(context, plan->table, &row);
	}
	context_error(context, &cause);
	return STATUS_NO;
}

static enum status refuse_site(struct context *context, const struct trace_plan *plan,
			       const char *spec, size_t *number,
			       const struct kvet_kprobe_site *site, enum kvet_verdict verdict,
			       const struct kvet_cause *cause)
{
	trace_put_site(context, plan->table,
		       &(struct trace_site_row){
			       .number = ++*number, .spec = spec, .site = site, .cause = cause });
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
	if (sites->count > 1 && !choice->all && !choice->nth && !request->spec.glob)
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
	return status;
}

static int compare_addresses(const void *a, const void *b)
{
	uint64_t first = ((const struct kvet_kprobe_site *)a)->address,
		 second = ((const struct kvet_kprobe_site *)b)->address;

	return first < second ? -1 : first > second;
}

static void keep(void *site)
{
	(void)site;
}

/* All sites of all requests; of those with the same address the first. */
static bool collect(struct trace_plan *plan)
{
	size_t most = 0;
	void *seen = NULL;
	bool done = true;

	for (size_t i = 0; i < plan->count; i++)
		most += plan->requests[i].sites.count;
	plan->sites = calloc(most + 1, sizeof(*plan->sites));
	plan->owners = calloc(most + 1, sizeof(*plan->owners));
	for (size_t i = 0; i < plan->count && plan->sites && plan->owners && done; i++) {
		struct trace_request *request = &plan->requests[i];

		for (size_t k = 0; k < request->sites.count && done; k++) {
			struct kvet_kprobe_site *site = &request->sites.items[k], **found;

			found = tsearch(site, &seen, compare_addresses);
			done = found != NULL;
			if (!done || *found != site)
				continue;
			plan->sites[plan->site_count] = site;
			plan->owners[plan->site_count++] = request;
		}
	}
	tdestroy(seen, keep);
	return done && plan->sites && plan->owners;
}

enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice)
{
	struct kvet_error err;
	enum status status = STATUS_YES;
	size_t number = 0;

	if (kvet_ksyms_open(&plan->table, &context->host, NULL, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < plan->count; i++)
		status = status_worst(
			status, resolve_one(context, choice, plan, &plan->requests[i], &number));
	if (status != STATUS_YES)
		return status;
	return collect(plan) ? STATUS_YES : context_failure(context, ENOMEM, "malloc");
}

enum status trace_plan_refused(struct trace_plan *plan, struct context *context, size_t site,
			       enum kvet_verdict verdict, const struct kvet_cause *cause)
{
	struct trace_request *owner = plan->owners[site];

	/* What is undetermined is so for all: it is said once. */
	if (owner->spec.glob && verdict == KVET_NO) {
		owner->refused++;
		return STATUS_YES;
	}
	context_error(context, cause);
	return status_of_verdict(verdict);
}

static size_t owned(const struct trace_plan *plan, const struct trace_request *request)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->site_count; i++)
		count += plan->owners[i] == request;
	return count;
}

enum status trace_plan_judge_globs(const struct trace_plan *plan, struct context *context)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < plan->count; i++) {
		const struct trace_request *request = &plan->requests[i];
		size_t count;

		if (!request->refused)
			continue;
		count = owned(plan, request);
		context_note(context,
			     "%zu of the %zu sites of '%s' cannot be probed: see their causes",
			     request->refused, count, request->text);
		if (request->refused == count)
			status = STATUS_NO;
	}
	return status;
}

enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok)
{
	enum status status = STATUS_YES;
	size_t good = 0;

	for (size_t i = 0; i < plan->site_count && !context_stopped(context); i++) {
		enum kvet_verdict attachable = KVET_UNDETERMINED;
		struct kvet_cause cause;
		bool usable = trace_plan_check(plan, context, plan->sites[i], &attachable, &cause);

		trace_put_site(context, plan->table,
			       &(struct trace_site_row){
				       .number = i + 1,
				       .spec = plan->owners[i]->text,
				       .site = plan->sites[i],
				       .attachable = &attachable,
				       .cause = attachable == KVET_YES ? NULL : &cause });
		good += attachable == KVET_YES;
		if (!usable)
			attachable = KVET_UNDETERMINED;
		if (attachable != KVET_YES)
			status = status_worst(
				status, trace_plan_refused(plan, context, i, attachable, &cause));
	}
	status = status_worst(status, trace_plan_judge_globs(plan, context));
	return partial_ok && good && status == STATUS_NO ? STATUS_YES : status;
}

/* The offsets of one symbol. *found counts those that the kernel takes; cause is the last
 * refusal. Returns not yes if the kernel could not be asked. */
static enum status put_offsets(struct trace_plan *plan, struct context *context, const char *spec,
			       struct kvet_kprobe_site site, uint64_t end, size_t *found,
			       struct kvet_cause *cause)
{
	for (; site.offset < end && !context_stopped(context); site.offset++, site.address++) {
		enum kvet_verdict attachable = KVET_UNDETERMINED;

		/* It takes some ms. */
		if (site.offset % 16 == 0)
			context_progress(context, "kvet: %s+0x%" PRIx64 " of 0x%" PRIx64,
					 site.symbol, site.offset, end);
		if (!trace_plan_check(plan, context, &site, &attachable, cause) ||
		    attachable == KVET_UNDETERMINED) {
			context_error(context, cause);
			return STATUS_UNDETERMINED;
		}
		if (attachable == KVET_YES)
			trace_put_site(context, plan->table,
				       &(struct trace_site_row){ .number = ++*found,
								 .spec = spec,
								 .site = &site,
								 .attachable = &attachable });
	}
	context_progress(context, "%s", "");
	return STATUS_YES;
}

enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context,
				   const struct trace_range *range)
{
	enum status status = STATUS_YES;
	size_t found = 0;

	for (size_t i = 0; i < plan->site_count; i++) {
		struct kvet_kprobe_site site = *plan->sites[i];
		struct kvet_cause cause = site.cause;
		uint64_t end = site.extent;
		size_t before = found;

		if (range->given) {
			site.address += range->first - site.offset;
			site.offset = range->first;
			if (range->last < end)
				end = range->last + 1;
		}
		if (site.offset >= end) {
			cause = (struct kvet_cause){ .source = "kallsyms" };
			snprintf(cause.evidence, sizeof(cause.evidence),
				 "offset 0x%" PRIx64
				 " is past the end of %s, which is at 0x%" PRIx64,
				 site.offset, site.symbol, site.extent);
		}
		status = status_worst(status, put_offsets(plan, context, plan->owners[i]->text,
							  site, end, &found, &cause));
		if (status == STATUS_UNDETERMINED)
			return status;
		if (found > before)
			continue;
		context_error(context, &cause);
		status = STATUS_NO;
	}
	return status;
}
