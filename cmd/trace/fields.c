/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kprobe.h>
#include <kvet/ksyms.h>

#include "fields.h"
#include "resolve.h"

enum {
	FUNCTION,
	MODULE,
	EXPR,
	TYPE,
	VALUE,
	CAUSE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[FUNCTION] = { "function", FIELD_STRING, "function that is asked", FIELD_LEAVES(2) },
	[MODULE] = { "module", FIELD_STRING, "module of the function; absent for the kernel proper",
		     FIELD_LEAVES(1) },
	[EXPR] = { "expr", FIELD_STRING, "expression for --print and --where", 0 },
	[TYPE] = { "type", FIELD_STRING, "its type in C", 0 },
	[VALUE] = { "value", FIELD_STRING,
		    "signed, unsigned, boolean, enum, pointer, function, string or text; absent: "
		    "none",
		    0 },
	[CAUSE] = { "cause", FIELD_STRING, "why it has no value", FIELD_REASON },
};

const struct schema trace_field_schema = SCHEMA("field", fields);

static const char *form_word(enum kvet_kprobe_form form)
{
	switch (form) {
	case KVET_KPROBE_FORM_NONE:
		break;
	case KVET_KPROBE_FORM_SIGNED:
		return "signed";
	case KVET_KPROBE_FORM_UNSIGNED:
		return "unsigned";
	case KVET_KPROBE_FORM_BOOLEAN:
		return "boolean";
	case KVET_KPROBE_FORM_ENUM:
		return "enum";
	case KVET_KPROBE_FORM_POINTER:
		return "pointer";
	case KVET_KPROBE_FORM_FUNCTION:
		return "function";
	case KVET_KPROBE_FORM_STRING:
		return "string";
	case KVET_KPROBE_FORM_TEXT:
		return "text";
	}
	return NULL;
}

struct asking {
	struct context *context;
	struct kvet_kprobe_prototypes *prototypes;
	struct kvet_ksyms *table;
	const char *prefix;
	const struct kvet_kprobe_site *site;
};

static void put_field(void *opaque, const struct kvet_kprobe_field *field)
{
	const struct asking *asking = opaque;
	const struct value values[FIELD_COUNT] = {
		[FUNCTION] = value_string(asking->site->symbol),
		[MODULE] = value_string(asking->site->module),
		[EXPR] = value_string(field->text),
		[TYPE] = value_string(field->type),
		[VALUE] = value_string(form_word(field->form)),
		[CAUSE] = value_string(*field->why ? field->why : NULL),
	};

	output_record(asking->context->output, &trace_field_schema, values);
}

/* Lists one function of a module, or of the kernel proper. */
static enum status ask_one(struct asking *asking, const struct kvet_kprobe_site *site)
{
	struct kvet_kprobe_wrong wrong;
	struct kvet_cause cause;

	asking->site = site;
	switch (kvet_kprobe_fields(asking->prototypes, site, asking->prefix, put_field, asking,
				   &wrong, &cause)) {
	case KVET_YES:
		return STATUS_YES;
	case KVET_NO:
		return trace_word_wrong(asking->context, "--fields", asking->prefix, site->symbol,
					&wrong);
	case KVET_UNDETERMINED:
	case KVET_VERDICT_COUNT:
		break;
	}
	context_error(asking->context, &cause);
	return STATUS_UNDETERMINED;
}

/* Whether a symbol is a function of this name, in the module of the SPEC, if it has one. */
static bool is_meant(const struct kvet_symbol *symbol, const struct kvet_kprobe_spec *spec)
{
	const char *module = symbol->module ? symbol->module : "vmlinux";

	return strchr("tTwW", symbol->type) && (!*spec->module || !strcmp(module, spec->module));
}

static bool same_module(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Lists a function once for each module that has it: BTF has one prototype for all instances of a
 * name there. */
static enum status ask_all(struct asking *asking, const struct kvet_kprobe_spec *spec)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(asking->table, spec->symbol);
	enum status status = STATUS_YES;
	struct kvet_cause cause = { .source = "kallsyms" };
	size_t found = 0;

	for (size_t i = 0; i < range.count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(asking->table, range.rows[i]);
		const struct kvet_kprobe_site site = { .symbol = symbol.name,
						       .module = symbol.module,
						       .syscall = spec->syscall };
		size_t before = 0, instances = 0;

		for (size_t n = 0; n < range.count; n++) {
			struct kvet_symbol other = kvet_ksyms_row(asking->table, range.rows[n]);

			if (!is_meant(&other, spec) || !same_module(other.module, symbol.module))
				continue;
			instances++;
			before += n < i;
		}
		if (!is_meant(&symbol, spec) || before)
			continue;
		found++;
		if (instances > 1)
			context_note(asking->context,
				     "%s has %zu instances in %s: BTF does not tell which one its "
				     "prototype describes, so a trace of them has no arguments",
				     symbol.name, instances,
				     symbol.module ? symbol.module : "the kernel proper");
		status = status_worst(status, ask_one(asking, &site));
	}
	if (found)
		return status;
	snprintf(cause.evidence, sizeof(cause.evidence), "no symbol '%s'", spec->symbol);
	kvet_kprobe_absent_cause(&asking->context->host, asking->table, spec, &cause);
	context_error(asking->context, &cause);
	return STATUS_NO;
}

/* A system call by its wrapper; anything else as it is. */
static enum status ask_syscall(struct asking *asking, const struct kvet_kprobe_spec *spec)
{
	struct kvet_kprobe_spec wrapper = *spec;

	if (spec->syscall)
		(void)kvet_kprobe_syscall_symbol(asking->table, spec->symbol, wrapper.symbol,
						 sizeof(wrapper.symbol));
	return ask_all(asking, &wrapper);
}

/* "SPEC", or "SPEC EXPR". */
static enum status ask(struct asking *asking, const char *line)
{
	size_t size = strcspn(line, " ");
	char *name = strndup(line, size);
	struct kvet_kprobe_spec spec;
	struct kvet_cause err;
	enum status status;

	if (!name)
		return context_failure(asking->context, ENOMEM, "malloc");
	asking->prefix = line + size + strspn(line + size, " ");
	if (kvet_kprobe_spec_parse(name, &spec, &err))
		status = context_usage(asking->context, "--fields: %s", err.evidence);
	else if (spec.glob || spec.offset || !*spec.symbol)
		status = context_usage(asking->context,
				       "--fields requires the name of a function, "
				       "not '%s'",
				       name);
	else
		status = ask_syscall(asking, &spec);
	free(name);
	return status;
}

enum status trace_fields(struct context *context, const struct lines *lines)
{
	struct asking asking = { .context = context };
	enum status status = STATUS_YES;
	struct kvet_cause err;

	if (kvet_ksyms_load(&asking.table, &context->host, NULL, &err) ||
	    kvet_kprobe_prototypes_open(&asking.prototypes, &err)) {
		context_error(context, &err);
		status = STATUS_UNDETERMINED;
	}
	for (size_t i = 0; i < lines->count && status < STATUS_ERROR && asking.prototypes; i++)
		status = status_worst(status, ask(&asking, lines->items[i].text));
	kvet_kprobe_prototypes_free(asking.prototypes);
	kvet_ksyms_free(asking.table);
	return status;
}
