/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

/* --- prototypes ------------------------------------------------------------------------------ */

static uint32_t strings_of(const struct kvet_kprobe_prototype *prototype)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < prototype->count; i++)
		if (prototype->values[i].kind == KVET_KPROBE_STRING)
			mask |= 1U << prototype->values[i].place;
	return mask;
}

/* Whether the arguments are still where the caller put them: at the first instruction, or after an
 * ENDBR there. The kernel knows where that is, because it accepts return probes only at entries. */
static bool is_entry(struct kvet_kprobe_ways *ways, const struct kvet_kprobe_site *site)
{
	enum kvet_kprobe_backend backend;
	struct kvet_cause cause;

	return !site->offset || (site->offset == 4 && ways &&
				 kvet_kprobe_check(ways, site, true, &backend, &cause) == KVET_YES);
}

static bool same_module(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Whether another function of the same module has the same name as the site's. */
static bool has_namesake(const struct kvet_ksyms *table, const struct kvet_kprobe_site *site)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, site->symbol);

	for (size_t i = 0; i < range.count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);

		if (symbol.address != site->address - site->offset && strchr("tTwW", symbol.type) &&
		    same_module(symbol.module, site->module))
			return true;
	}
	return false;
}

static void note_missing(const struct trace_prototypes *prototypes, struct context *context,
			 const struct kvet_kprobe_site *site, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void note_missing(const struct trace_prototypes *prototypes, struct context *context,
			 const struct kvet_kprobe_site *site, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (prototypes->only_values || (prototypes->renewed && !site->waits))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	context_note(context, "%s", text);
}

static void read_site(struct trace_prototypes *prototypes, struct context *context,
		      const struct trace_plan *plan, struct kvet_kprobe_ways *ways, size_t i)
{
	const struct kvet_kprobe_site *site = plan->sites[i];
	struct trace_prototype *found = &prototypes->sites[i];
	struct kvet_cause cause;

	/* Nothing is known before its module is loaded. */
	if (site->waits && !site->address)
		return;
	if (!is_entry(ways, site)) {
		note_missing(prototypes, context, site,
			     "no arguments of %s+0x%llx: arguments can be read only at the "
			     "function's entry",
			     site->symbol, (unsigned long long)site->offset);
		return;
	}
	if (kvet_kprobe_prototype_of(prototypes->all, site, &found->prototype, &cause) !=
	    KVET_YES) {
		note_missing(prototypes, context, site, "no arguments of %s: %s: %s", site->symbol,
			     cause.source, cause.evidence);
		return;
	}
	/* In the BTF of older kernels there is only one function of each name, whichever came
	 * first. */
	if (site->waits ? !site->unique : has_namesake(plan->table, site)) {
		note_missing(prototypes, context, site,
			     "no arguments of %s: several functions have that name, and BTF does "
			     "not tell which one its prototype describes",
			     site->symbol);
		return;
	}
	found->known = true;
	prototypes->string_args[i] = strings_of(&found->prototype);
}

enum status trace_prototypes_read(struct trace_prototypes *prototypes, struct context *context,
				  struct trace_plan *plan)
{
	struct kvet_cause err;

	prototypes->sites = calloc(plan->site_count + 1, sizeof(*prototypes->sites));
	prototypes->string_args = calloc(plan->site_count + 1, sizeof(*prototypes->string_args));
	if (!prototypes->sites || !prototypes->string_args)
		return context_failure(context, ENOMEM, "malloc");
	if (kvet_kprobe_prototypes_open(&prototypes->all, &err)) {
		/* The hits can still be traced. */
		context_error(context, &err);
		return STATUS_YES;
	}
	for (size_t i = 0; i < plan->site_count; i++)
		read_site(prototypes, context, plan, trace_plan_ways(plan, context), i);
	return STATUS_YES;
}

void trace_prototypes_renew(struct trace_prototypes *prototypes, struct context *context,
			    struct trace_plan *plan)
{
	struct trace_prototypes fresh = { .only_values = prototypes->only_values, .renewed = true };

	if (trace_prototypes_read(&fresh, context, plan) != STATUS_YES)
		return;
	trace_prototypes_deinit(prototypes);
	*prototypes = fresh;
}

void trace_prototypes_deinit(struct trace_prototypes *prototypes)
{
	kvet_kprobe_prototypes_free(prototypes->all);
	free(prototypes->sites);
	free(prototypes->string_args);
}

/* --- values ---------------------------------------------------------------------------------- */

/* Unescaped: the renderers make strings safe. An empty string is a value too. */
static struct value string_value(struct trace_values *values, const struct kvet_trace_event *event,
				 int place)
{
	char *text = values->texts[place];

	snprintf(text, sizeof(values->texts[place]), "%s%s", event->strings[place],
		 event->string_sizes[place] == KVET_TRACE_STRING ? "..." : "");
	return (struct value){ .present = true, .string = text };
}

static struct named_value value_of(struct trace_values *values,
				   const struct kvet_kprobe_value *value,
				   const struct kvet_trace_event *event)
{
	struct named_value item = { .name = value->name, .type = FIELD_INTEGER };
	uint64_t bits;

	if (value->kind == KVET_KPROBE_UNKNOWN) {
		item.type = FIELD_STRING;
		return item;
	}
	bits = kvet_kprobe_value_bits(value, event->args[value->place]);
	switch (value->kind) {
	case KVET_KPROBE_BOOLEAN:
		item.type = FIELD_BOOLEAN;
		item.value = value_boolean(bits != 0);
		break;
	case KVET_KPROBE_STRING:
		if (event->string_sizes[value->place] > 0) {
			item.type = FIELD_STRING;
			item.value = string_value(values, event, value->place);
			break;
		}
		/* fall through */
	case KVET_KPROBE_POINTER:
		item.type = FIELD_ADDRESS;
		item.value = value_address(bits);
		break;
	case KVET_KPROBE_UNSIGNED:
		/* A value that exceeds a signed number is shown in hexadecimal: it is a mask, or a
		 * negative number. */
		if (bits > INT64_MAX) {
			item.type = FIELD_ADDRESS;
			item.value = value_address(bits);
			break;
		}
		/* fall through */
	default:
		item.value = value_integer((int64_t)bits);
	}
	return item;
}

static const char *const unnamed[] = { "arg1", "arg2", "arg3", "arg4", "arg5",
				       "arg6", "arg7", "arg8", "arg9" };

void trace_values_args(struct trace_values *values, const struct kvet_kprobe_prototype *prototype,
		       const struct kvet_trace_event *event)
{
	values->count = 0;
	for (size_t i = 0; i < prototype->count; i++) {
		struct named_value *item = &values->items[values->count++];

		*item = value_of(values, &prototype->values[i], event);
		if (!*item->name && i < sizeof(unnamed) / sizeof(*unnamed))
			item->name = unnamed[i];
	}
}

void trace_values_registers(struct trace_values *values, const struct kvet_trace_event *event)
{
	const char *name;

	for (values->count = 0; values->count < KVET_TRACE_REGISTERS &&
				(name = kvet_trace_register_name(values->count));
	     values->count++)
		values->items[values->count] = (struct named_value){
			.name = name,
			.type = FIELD_ADDRESS,
			.value = value_address(event->registers[values->count]),
		};
}
