/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/clock.h>
#include <kvet/doctor.h>
#include <kvet/feature.h>
#include <kvet/kfunc.h>
#include <kvet/kprobe.h>

#include "core/array.h"
#include "shared.h"
#include "sources.h"

/* Shorter beginnings of symbols fit thousands of them: nobody reads such a list. */
#define SYMBOL_LEAST 2

struct search {
	struct context *context;
	const struct completion_sink *sink;
	const struct completion_stem *stem;
};

static void put(const struct search *search, const char *word, const char *about)
{
	if (word && !strncmp(word, search->stem->prefix, strlen(search->stem->prefix)))
		search->sink->word(search->sink->opaque, search->stem, word, about);
}

static enum status failed(const struct search *search, const struct kvet_cause *err)
{
	context_error(search->context, err);
	return STATUS_ERROR;
}

/* --- what the library knows, together with the kernel's BTF ----------------------------------- */

static void put_helpers(const struct search *search, struct kvet_probe *probe)
{
	const char *prefix = search->stem->prefix;
	/* A helper may be named without "bpf_". */
	size_t skip = strncmp(prefix, "bpf_", strlen(prefix) < 4 ? strlen(prefix) : 4) ? 4 : 0;

	for (int helper = 1; helper < kvet_probe_helpers_end(probe); helper++) {
		const char *name = kvet_probe_any_helper_name(probe, helper);

		if (name && strlen(name) > skip)
			put(search, name + skip, NULL);
	}
}

static void put_types(const struct search *search, struct kvet_probe *probe)
{
	for (int type = 1; type < kvet_probe_types_end(probe); type++)
		put(search, kvet_probe_any_type_name(probe, type), NULL);
}

static enum status put_features(const struct search *search, struct kvet_probe *probe,
				enum kvet_feature_kind kind)
{
	struct kvet_features *features;
	struct kvet_cause err;

	if (kvet_features_new(&features, &search->context->host, probe, &err))
		return failed(search, &err);
	for (size_t i = 0; i < kvet_features_count(features, kind); i++)
		put(search, kvet_features_name(features, kind, i), NULL);
	kvet_features_free(features);
	return STATUS_YES;
}

static enum status put_kfuncs(const struct search *search, struct kvet_probe *probe)
{
	struct kvet_kfuncs *kfuncs;
	struct kvet_cause err;

	if (kvet_kfuncs_new(&kfuncs, probe, &err))
		return failed(search, &err);
	for (size_t i = 0; i < kvet_kfuncs_count(kfuncs); i++)
		put(search, kvet_kfuncs_at(kfuncs, i).name, NULL);
	kvet_kfuncs_free(kfuncs);
	return STATUS_YES;
}

static enum status put_probed(const struct search *search, enum completion_source source)
{
	enum status status = STATUS_YES;
	struct kvet_probe *probe;
	struct kvet_cause err;

	if (shared_probe(search->context, &probe, &err))
		return failed(search, &err);
	if (source == COMPLETION_HELPERS)
		put_helpers(search, probe);
	else if (source == COMPLETION_TYPES)
		put_types(search, probe);
	else if (source == COMPLETION_KFUNCS)
		status = put_kfuncs(search, probe);
	else
		status = put_features(search, probe,
				      source == COMPLETION_MAPS       ? KVET_FEATURE_MAP
				      : source == COMPLETION_PROGRAMS ? KVET_FEATURE_PROGRAM
								      : KVET_FEATURE_OTHER);
	shared_probe_release(search->context, probe);
	return status;
}

static void put_checks(const struct search *search)
{
	for (int check = 0; check < KVET_CHECK_COUNT; check++)
		put(search, kvet_check_name((enum kvet_check)check),
		    kvet_check_why((enum kvet_check)check));
}

/* One end of a pairing. */
static void put_ends(const struct search *search)
{
	for (int side = KVET_CLOCK_USER; side <= KVET_CLOCK_BPF; side++)
		for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++) {
			char word[64];

			/* BPF has only the clocks that a helper reads. */
			if (side == KVET_CLOCK_BPF &&
			    !kvet_clock_helper_name((enum kvet_clock_id)clock))
				continue;
			snprintf(word, sizeof(word), "%s:%s",
				 kvet_clock_side_name((enum kvet_clock_side)side),
				 kvet_clock_name((enum kvet_clock_id)clock));
			put(search, word, NULL);
		}
}

/* --- modules and symbols of the running kernel ------------------------------------------------ */

static enum status put_modules(const struct search *search)
{
	FILE *modules = fopen("/proc/modules", "re");
	char *line = NULL;
	size_t size = 0;

	put(search, "vmlinux", "the kernel proper");
	/* A kernel without modules has no such file. */
	while (modules && getline(&line, &size, modules) > 0) {
		line[strcspn(line, " ")] = '\0';
		put(search, line, NULL);
	}
	free(line);
	if (modules)
		fclose(modules);
	return STATUS_YES;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_function(char type)
{
	return type && strchr("tTwW", type);
}

#define SYSCALL "syscall:"

/* The name of a row as the user types it: NULL if it does not fit. */
static const char *row_name(const struct kvet_symbol *symbol, bool functions, bool calls)
{
	if (functions && !is_function(symbol->type))
		return NULL;
	return calls ? kvet_kprobe_syscall_name(symbol->name) : symbol->name;
}

/* Tells each name of the table once. */
static enum status put_rows(const struct search *search, const struct kvet_ksyms *table,
			    bool functions, bool calls)
{
	const char **names = calloc(kvet_ksyms_count(table) + 1, sizeof(*names));
	size_t count = 0;

	if (!names)
		return context_failure(search->context, ENOMEM, "malloc");
	for (size_t row = 0; row < kvet_ksyms_count(table); row++) {
		const struct kvet_symbol symbol = kvet_ksyms_row(table, (uint32_t)row);
		const char *name = row_name(&symbol, functions, calls);

		if (name)
			names[count++] = name;
	}
	qsort(names, count, sizeof(*names), by_text);
	for (size_t i = 0; i < count; i++) {
		char word[1024];

		if (i && !strcmp(names[i], names[i - 1]))
			continue;
		snprintf(word, sizeof(word), "%s%s", calls ? SYSCALL : "", names[i]);
		put(search, word, NULL);
	}
	free(names);
	return STATUS_YES;
}

/* Reads only the symbols that fit, in one pass. */
static enum status put_symbols(const struct search *search, bool functions)
{
	const char *prefix = search->stem->prefix;
	bool calls = functions && !strncmp(prefix, SYSCALL, strlen(SYSCALL));
	struct kvet_ksyms_options options = { .query_count = 1 };
	struct kvet_ksyms_query query;
	struct kvet_ksyms *table;
	struct kvet_cause err;
	enum status status;
	char glob[512];
	int ret;

	if (calls)
		prefix += strlen(SYSCALL);
	else if (strlen(prefix) < SYMBOL_LEAST)
		return STATUS_YES;
	/* No symbol has them, and a glob would read them as its own. */
	if (strpbrk(prefix, "*?[]\\:+") || strlen(prefix) > sizeof(glob) / 2)
		return STATUS_YES;
	snprintf(glob, sizeof(glob), "%s%s*", calls ? "*sys_" : "", prefix);
	if (kvet_ksyms_query_parse(&query, glob, false, &err))
		return failed(search, &err);
	options.queries = &query;
	ret = kvet_ksyms_open(&table, &search->context->host, &options, &err);
	kvet_ksyms_query_deinit(&query);
	if (ret)
		return failed(search, &err);
	status = put_rows(search, table, functions, calls);
	kvet_ksyms_free(table);
	return status;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* What the shell itself completes: no word of kvet's begins with a colon. */
static void tell(const struct search *search, const char *what)
{
	const struct completion_stem nothing = { "", "" };

	search->sink->word(search->sink->opaque, &nothing, what, NULL);
}

enum status sources_complete(struct context *context, const struct completion_sink *sink,
			     const struct completion_stem *stem, enum completion_source source)
{
	const struct search search = { context, sink, stem };

	switch (source) {
	case COMPLETION_HELPERS:
	case COMPLETION_TYPES:
	case COMPLETION_MAPS:
	case COMPLETION_PROGRAMS:
	case COMPLETION_FEATURES:
	case COMPLETION_KFUNCS:
		return put_probed(&search, source);
	case COMPLETION_CHECKS:
		put_checks(&search);
		break;
	case COMPLETION_PAIRS:
		put_ends(&search);
		break;
	case COMPLETION_MODULES:
		return put_modules(&search);
	case COMPLETION_SYMBOLS:
	case COMPLETION_FUNCTIONS:
		return put_symbols(&search, source == COMPLETION_FUNCTIONS);
	case COMPLETION_FILES:
		tell(&search, ":files");
		break;
	case COMPLETION_DIRECTORIES:
		tell(&search, ":directories");
		break;
	case COMPLETION_COMMANDS:
		tell(&search, ":command");
		break;
	case COMPLETION_SOURCE_COUNT:
		break;
	}
	return STATUS_YES;
}
