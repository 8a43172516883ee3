/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A name that this build's headers know is found without the kernel's BTF, because reading the BTF
 * takes longer than asking a question.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "helpers_selection.h"

/* kvet uses the next number as a nonexistent helper, to see how this kernel refuses it. */
#define NUMBER_MOST 0x7ffffffe
#define PREFIX      "bpf_"
#define PREFIX_LEN  (sizeof(PREFIX) - 1)

static const char *const default_helpers[] = { "bpf_ktime_get_ns", "bpf_ktime_get_boot_ns",
					       "bpf_ktime_get_coarse_ns", "bpf_ktime_get_tai_ns" };
static const char *const default_types[] = { "kprobe", "tracepoint", "raw_tracepoint",
					     "perf_event" };
static const char *const everything[] = { "*" };
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool is_glob(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

static bool matches(const char *pattern, const char *name)
{
	return fnmatch(pattern, name, 0) == 0;
}

/* command is the one that lists the known names. */
static enum status unknown(struct context *context, const char *what, const char *word,
			   const char *near, const char *command)
{
	if (near)
		return context_usage(context, "unknown %s '%s': did you mean '%s'?", what, word,
				     near);
	return context_usage(context,
			     is_glob(word) ? "no %s matches '%s'; %s lists them all"
					   : "unknown %s '%s'; %s lists them all",
			     what, word, command);
}

/* --- helpers --------------------------------------------------------------------------------- */

/* A helper that is already in the list is asked about once. */
static enum status add_helper(struct selected_helper **list, size_t *count, struct context *context,
			      int helper, const char *name)
{
	struct selected_helper *added;

	for (size_t i = 0; i < *count; i++)
		if ((*list)[i].helper == helper)
			return STATUS_YES;
	if (!ARRAY_MORE(*list, *count))
		return context_failure(context, ENOMEM, "malloc");
	added = &(*list)[(*count)++];
	added->helper = helper;
	snprintf(added->name, sizeof(added->name), "%s", name);
	return STATUS_YES;
}

static bool helper_matches(const char *word, const char *name)
{
	return matches(word, name) || matches(word, name + PREFIX_LEN);
}

/* By name or pattern, from all that the headers and the kernel name. */
static enum status add_matching(struct selection *selection, struct context *context,
				struct kvet_probe *probe, const char *word, bool full, bool *any)
{
	int end = kvet_probe_helpers_end(probe);
	enum status status = STATUS_YES;

	for (int i = 1; i < end && status == STATUS_YES; i++) {
		const char *name = kvet_probe_any_helper_name(probe, i);
		bool skip = is_glob(word) && !full && kvet_probe_helper_alarms(i);

		if (!name || !helper_matches(word, name))
			continue;
		*any = true;
		status = skip ? add_helper(&selection->skipped, &selection->skipped_count, context,
					   i, name)
			      : add_helper(&selection->helpers, &selection->helper_count, context,
					   i, name);
	}
	return status;
}

/* A helper may be given by its number, if its name is unknown. */
static int number_of(const char *word)
{
	char *end;
	long number = strtol(word, &end, 10);

	return end != word && !*end && number > 0 && number <= NUMBER_MOST ? (int)number : 0;
}

/* A name as in the kernel's enumerations, without their prefix. */
static const char *without(const char *word, const char *prefix)
{
	return strncmp(word, prefix, strlen(prefix)) ? word : word + strlen(prefix);
}

static enum status add_helpers(struct selection *selection, struct context *context,
			       struct kvet_probe *probe, const char *word, bool full)
{
	int helper = kvet_probe_helper_by_name(without(word, "BPF_FUNC_"));
	enum status status;
	bool any = false;

	if (helper < 0)
		helper = number_of(word);
	if (helper > 0) {
		const char *name = kvet_probe_helper_name(helper);

		if (!name)
			name = kvet_probe_any_helper_name(probe, helper);
		return add_helper(&selection->helpers, &selection->helper_count, context, helper,
				  name ? name : word);
	}
	if (!word[strspn(word, "0123456789")] && *word)
		return context_usage(context, "a helper's number is 1 to %d, not %s", NUMBER_MOST,
				     word);
	status = add_matching(selection, context, probe, word, full, &any);
	if (status != STATUS_YES || any)
		return status;
	return unknown(context, "helper", word,
		       is_glob(word) ? NULL : kvet_probe_helper_nearest(word),
		       "kvet probe helpers -t kprobe '*'");
}

/* --- types ----------------------------------------------------------------------------------- */

static enum status add_type(struct selection *selection, struct context *context, int type,
			    const char *name, int variant, const char *variant_name)
{
	struct selected_type *new;

	selection->type_matches++;
	for (size_t i = 0; i < selection->type_count; i++)
		if (selection->types[i].type == type && selection->types[i].variant == variant)
			return STATUS_YES;
	if (!ARRAY_MORE(selection->types, selection->type_count))
		return context_failure(context, ENOMEM, "malloc");
	new = &selection->types[selection->type_count++];
	new->type = type;
	new->variant = variant;
	snprintf(new->name, sizeof(new->name), "%s%s%s", name, variant_name ? "/" : "",
		 variant_name ? variant_name : "");
	return STATUS_YES;
}

/* The variants of one type whose name matches. */
static enum status add_variants(struct selection *selection, struct context *context,
				struct kvet_probe *probe, int type, const char *name,
				const char *pattern)
{
	enum status status = STATUS_YES;

	for (int i = 1; i <= kvet_probe_variants(probe, type) && status == STATUS_YES; i++) {
		const char *variant = kvet_probe_variant_name(probe, type, i);

		if (variant && matches(pattern, variant))
			status = add_type(selection, context, type, name, i, variant);
	}
	return status;
}

/* type and variant are patterns; a NULL variant means any, a NULL type all. */
static enum status add_types(struct selection *selection, struct context *context,
			     struct kvet_probe *probe, const char *type, const char *variant)
{
	int end = kvet_probe_types_end(probe);
	enum status status = STATUS_YES;

	for (int i = 1; i < end && status == STATUS_YES; i++) {
		const char *name = kvet_probe_any_type_name(probe, i);

		if (!name || (type && !matches(type, name)))
			continue;
		status = variant ? add_variants(selection, context, probe, i, name, variant)
				 : add_type(selection, context, i, name, 0, NULL);
	}
	return status;
}

enum status selection_add_types(struct selection *selection, struct context *context,
				struct kvet_probe *probe, const char *word)
{
	size_t before = selection->type_matches;
	char pattern[sizeof(selection->types->name)], *slash;
	enum status status;
	int type;

	snprintf(pattern, sizeof(pattern), "%s", without(word, "BPF_PROG_TYPE_"));
	if (without(word, "BPF_PROG_TYPE_") != word)
		for (char *c = pattern; *c; c++)
			*c = (char)tolower((unsigned char)*c);
	type = kvet_probe_type_by_name(pattern);
	if (type > 0)
		return add_type(selection, context, type, pattern, 0, NULL);
	slash = strchr(pattern, '/');
	if (slash)
		*slash = '\0';
	status = add_types(selection, context, probe, pattern, slash ? slash + 1 : NULL);
	/* "fentry" is short for "tracing/fentry". */
	if (status == STATUS_YES && selection->type_matches == before && !slash)
		status = add_types(selection, context, probe, NULL, pattern);
	if (status != STATUS_YES || selection->type_matches > before)
		return status;
	return unknown(context, "program type", word,
		       is_glob(word) ? NULL : kvet_probe_type_nearest(word), ALL_TYPES);
}

enum status selection_make(struct selection *selection, struct context *context,
			   struct kvet_probe *probe, const struct selection_words *words)
{
	const char *const *types = words->types, *const *helpers = words->helpers;
	size_t type_count = words->type_count, helper_count = words->helper_count;
	enum status status = STATUS_YES;

	if (!type_count) {
		types = words->all ? everything : default_types;
		type_count = words->all ? COUNT(everything) : COUNT(default_types);
	}
	if (!helper_count) {
		helpers = words->all ? everything : default_helpers;
		helper_count = words->all ? COUNT(everything) : COUNT(default_helpers);
	}
	for (size_t i = 0; i < helper_count && status == STATUS_YES; i++)
		status = add_helpers(selection, context, probe, helpers[i], words->full);
	if (status == STATUS_YES && !selection->helper_count)
		status =
			context_usage(context,
				      "no helper is left to ask about: loading %s writes a warning "
				      "to the kernel's log; use --full to ask nevertheless",
				      selection->skipped[0].name);
	for (size_t i = 0; i < type_count && status == STATUS_YES; i++)
		status = selection_add_types(selection, context, probe, types[i]);
	return status;
}

void selection_deinit(struct selection *selection)
{
	free(selection->helpers);
	free(selection->types);
	free(selection->skipped);
	memset(selection, 0, sizeof(*selection));
}
