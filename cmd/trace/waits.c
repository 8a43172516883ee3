/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/array.h"
#include "waits.h"

/* --- SPECs ----------------------------------------------------------------------------------- */

/* Whether the SPEC names a module that can be loaded. */
static bool names_module(const struct kvet_kprobe_spec *spec)
{
	return *spec->module && strcmp(spec->module, "vmlinux") != 0 &&
	       strcmp(spec->module, "kernel") != 0;
}

enum status trace_waits_check(struct trace_plan *plan, struct context *context)
{
	bool any = false;

	for (size_t i = 0; i < plan->count; i++) {
		struct kvet_kprobe_spec *spec = &plan->requests[i].spec;

		if (!names_module(spec))
			continue;
		any = true;
		if (spec->glob)
			return context_usage(context,
					     "--wait: '%s' is a glob: a module that is not loaded "
					     "has no functions to match",
					     plan->requests[i].text);
		if (spec->offset)
			return context_usage(context,
					     "--wait: '%s' has an offset: where the function ends "
					     "is not known before its module is loaded",
					     plan->requests[i].text);
		/* The kernel has "_" where files and modprobe(8) may have "-". */
		for (char *at = spec->module; *at; at++)
			if (*at == '-')
				*at = '_';
	}
	if (any)
		return STATUS_YES;
	return context_usage(context, "--wait requires MODULE:SYM, and '%s' names no module",
			     plan->requests[0].text);
}

static bool exists(const char *module, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s%s", module, file);
	return !access(path, F_OK);
}

static enum status refuse(struct trace_request *request)
{
	request->status = STATUS_NO;
	kvet_kprobe_sites_deinit(&request->sites);
	return STATUS_NO;
}

enum status trace_waits_resolve(struct trace_request *request)
{
	const struct kvet_kprobe_spec *spec = &request->spec;
	struct kvet_kprobe_sites *sites = &request->sites;
	struct kvet_cause *cause = &request->cause;

	if (!names_module(spec) || sites->verdict == KVET_UNDETERMINED)
		return STATUS_YES;
	if (sites->count > 1) {
		snprintf(cause->source, sizeof(cause->source), "kallsyms");
		snprintf(cause->evidence, sizeof(cause->evidence),
			 "'%s' is ambiguous: %zu addresses, and --wait arms a function by its name",
			 request->text, sites->count);
		return refuse(request);
	}
	if (sites->count) {
		sites->items[0].waits = sites->items[0].verdict == KVET_YES;
		sites->items[0].unique = true; /* by the name that it is armed by */
		return STATUS_YES;
	}
	/* A loaded module without this function is refused as without --wait. */
	if (exists(spec->module, "/initstate"))
		return STATUS_YES;
	if (exists(spec->module, "")) {
		snprintf(cause->source, sizeof(cause->source), "/sys/module/%s", spec->module);
		snprintf(cause->evidence, sizeof(cause->evidence),
			 "'%s' is built into this kernel: it is never loaded", spec->module);
		return refuse(request);
	}
	free(sites->items);
	sites->items = calloc(1, sizeof(*sites->items));
	if (!sites->items) {
		sites->count = 0;
		return STATUS_YES;
	}
	sites->verdict = KVET_YES;
	sites->count = 1;
	sites->items[0] = (struct kvet_kprobe_site){ .symbol = spec->symbol,
						     .module = spec->module,
						     .unique = true,
						     .waits = true,
						     .verdict = KVET_YES };
	return STATUS_YES;
}

/* --- the record ------------------------------------------------------------------------------ */

enum {
	BOOT,
	MONO,
	WALL_NS,
	WALL,
	MODULE,
	CHANGE,
	COMM,
	NUMBER,
	SYMBOL,
	ADDRESS,
	CAUSE,
	FIELDS
};

static const struct field fields[] = {
	[BOOT] = { "boot_ns", FIELD_TIME, "CLOCK_BOOTTIME of the change", 0 },
	[MONO] = { "mono_ns", FIELD_TIME, "CLOCK_MONOTONIC of the change", FIELD_ASIDE },
	[WALL_NS] = { "wall_ns", FIELD_TIME, "CLOCK_REALTIME of the change; absent if not known",
		      FIELD_DETAIL },
	[WALL] = { "wall", FIELD_STRING, "CLOCK_REALTIME of the change as date and time, UTC",
		   FIELD_DETAIL },
	[MODULE] = { "module", FIELD_STRING, "module that a site waits for", 0 },
	[CHANGE] = { "change", FIELD_STRING, "loaded or unloaded", 0 },
	[COMM] = { "comm", FIELD_STRING, "task that did it", 0 },
	[NUMBER] = { "number", FIELD_INTEGER, "number of the site", FIELD_LEAVES(1) },
	[SYMBOL] = { "symbol", FIELD_STRING, "symbol of the site", 0 },
	[ADDRESS] = { "address", FIELD_ADDRESS,
		      "where the site is armed; absent if it is not, or not known", 0 },
	[CAUSE] = { "cause", FIELD_STRING, "why the address is absent", FIELD_SPARSE },
};

/* Text has a note instead. */
const struct schema trace_module_schema = SCHEMA_FLAGGED("module", fields, SCHEMA_DETAIL);

static void put_change(const struct trace_waits *waits, const struct trace_wait *wait,
		       const struct kvet_trace_module *change)
{
	const struct kvet_kprobe_site *site = wait->site;
	char wall[KVET_CLOCK_WALL_SIZE] = "", where[32];
	uint64_t wall_ns;
	struct value values[FIELDS] = {
		[BOOT] = value_time(change->boot_ns),
		[MONO] = value_time(change->mono_ns),
		[MODULE] = value_string(change->name),
		[CHANGE] = value_string(change->loaded ? "loaded" : "unloaded"),
		[COMM] = value_string(change->comm),
		[NUMBER] = value_integer((int64_t)waits->plan->numbers[wait->index]),
		[SYMBOL] = value_string(site->symbol),
		[ADDRESS] = site->address ? value_address(site->address) : value_absent(),
		[CAUSE] = value_string(change->loaded ? wait->cause.evidence : NULL),
	};

	if (trace_wall_time(waits->wall, change->boot_ns, &wall_ns)) {
		values[WALL_NS] = value_time(wall_ns);
		values[WALL] = value_string(kvet_clock_wall_format(wall_ns, wall));
	}
	output_record(waits->context->output, &trace_module_schema, values);
	snprintf(where, sizeof(where), "is armed at 0x%" PRIx64, site->address);
	context_note(waits->context, "module %s was %s by %s%s%s: %s %s", change->name,
		     change->loaded ? "loaded" : "unloaded", change->comm, *wall ? " at " : "",
		     wall, site->symbol,
		     !change->loaded ? "waits for it to come back"
		     : site->address ? where
				     : wait->cause.evidence);
}

/* --- where a site is ------------------------------------------------------------------------- */

/* Which of these sites the kernel has armed; count: none, or it does not tell. *known: it tells.
 * Probes of functions that are freed once the module has started are gone by now, but were armed.
 */
static size_t find_armed(const struct trace_waits *waits, const struct kvet_kprobe_sites *sites,
			 bool *known)
{
	const struct kvet_kprobe_site **all = calloc(sites->count, sizeof(*all));
	struct kvet_kprobe_armed *armed = calloc(sites->count, sizeof(*armed));
	size_t at = 0;

	for (size_t i = 0; all && i < sites->count; i++)
		all[i] = &sites->items[i];
	*known = all && armed &&
		 !kvet_kprobe_armed_read(&waits->context->host, all, sites->count,
					 waits->plan->wish.returns, armed, NULL);
	while (at < sites->count && *known && !armed[at].known)
		at++;
	free(all);
	free(armed);
	return *known ? at : sites->count;
}

static void set_cause(struct trace_wait *wait, bool armed, const char *source, const char *why)
{
	wait->armed = armed;
	snprintf(wait->cause.source, sizeof(wait->cause.source), "%s", source);
	snprintf(wait->cause.evidence, sizeof(wait->cause.evidence), "%s", why);
}

static void choose_site(const struct trace_waits *waits, struct trace_wait *wait,
			const struct kvet_kprobe_sites *sites)
{
	static const char list[] = "/sys/kernel/debug/kprobes/list";
	bool known;
	size_t at = find_armed(waits, sites, &known);

	/* The kernel does not tell which, but there is only one that it may be. */
	if (!known && sites->count == 1)
		at = 0;
	if (at < sites->count) {
		wait->site->address = wait->address = sites->items[at].address;
		wait->site->extent = sites->items[at].extent;
	} else if (!known) {
		set_cause(wait, true, list, "is ambiguous, and where it is armed is not known");
	} else {
		set_cause(wait, false, list,
			  sites->count > 1 ? "is ambiguous, and the kernel has not armed it"
					   : "the kernel has not armed it");
	}
	wait->site->unique = sites->count == 1;
}

/* Looks a site up in the table of a module that was just loaded; NULL: it could not be read. */
static void locate(const struct trace_waits *waits, struct trace_wait *wait,
		   const struct kvet_ksyms *table)
{
	const struct kvet_kprobe_spec *spec = &waits->plan->owners[wait->index]->spec;
	struct kvet_kprobe_sites sites = { 0 };

	wait->site->address = 0;
	wait->cause = (struct kvet_cause){ 0 };
	wait->armed = true;
	if (!table || kvet_kprobe_resolve(table, spec, &sites, NULL)) {
		set_cause(wait, true, "kallsyms",
			  "was armed, but the module's symbols could not be read in time");
		return;
	}
	if (sites.count)
		choose_site(waits, wait, &sites);
	else if (sites.verdict == KVET_UNDETERMINED)
		set_cause(wait, true, "kallsyms", sites.cause.evidence);
	else
		set_cause(
			wait, false, "kallsyms",
			"is not, or no longer, among its symbols: the module has no such function, "
			"or only one that is freed once it has started (__init)");
	kvet_kprobe_sites_deinit(&sites);
}

/* Reads the symbols of a module that was just loaded. Returns NULL if it has gone since: then the
 * table does not have them, or those of the next one. */
static struct kvet_ksyms *read_table(const struct trace_waits *waits, const char *module)
{
	const struct kvet_ksyms_options only = { .modules = &module, .module_count = 1 };
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err;

	if (kvet_ksyms_open(&table, &waits->context->host, &only, &err)) {
		context_error(waits->context, &err);
		return NULL;
	}
	if (!waits->trace || kvet_trace_modules_steady(waits->trace))
		return table;
	kvet_ksyms_free(table);
	return NULL;
}

/* --- changes --------------------------------------------------------------------------------- */

/* From here on, a new table of all symbols names the functions of stacks. */
static void renew_table(struct trace_waits *waits)
{
	struct kvet_ksyms *table;
	struct kvet_cause err;

	if (kvet_ksyms_open(&table, &waits->context->host, NULL, &err)) {
		context_error(waits->context, &err);
		return;
	}
	waits->stacks->table = table;
	kvet_ksyms_free(waits->table);
	waits->table = table;
}

/* Whether the module of a change has gone since: then the table does not have it, or has another.
 */
static bool is_over(const struct trace_waits *waits, size_t change)
{
	for (size_t i = change + 1; i < waits->change_count; i++)
		if (!strcmp(waits->changes[i].name, waits->changes[change].name))
			return true;
	return false;
}

static void apply_loading(struct trace_waits *waits, const char *module, bool over)
{
	struct kvet_ksyms *table = over ? NULL : read_table(waits, module);

	for (size_t i = 0; i < waits->count; i++) {
		struct trace_wait *wait = &waits->items[i];

		if (strcmp(wait->site->module, module) != 0)
			continue;
		wait->loaded = wait->seen = true;
		locate(waits, wait, table);
	}
	if (table && waits->whole)
		renew_table(waits);
	if (table && waits->arguments)
		trace_prototypes_renew(waits->prototypes, waits->context, waits->plan);
	kvet_ksyms_free(table);
}

static void apply(struct trace_waits *waits, size_t number)
{
	const struct kvet_trace_module change = waits->changes[number];

	if (change.loaded)
		apply_loading(waits, change.name, is_over(waits, number));
	for (size_t i = 0; i < waits->count; i++) {
		struct trace_wait *wait = &waits->items[i];

		if (strcmp(wait->site->module, change.name) != 0)
			continue;
		if (!change.loaded)
			wait->site->address = 0;
		wait->loaded = change.loaded;
		wait->seen = true;
		put_change(waits, wait, &change);
	}
}

void trace_waits_changed(void *opaque, const struct kvet_trace_module *module)
{
	struct trace_waits *waits = opaque;

	if (!ARRAY_MORE(waits->changes, waits->change_count)) {
		context_failure(waits->context, ENOMEM, "malloc");
		return;
	}
	waits->changes[waits->change_count++] = *module;
}

void trace_waits_until(struct trace_waits *waits, uint64_t mono_ns)
{
	size_t done = 0;

	while (done < waits->change_count && waits->changes[done].mono_ns <= mono_ns)
		apply(waits, done++);
	if (!done)
		return;
	waits->change_count -= done;
	memmove(waits->changes, waits->changes + done,
		waits->change_count * sizeof(*waits->changes));
}

/* --- the session ----------------------------------------------------------------------------- */

enum status trace_waits_open(struct trace_waits *waits)
{
	const struct trace_plan *plan = waits->plan;

	waits->items = calloc(plan->site_count + 1, sizeof(*waits->items));
	if (!waits->items)
		return context_failure(waits->context, ENOMEM, "malloc");
	for (size_t i = 0; i < plan->site_count; i++) {
		struct kvet_kprobe_site *site = plan->owners[i]->sites.items;

		/* Such a SPEC has no other site. */
		if (plan->sites[i]->waits)
			waits->items[waits->count++] =
				(struct trace_wait){ .index = i,
						     .site = site,
						     .loaded = site->address,
						     .seen = site->address,
						     .address = site->address,
						     .armed = true };
	}
	return STATUS_YES;
}

void trace_waits_close(struct trace_waits *waits)
{
	free(waits->items);
	free(waits->changes);
	kvet_ksyms_free(waits->table);
}

void trace_waits_begin(struct trace_waits *waits, const struct kvet_trace *trace)
{
	waits->trace = trace;
	for (size_t i = 0; i < waits->count; i++) {
		struct trace_wait *wait = &waits->items[i];

		/* It came after the symbols were read, perhaps before changes were noted. */
		if (!wait->loaded && exists(wait->site->module, "/initstate"))
			apply_loading(waits, wait->site->module, false);
		if (!wait->loaded)
			context_note(waits->context, "%s waits for module %s", wait->site->symbol,
				     wait->site->module);
	}
}

void trace_waits_end(struct trace_waits *waits)
{
	uint64_t lost = waits->trace ? kvet_trace_modules_lost(waits->trace) : 0;

	if (lost)
		context_note(waits->context,
			     "%" PRIu64 " modules came or went so fast that it was not noted",
			     lost);
	for (size_t i = 0; i < waits->count; i++)
		waits->items[i].site->address = waits->items[i].address;
}

bool trace_waits_judge(const struct trace_waits *waits, size_t index, struct kvet_trace_site *site)
{
	const struct trace_wait *wait = NULL;

	for (size_t i = 0; i < waits->count && !wait; i++)
		if (waits->items[i].index == index)
			wait = &waits->items[i];
	if (!wait || site->verdict != KVET_YES || site->hits || (wait->seen && wait->armed))
		return false;
	site->verdict = KVET_NO;
	site->cause = wait->cause;
	if (wait->seen) {
		snprintf(site->cause.evidence, sizeof(site->cause.evidence), "%s:%s %.800s",
			 wait->site->module, wait->site->symbol, wait->cause.evidence);
		return true;
	}
	snprintf(site->cause.source, sizeof(site->cause.source), "module:module_load");
	snprintf(site->cause.evidence, sizeof(site->cause.evidence),
		 "module %s was not loaded during the trace", wait->site->module);
	return true;
}
