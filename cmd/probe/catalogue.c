/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/nearest.h>

#include "catalogue.h"
#include "helpers_words.h"
#include "shared.h"

const struct option_spec catalogue_options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, offsetof(struct catalogue_args, all), .excludes = "NAME",
	  .help = "ask for all of them, of features also for settings" },
	{ 0 },
};

enum {
	NAME,
	ID,
	TYPE,
	VERDICT,
	ATTACH,
	VALUE,
	REASON,
	ERRNO,
	EVIDENCE,
	ATTACH_CAUSE,
	LOG,
	FIELD_COUNT
};

static const struct field fields[] = {
	[NAME] = { "name", FIELD_STRING, "what was asked about", FIELD_LABEL },
	[ID] = { "id", FIELD_INTEGER, "the number of its type in the kernel's enumeration",
		 FIELD_DETAIL },
	[TYPE] = { "type", FIELD_STRING, "the type that it belongs to",
		   FIELD_SPARSE | FIELD_LABEL },
	[VERDICT] = { "verdict", FIELD_STRING, "supported, unsupported or undetermined",
		      FIELD_VERDICT | FIELD_METRIC },
	[ATTACH] = { "attach_verdict", FIELD_STRING,
		     "whether a program that loads can be attached; absent if not tried",
		     FIELD_SPARSE },
	[VALUE] = { "value", FIELD_STRING, "the value of a setting", FIELD_SPARSE },
	[REASON] = { "reason", FIELD_STRING, "what the verdict rests on", FIELD_REASON },
	[ERRNO] = { "errno", FIELD_STRING, "errno of the call that decided; absent if it succeeded",
		    0 },
	[EVIDENCE] = { "evidence", FIELD_STRING, "what a no or an undetermined rests on",
		       FIELD_REASON | FIELD_SPARSE },
	[ATTACH_CAUSE] = { "attach_cause", FIELD_STRING, "why it cannot be attached",
			   FIELD_SPARSE },
	[LOG] = { "log", FIELD_STRING, "what the verifier wrote to its log", FIELD_DETAIL },
};

static const struct schema feature_schema = SCHEMA("feature", fields);
const struct schema *const catalogue_schemas[] = { &feature_schema, NULL };

static const struct field summary_fields[] = {
	[KVET_YES] = { "supported", FIELD_INTEGER, "answers that are supported",
		       FIELD_DETAIL | FIELD_METRIC },
	[KVET_NO] = { "unsupported", FIELD_INTEGER, "answers that are unsupported",
		      FIELD_DETAIL | FIELD_METRIC },
	[KVET_UNDETERMINED] = { "undetermined", FIELD_INTEGER, "answers that are undetermined",
				FIELD_DETAIL | FIELD_METRIC },
};

const struct schema catalogue_summary_schema = SCHEMA("summary", summary_fields);

const int catalogue_capabilities[] = {
	CAP_BPF,             /* maps and programs of any type */
	CAP_PERFMON,         /* tracing programs */
	CAP_NET_ADMIN,       /* networking programs and maps */
	CAP_SYS_ADMIN,       /* all of them before 5.8; also to read securityfs */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_SYSLOG,          /* the length of a compiled program */
	CAP_DAC_READ_SEARCH, /* the configuration in /boot, where only root may read it */
	-1,
};

struct catalogue {
	struct context *context;
	struct kvet_features *features;
	enum kvet_feature_kind kind;
	size_t count;
	bool *chosen;
};

/* Whether the word is the name of a type itself: then its variants of other types, which may have
 * the same name (that of ext for xdp), are not meant. */
static bool is_type(const struct catalogue *catalogue, const char *word)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *type = kvet_features_type(catalogue->features, catalogue->kind, i);

		if (type && !strcmp(word, type))
			return true;
	}
	return false;
}

/* Chooses what a word names: NAME, TYPE:NAME or a glob. */
static enum status choose(struct catalogue *catalogue, const char *word)
{
	bool type_alone = is_type(catalogue, word), any = false;
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, word);
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *name = kvet_features_name(catalogue->features, catalogue->kind, i);
		const char *type = kvet_features_type(catalogue->features, catalogue->kind, i);
		char both[128];

		snprintf(both, sizeof(both), "%s:%s", type ? type : "", name);
		kvet_nearest_offer(&nearest, name);
		if (fnmatch(word, name, 0) && fnmatch(word, both, 0))
			continue;
		if (type_alone && strcmp(name, type) != 0)
			continue;
		any = catalogue->chosen[i] = true;
	}
	if (any)
		return STATUS_YES;
	return context_usage(catalogue->context, "unknown name '%s'%s%s%s", word,
			     nearest.best ? ": did you mean '" : "",
			     nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
}

/* Settings are asked for by name, or with --all: most kernels lack some of them. */
static enum status choose_all(struct catalogue *catalogue, const struct catalogue_args *args,
			      const char *const *words, size_t count)
{
	enum status status = STATUS_YES;

	catalogue->count = kvet_features_count(catalogue->features, catalogue->kind);
	catalogue->chosen = calloc(catalogue->count + 1, sizeof(*catalogue->chosen));
	if (!catalogue->chosen)
		return context_failure(catalogue->context, ENOMEM, "malloc");
	for (size_t i = 0; i < catalogue->count && !count; i++)
		catalogue->chosen[i] = args->all || !kvet_features_is_setting(catalogue->kind, i);
	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		status = choose(catalogue, words[i]);
	return status;
}

static void put(struct catalogue *catalogue, size_t index, const struct kvet_feature_answer *answer)
{
	struct kvet_features *features = catalogue->features;
	int id = kvet_features_id(features, catalogue->kind, index);
	const struct kvet_probe_attach *attach = &answer->attach;
	bool tried = catalogue->kind == KVET_FEATURE_PROGRAM && answer->verdict == KVET_YES &&
		     (attach->verdict != KVET_UNDETERMINED || *attach->cause.evidence);
	char errnum[32], cause[1280];
	struct value values[FIELD_COUNT] = {
		[NAME] = value_string(kvet_features_name(features, catalogue->kind, index)),
		[TYPE] = value_string(kvet_features_type(features, catalogue->kind, index)),
		[VERDICT] = value_string(probe_verdict_word(answer->verdict)),
		[VALUE] = value_string(answer->value),
		[REASON] = value_string(answer->reason),
		[EVIDENCE] = value_string(answer->cause.evidence),
		[LOG] = value_string(answer->log),
	};

	if (id >= 0)
		values[ID] = value_integer(id);
	if (answer->errnum)
		values[ERRNO] =
			value_string(kvet_errno_name(answer->errnum, errnum, sizeof(errnum)));
	if (tried) {
		values[ATTACH] = value_string(probe_verdict_word(attach->verdict));
		values[ATTACH_CAUSE] =
			value_string(kvet_cause_text(&attach->cause, cause, sizeof(cause)));
	}
	output_record(catalogue->context->output, &feature_schema, values);
}

static enum status ask_all(struct catalogue *catalogue)
{
	int64_t counts[KVET_VERDICT_COUNT] = { 0 };
	struct value summary[KVET_VERDICT_COUNT];
	enum status status = STATUS_YES;
	struct kvet_cause err;

	for (size_t i = 0; i < catalogue->count; i++) {
		struct kvet_feature_answer answer;

		if (!catalogue->chosen[i] || context_stopped(catalogue->context))
			continue;
		context_progress(catalogue->context, "kvet: %zu of %zu questions", i,
				 catalogue->count);
		if (kvet_features_ask(catalogue->features, catalogue->kind, i, &answer, &err)) {
			context_error(catalogue->context, &err);
			return STATUS_ERROR;
		}
		put(catalogue, i, &answer);
		counts[answer.verdict]++;
		status = status_worst(status, status_of_verdict(answer.verdict));
		if (answer.verdict == KVET_UNDETERMINED && *answer.cause.remedy)
			context_error(catalogue->context, &answer.cause);
	}
	context_progress(catalogue->context, "%s", "");
	for (int i = 0; i < KVET_VERDICT_COUNT; i++)
		summary[i] = value_integer(counts[i]);
	output_summary(catalogue->context->output, &catalogue_summary_schema, summary);
	return status;
}

/* Makes a catalogue and chooses from it; only_check: asks nothing. */
static enum status perform(struct context *context, enum kvet_feature_kind kind,
			   const struct catalogue_args *args, const char *const *words,
			   size_t count, bool only_check)
{
	struct catalogue catalogue = { .context = context, .kind = kind };
	struct kvet_probe *probe = NULL;
	struct kvet_cause err;
	enum status status;

	if (shared_probe(context, &probe, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	if (kvet_features_new(&catalogue.features, &context->host, probe, &err)) {
		context_error(context, &err);
		status = STATUS_ERROR;
	} else {
		status = choose_all(&catalogue, args, words, count);
	}
	if (status == STATUS_YES && !only_check)
		status = ask_all(&catalogue);
	free(catalogue.chosen);
	kvet_features_free(catalogue.features);
	shared_probe_release(context, probe);
	return status;
}

enum status catalogue_check(struct context *context, enum kvet_feature_kind kind,
			    const struct catalogue_args *args, const char *const *words,
			    size_t count)
{
	return perform(context, kind, args, words, count, true);
}

enum status catalogue_run(struct context *context, enum kvet_feature_kind kind,
			  const struct catalogue_args *args, const char *const *words, size_t count)
{
	return perform(context, kind, args, words, count, false);
}
