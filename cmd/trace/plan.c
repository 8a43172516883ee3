/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "shared.h"
#include "waits.h"

/* Adds the name of a function to the words, if the table has it. */
static void add_compat(const struct trace_plan *plan, const char *before, const char *name,
		       char *words, size_t size)
{
	size_t used = strlen(words);
	char symbol[256];

	snprintf(symbol, sizeof(symbol), "%s%.200s", before, name);
	if (kvet_ksyms_by_name(plan->table, symbol).count)
		snprintf(words + used, size - used, "%s%s", used ? ", " : "", symbol);
}

void trace_plan_note_compat(const struct trace_plan *plan, struct context *context)
{
	static const char *const before[] = { "__ia32_sys_", "__ia32_compat_sys_",
					      "__arm64_compat_sys_", "__s390_sys_",
					      "__s390_compat_sys_" };

	for (size_t i = 0; i < plan->count; i++) {
		const struct kvet_kprobe_spec *spec = &plan->requests[i].spec;
		char words[5 * 256 + 16] = "";

		if (!spec->syscall || plan->requests[i].status != STATUS_YES)
			continue;
		for (size_t n = 0; n < sizeof(before) / sizeof(*before); n++)
			add_compat(plan, before[n], spec->glob ? "read" : spec->symbol, words,
				   sizeof(words));
		if (*words)
			context_note(context,
				     "calls of 32-bit processes are not traced: these are %s%s",
				     spec->glob ? "functions such as " : "", words);
	}
}

void trace_plan_deinit(struct trace_plan *plan, struct context *context)
{
	for (size_t i = 0; i < plan->count; i++)
		kvet_kprobe_sites_deinit(&plan->requests[i].sites);
	free(plan->requests);
	free(plan->sites);
	free(plan->owners);
	free(plan->numbers);
	shared_symbols_release(context, plan->table);
	kvet_kprobe_ways_close(plan->ways);
	kvet_kprobe_facts_deinit(&plan->facts);
}

/* Blank lines and comments of a file are not SPECs. */
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
		struct kvet_cause err;

		if (!is_spec(line))
			continue;
		plan->count++;
		plan->root_requests += i < plan->root_lines;
		request->text = line->text;
		if (!kvet_kprobe_spec_parse(line->text, &request->spec, &err)) {
			if (!request->spec.returns || plan->wish.returns)
				continue;
			return context_usage(context,
					     "probe point '%s' is a return: write --return %s",
					     line->text, strchr(line->text, ':') + 1);
		}
		if (line->from)
			return context_usage(context, "%s:%zu: probe point %s; %s", line->from,
					     line->number, err.evidence, err.remedy);
		return context_usage(context, "probe point %s; %s", err.evidence, err.remedy);
	}
	if (!plan->count)
		return context_usage(context, "no SPEC in the input");
	return plan->waits ? trace_waits_check(plan, context) : STATUS_YES;
}

const struct kvet_kprobe_facts *trace_plan_facts(struct trace_plan *plan, struct context *context)
{
	if (!plan->facts_read)
		kvet_kprobe_facts_read(&context->host, &plan->facts);
	plan->facts_read = true;
	return &plan->facts;
}

struct kvet_kprobe_ways *trace_plan_ways(struct trace_plan *plan, struct context *context)
{
	const struct kvet_kprobe_facts *facts = trace_plan_facts(plan, context);

	plan->wish.sites = plan->site_count;
	if (!plan->ways)
		plan->ways = kvet_kprobe_ways_open(&context->host, facts, &plan->wish);
	return plan->ways;
}

/* --- resolving ------------------------------------------------------------------------------- */

/* Tells how to probe one instance with another tracer: by name it gets the first one, or
 * EADDRNOTAVAIL. */
static void advise_instances(const struct trace_plan *plan, struct trace_request *request)
{
	const struct kvet_kprobe_site *site = &request->sites.items[0];
	struct kvet_ksyms_range range = kvet_ksyms_at(plan->table, site->address - site->offset);
	struct kvet_symbol symbol = { 0 };
	char relative[96] = "";

	if (range.count)
		symbol = kvet_ksyms_row(plan->table, range.rows[0]);
	if (symbol.has_relative)
		snprintf(relative, sizeof(relative),
			 ", or for perf and tracefs _text+OFFSET (the first is _text+0x%" PRIx64
			 ")",
			 (uint64_t)symbol.relative + site->offset);
	snprintf(request->cause.remedy, sizeof(request->cause.remedy),
		 "--all for all of them, --nth N for one, or its address (0x...); in your own "
		 "tracer, its address%s",
		 relative);
}

/* Refuses a name with several addresses, because no option chooses among them. */
static void refuse_ambiguous(const struct trace_plan *plan, struct trace_request *request)
{
	request->status = STATUS_NO;
	snprintf(request->cause.source, sizeof(request->cause.source), "kallsyms");
	snprintf(request->cause.evidence, sizeof(request->cause.evidence),
		 "'%s' is ambiguous: %zu addresses", request->text, request->sites.count);
	advise_instances(plan, request);
}

static void refuse_nth(struct trace_request *request, uint64_t nth)
{
	request->status = STATUS_NO;
	snprintf(request->cause.source, sizeof(request->cause.source), "kallsyms");
	snprintf(request->cause.evidence, sizeof(request->cause.evidence),
		 "'%s' has %zu address%s: there is no number %" PRIu64, request->text,
		 request->sites.count, request->sites.count == 1 ? "" : "es", nth);
	kvet_kprobe_sites_deinit(&request->sites);
}

/* The sites are in ascending order of address. */
static void keep_nth(struct trace_request *request, uint64_t nth)
{
	request->sites.items[0] = request->sites.items[nth - 1];
	request->sites.count = 1;
	request->number += nth - 1;
}

/* Nothing was found. If addresses are hidden and kprobes are refused to everybody, the latter is
 * the cause. */
static void refuse_unresolved(struct context *context, struct trace_plan *plan,
			      struct trace_request *request)
{
	struct kvet_kprobe_sites *sites = &request->sites;

	if (sites->verdict == KVET_UNDETERMINED) {
		sites->verdict =
			kvet_kprobe_usable(trace_plan_facts(plan, context), &request->cause);
		if (sites->verdict != KVET_NO) {
			sites->verdict = KVET_UNDETERMINED;
			kvet_ksyms_hidden_cause(&context->host, NULL, &request->cause);
		}
	} else {
		request->cause = sites->cause;
		if (*request->spec.symbol)
			kvet_kprobe_absent_cause(&context->host, plan->table, &request->spec,
						 &request->cause);
	}
	request->status = status_of_verdict(sites->verdict);
}

/* Some instances may be shorter than the offset: the others still count. */
static bool has_good(const struct kvet_kprobe_sites *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		if (sites->items[i].verdict == KVET_YES)
			return true;
	return false;
}

static enum status resolve_one(struct context *context, const struct trace_choice *choice,
			       struct trace_plan *plan, struct trace_request *request)
{
	struct kvet_kprobe_sites *sites = &request->sites;
	struct kvet_cause err;

	if (kvet_kprobe_resolve(plan->table, &request->spec, sites, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	if (plan->waits)
		request->status = trace_waits_resolve(request);
	request->instances = sites->count;
	if (request->status != STATUS_YES)
		return request->status;
	if (sites->verdict != KVET_YES)
		refuse_unresolved(context, plan, request);
	else if (sites->count > 1 && !request->spec.glob && !choice->all && !choice->nth)
		refuse_ambiguous(plan, request);
	else if (choice->nth > sites->count)
		refuse_nth(request, choice->nth);
	else if (choice->nth)
		keep_nth(request, choice->nth);
	if (request->status != STATUS_YES)
		return request->status;
	/* The kernel is not asked about those sites of a glob that its lists rule out. */
	if (request->spec.glob)
		kvet_kprobe_sift(&context->host, trace_plan_facts(plan, context), sites);
	else if (!has_good(sites))
		request->status = STATUS_NO;
	return request->status;
}

/* What waits for its module has no address yet: its name tells it from others. */
static int compare_addresses(const void *a, const void *b)
{
	const struct kvet_kprobe_site *first = a, *second = b;
	int modules;

	if (!first->waits || !second->waits || first->address || second->address)
		return first->address < second->address ? -1 : first->address > second->address;
	modules = strcmp(first->module, second->module);
	return modules ? modules : strcmp(first->symbol, second->symbol);
}

static void keep(void *site)
{
	(void)site;
}

/* Collects the sites of all requests; of several with the same address only the first. */
static bool collect(struct trace_plan *plan)
{
	size_t most = 0;
	void *seen = NULL;
	bool done;

	for (size_t i = 0; i < plan->count; i++)
		most += plan->requests[i].sites.count;
	plan->sites = calloc(most + 1, sizeof(*plan->sites));
	plan->owners = calloc(most + 1, sizeof(*plan->owners));
	plan->numbers = calloc(most + 1, sizeof(*plan->numbers));
	done = plan->sites && plan->owners && plan->numbers;
	for (size_t i = 0; i < plan->count && done; i++) {
		struct trace_request *request = &plan->requests[i];
		size_t count = request->status == STATUS_YES ? request->sites.count : 0;

		for (size_t k = 0; k < count && done; k++) {
			struct kvet_kprobe_site *site = &request->sites.items[k], **found;

			found = tsearch(site, &seen, compare_addresses);
			done = found != NULL;
			if (!done || *found != site)
				continue;
			plan->sites[plan->site_count] = site;
			plan->owners[plan->site_count] = request;
			plan->numbers[plan->site_count++] = request->number + k;
		}
		if (i < plan->root_requests)
			plan->roots = plan->site_count;
	}
	tdestroy(seen, keep);
	return done;
}

/* A batch has one table for all its commands. */
static int open_table(struct trace_plan *plan, struct context *context, bool whole,
		      struct kvet_cause *err)
{
	const struct kvet_kprobe_spec **specs;
	int ret;

	if (whole || context->shared)
		return shared_symbols(context, NULL, &plan->table, err);
	specs = calloc(plan->count, sizeof(*specs));
	if (!specs)
		return kvet_ksyms_open(&plan->table, &context->host, NULL, err);
	for (size_t i = 0; i < plan->count; i++)
		specs[i] = &plan->requests[i].spec;
	ret = kvet_kprobe_table_open(&plan->table, &context->host, specs, plan->count, err);
	free(specs);
	return ret;
}

enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice)
{
	struct kvet_cause err;
	enum status status = STATUS_YES;
	size_t number = 1;

	if (open_table(plan, context, choice->whole, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < plan->count; i++) {
		struct trace_request *request = &plan->requests[i];

		request->number = number;
		status = status_worst(status, resolve_one(context, choice, plan, request));
		/* A request without sites has a record too. */
		number += request->instances ? request->instances : 1;
	}
	return collect(plan) ? status : context_failure(context, ENOMEM, "malloc");
}

enum status trace_plan_refused(struct trace_plan *plan, struct context *context, size_t site,
			       enum kvet_verdict verdict, const struct kvet_cause *cause)
{
	struct trace_request *owner = plan->owners[site];

	/* An undetermined verdict has the same cause for all sites: it is reported once. */
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
			     "%zu of %zu sites of '%s' cannot be probed: see the CAUSE column",
			     request->refused, count, request->text);
		if (request->refused == count)
			status = STATUS_NO;
	}
	return status;
}
