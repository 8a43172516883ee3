/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe kfuncs: which functions of this kernel may BPF programs call, and of which types? */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kfunc.h>

#include "helpers_doubts.h"
#include "helpers_selection.h"
#include "helpers_words.h"
#include "kfuncs_choice.h"
#include "shared.h"

struct args {
	struct option_list types;
	bool all;
	bool sleepable;
};

#define ARGS(member) offsetof(struct args, member)
static const struct option_spec options[] = {
	{ "type", 't', "TYPE", OPTION_LIST, ARGS(types),
	  .help = "ask for this program type, variant or glob (repeatable)" },
	{ "all", 'a', NULL, OPTION_FLAG, ARGS(all), .excludes = "KFUNC",
	  .help = "ask for all of them, which is the default without a KFUNC" },
	{ "sleepable", 0, NULL, OPTION_FLAG, ARGS(sleepable),
	  .help = "ask for sleepable programs (BPF_F_SLEEPABLE)" },
	{ 0 },
};

enum {
	NAME,
	MODULE,
	ID,
	TYPE,
	VARIANT,
	TARGET,
	VERDICT,
	REASON,
	ERRNO,
	EVIDENCE,
	LISTED,
	LOG,
	SLEEPABLE_TYPES,
	TYPES,
	UNDETERMINED_TYPES,
	FIELD_COUNT
};

static const struct field fields[] = {
	[NAME] = { "name", FIELD_STRING, "the kernel function asked about", FIELD_LABEL },
	[MODULE] = { "module", FIELD_STRING, "the module that it belongs to; absent: the kernel",
		     FIELD_SPARSE | FIELD_LABEL },
	[ID] = { "id", FIELD_INTEGER, "its number in the BTF of the kernel or the module",
		 FIELD_DETAIL },
	[TYPE] = { "type", FIELD_STRING, "the program type, or its variant; absent without -t",
		   FIELD_SPARSE | FIELD_LABEL },
	[VARIANT] = { "variant", FIELD_STRING,
		      "the variant that decided; absent if the type has none", FIELD_SPARSE },
	[TARGET] = { "target", FIELD_STRING, "what the program was loaded for; absent if nothing",
		     FIELD_DETAIL },
	[VERDICT] = { "verdict", FIELD_STRING, "supported, unsupported or undetermined",
		      FIELD_VERDICT | FIELD_METRIC },
	[TYPES] = { "types", FIELD_LIST, "the types that may call it; absent with -t",
		    FIELD_SPARSE },
	[SLEEPABLE_TYPES] = { "sleepable_types", FIELD_LIST,
			      "the types of which only sleepable programs may call it",
			      FIELD_SPARSE },
	[UNDETERMINED_TYPES] = { "undetermined_types", FIELD_LIST,
				 "the types that could not be asked for", FIELD_DETAIL },
	[REASON] = { "reason", FIELD_STRING, "what the verdict rests on", FIELD_REASON },
	[ERRNO] = { "errno", FIELD_STRING, "errno of the load that decided; absent if it loaded",
		    FIELD_LEAVES(1) },
	[EVIDENCE] = { "evidence", FIELD_STRING, "what a no or an undetermined rests on",
		       FIELD_DETAIL | FIELD_REASON },
	[LISTED] = { "listed", FIELD_STRING, "how it is known that it is a kfunc", FIELD_DETAIL },
	[LOG] = { "log", FIELD_STRING, "what the verifier wrote to its log", FIELD_DETAIL },
};

static const struct schema row_schema = SCHEMA("kfunc", fields);
static const struct schema *const schemas[] = { &row_schema, NULL };

static const struct grid_mark marks[] = {
	{ REASON, "only in sleepable programs", 's', "only in sleepable programs" },
	{ VERDICT, "supported", '+', "supported" },
	{ VERDICT, "unsupported", '-', "unsupported" },
	{ VERDICT, "undetermined", '?', "undetermined" },
	{ 0 },
};

static const struct grid grid = { .row = NAME, .column = TYPE, .marks = marks };

/* The same records, if there are too many for one row each. */
static const struct schema matrix_schema = {
	.record = "kfunc", .fields = fields, .count = FIELD_COUNT, .grid = &grid
};

#define GRID_LEAST 65
#define TYPES_MOST 64

static const struct field summary_fields[] = {
	[KVET_YES] = { "supported", FIELD_INTEGER, "answers that are supported",
		       FIELD_DETAIL | FIELD_METRIC },
	[KVET_NO] = { "unsupported", FIELD_INTEGER, "answers that are unsupported",
		      FIELD_DETAIL | FIELD_METRIC },
	[KVET_UNDETERMINED] = { "undetermined", FIELD_INTEGER, "answers that are undetermined",
				FIELD_DETAIL | FIELD_METRIC },
	[KVET_VERDICT_COUNT] = { "complete", FIELD_BOOLEAN,
				 "whether these are all kfuncs of this kernel",
				 FIELD_DETAIL | FIELD_METRIC },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

struct run {
	struct context *context;
	const struct args *args;
	struct kvet_probe *probe;
	struct kvet_kfuncs *kfuncs;
	struct selection selection;
	const struct schema *schema;
	struct kfunc_choice choice;

	enum status status; /* of the answers so far */
	int64_t totals[KVET_VERDICT_COUNT];
	struct doubts doubts;
};

/* --- selecting ------------------------------------------------------------------------------- */

static enum status select_types(struct run *run)
{
	const char *const *types = run->args->types.items;
	enum status status = STATUS_YES;

	for (size_t i = 0; i < run->args->types.count && status == STATUS_YES; i++)
		status = selection_add_types(&run->selection, run->context, run->probe, types[i]);
	if (!run->args->types.count)
		status = selection_add_types(&run->selection, run->context, run->probe, "*");
	return status;
}

/* --- records --------------------------------------------------------------------------------- */

static void describe(const struct kvet_kfunc *kfunc, struct value *values)
{
	values[NAME] = value_string(kfunc->name);
	values[MODULE] = value_string(kfunc->module);
	values[ID] = value_integer(kfunc->id);
	values[LISTED] = value_string(kvet_kfunc_listed_text(kfunc->listed));
}

static void count_answer(struct run *run, const struct kvet_probe_answer *answer)
{
	run->totals[answer->verdict]++;
	run->status = status_worst(run->status, status_of_verdict(answer->verdict));
	if (answer->verdict == KVET_UNDETERMINED)
		doubts_note(&run->doubts, run->context, answer);
}

static void put(struct run *run, struct value *values, const struct kvet_probe_answer *answer)
{
	char errnum[32], reason[128];

	values[TARGET] = value_string(answer->target);
	values[VERDICT] = value_string(probe_verdict_word(answer->verdict));
	values[REASON] = value_string(probe_reason_text(answer, reason, sizeof(reason)));
	values[LOG] = value_string(answer->attempt.log);
	values[EVIDENCE] = value_string(answer->cause.evidence);
	if (answer->attempt.errnum)
		values[ERRNO] = value_string(
			kvet_errno_name(answer->attempt.errnum, errnum, sizeof(errnum)));
	output_record(run->context->output, run->schema, values);
	count_answer(run, answer);
}

static int ask(struct run *run, size_t index, const struct selected_type *type,
	       struct kvet_probe_answer *answer)
{
	const struct kvet_probe_question question = { .type = type->type,
						      .variant = type->variant,
						      .sleepable = run->args->sleepable };
	struct kvet_cause err;
	int ret = kvet_kfuncs_ask(run->kfuncs, index, &question, answer, &err);

	if (ret)
		context_error(run->context, &err);
	return ret;
}

/* One record for each type. */
static int put_types(struct run *run, size_t index, struct kvet_probe_answer *answer)
{
	struct kvet_kfunc kfunc = kvet_kfuncs_at(run->kfuncs, index);

	for (size_t i = 0; i < run->selection.type_count; i++) {
		const struct selected_type *type = &run->selection.types[i];
		struct value values[FIELD_COUNT] = { [TYPE] = value_string(type->name) };

		if (context_stopped(run->context) || ask(run, index, type, answer))
			return -1;
		describe(&kfunc, values);
		if (answer->variant)
			values[VARIANT] = value_string(
				kvet_probe_variant_name(run->probe, type->type, answer->variant));
		put(run, values, answer);
	}
	return 0;
}

struct names {
	const char *items[TYPES_MOST];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	if (names->count < TYPES_MOST)
		names->items[names->count++] = name;
}

/* Whether the answer for one type says more about the function than the best so far. */
static bool is_better(const struct kvet_probe_answer *answer, const struct kvet_probe_answer *best)
{
	static const int weights[] = { [KVET_YES] = 3, [KVET_NO] = 0, [KVET_UNDETERMINED] = 1 };
	bool sleepable = answer->reason == KVET_REASON_SLEEPABLE_ONLY;

	return best->verdict != KVET_YES &&
	       (sleepable ? 2 : weights[answer->verdict]) >
		       (best->reason == KVET_REASON_SLEEPABLE_ONLY ? 2 : weights[best->verdict]);
}

/* One record, with the types that may call it. What a program of type ext may call is what the one
 * that it replaces may call, so it is not asked about. */
static int put_row(struct run *run, size_t index, struct kvet_probe_answer *answer)
{
	struct kvet_kfunc kfunc = kvet_kfuncs_at(run->kfuncs, index);
	struct names yes = { .count = 0 }, asleep = { .count = 0 }, unclear = { .count = 0 };
	struct kvet_probe_answer *best = &answer[1];
	struct value values[FIELD_COUNT] = { [NAME] = value_absent() };

	for (size_t i = 0; i < run->selection.type_count; i++) {
		const struct selected_type *type = &run->selection.types[i];

		if (!strcmp(type->name, "ext"))
			continue;
		if (context_stopped(run->context) || ask(run, index, type, answer))
			return -1;
		if (answer->verdict == KVET_YES)
			add_name(&yes, type->name);
		else if (answer->reason == KVET_REASON_SLEEPABLE_ONLY)
			add_name(&asleep, type->name);
		else if (answer->verdict == KVET_UNDETERMINED)
			add_name(&unclear, type->name);
		if (!i || is_better(answer, best))
			*best = *answer;
	}
	if (best->reason == KVET_REASON_SLEEPABLE_ONLY) {
		best->verdict = KVET_YES;
		memset(&best->cause, 0, sizeof(best->cause));
	}
	describe(&kfunc, values);
	values[TYPES] = value_list(yes.items, yes.count);
	if (asleep.count)
		values[SLEEPABLE_TYPES] = value_list(asleep.items, asleep.count);
	if (unclear.count)
		values[UNDETERMINED_TYPES] = value_list(unclear.items, unclear.count);
	put(run, values, best);
	return 0;
}

/* A pattern that matches nothing is a no, unless it is the list that lacks what it matches. */
static void put_unmatched(struct run *run, const struct kfunc_absent *absent)
{
	if (kvet_kfuncs_complete(run->kfuncs, NULL) != KVET_YES)
		return;
	context_error(run->context, &absent->cause);
	run->status = status_worst(run->status, STATUS_NO);
}

/* One record for each type, or one, as of those that exist. */
static void put_absent(struct run *run, const struct kfunc_absent *absent,
		       struct kvet_probe_answer *answer)
{
	size_t count = run->args->types.count ? run->selection.type_count : 1;

	memset(answer, 0, sizeof(*answer));
	answer->verdict = absent->verdict;
	answer->reason =
		absent->verdict == KVET_NO ? KVET_REASON_UNKNOWN_HELPER : KVET_REASON_NO_TARGET;
	answer->cause = absent->cause;
	for (size_t i = 0; i < count; i++) {
		struct value values[FIELD_COUNT] = { [NAME] = value_string(absent->word) };

		if (run->args->types.count)
			values[TYPE] = value_string(run->selection.types[i].name);
		put(run, values, answer);
	}
	context_error(run->context, &absent->cause);
}

static enum status ask_all(struct run *run)
{
	/* The second is for the best of a row. */
	struct kvet_probe_answer *answers = calloc(2, sizeof(*answers));
	size_t count = kvet_kfuncs_count(run->kfuncs);
	int ret = 0;

	if (!answers)
		return context_failure(run->context, ENOMEM, "malloc");
	for (size_t i = 0; i < count && !ret; i++) {
		context_progress(run->context, "kvet: %zu of %zu functions", i, count);
		if (run->choice.chosen[i])
			ret = run->args->types.count ? put_types(run, i, answers)
						     : put_row(run, i, answers);
	}
	context_progress(run->context, "%s", "");
	for (size_t i = 0; i < run->choice.absent_count && !ret; i++) {
		const struct kfunc_absent *absent = &run->choice.absent[i];

		if (absent->is_glob)
			put_unmatched(run, absent);
		else
			put_absent(run, absent, answers);
	}
	free(answers);
	return ret ? STATUS_ERROR : run->status;
}

/* A list that lacks some is no answer to "which". */
static enum status judge_list(struct run *run, bool asked, bool *complete)
{
	struct kvet_cause cause;
	enum kvet_verdict verdict = kvet_kfuncs_complete(run->kfuncs, &cause);

	*complete = verdict == KVET_YES;
	if (!asked || *complete)
		return STATUS_YES;
	context_error(run->context, &cause);
	return status_of_verdict(verdict);
}

static enum status ask_chosen(struct run *run, const char *const *words, size_t count)
{
	struct value summary[KVET_VERDICT_COUNT + 1];
	enum status status;
	bool complete;

	status = kfunc_choose(&run->choice, run->context, run->kfuncs, words, count);
	if (status == STATUS_YES)
		status = select_types(run);
	if (status != STATUS_YES)
		return status;
	run->schema = run->selection.type_count > 1 && run->args->types.count &&
				      run->choice.count * run->selection.type_count >= GRID_LEAST
			      ? &matrix_schema
			      : &row_schema;
	status = ask_all(run);
	doubts_put(&run->doubts, run->context);
	status = status_worst(status, judge_list(run, run->choice.is_list, &complete));
	for (int i = 0; i < KVET_VERDICT_COUNT; i++)
		summary[i] = value_integer(run->totals[i]);
	summary[KVET_VERDICT_COUNT] =
		value_boolean(complete && run->choice.is_list &&
			      run->choice.count == kvet_kfuncs_count(run->kfuncs));
	output_summary(run->context->output, &summary_schema, summary);
	return status;
}

/* That a kfunc does not exist is an answer; that a type does not, is a mistake. */
static enum status check(struct context *context, const void *opaque, const char *const *words,
			 size_t count)
{
	struct run run = { .context = context, .args = opaque };
	enum status status = STATUS_ERROR;

	(void)words;
	(void)count;
	if (!shared_probe(context, &run.probe, NULL))
		status = select_types(&run);
	shared_probe_release(context, run.probe);
	selection_deinit(&run.selection);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *words,
		       size_t count)
{
	struct run run = { .context = context, .args = opaque, .status = STATUS_YES };
	enum status status = STATUS_ERROR;
	struct kvet_cause err;

	if (shared_probe(context, &run.probe, &err) ||
	    kvet_kfuncs_new(&run.kfuncs, run.probe, &err))
		context_error(context, &err);
	else if (doubts_init(&run.doubts))
		status = context_failure(context, ENOMEM, "malloc");
	else
		status = ask_chosen(&run, words, count);
	doubts_deinit(&run.doubts);
	selection_deinit(&run.selection);
	kfunc_choice_deinit(&run.choice);
	kvet_kfuncs_free(run.kfuncs);
	shared_probe_release(context, run.probe);
	return status;
}

static const int capabilities[] = {
	CAP_BPF,             /* programs of any type */
	CAP_PERFMON,         /* tracing programs */
	CAP_NET_ADMIN,       /* networking programs */
	CAP_SYS_ADMIN,       /* the BTF of modules; all programs before 5.8; to read securityfs */
	CAP_SYS_BOOT,        /* destructive functions; none is called */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_SYSLOG,          /* the order of symbols, where BTF does not mark kfuncs */
	CAP_DAC_READ_SEARCH, /* the configuration in /boot, where only root may read it */
	-1,
};

static const char *const examples[] = { "kvet probe kfuncs 'bpf_task_*'",
					"kvet probe kfuncs bpf_rcu_read_lock -t kprobe -t fentry",
					"kvet probe kfuncs -t 'tracing/*'", NULL };

const struct command probe_kfuncs_command = {
	.name = "probe kfuncs",
	.summary = "Which kernel functions BPF programs may call here, by type",
	.operands = "[KFUNC]...",
	.operands_help = "KFUNC is the name of a kernel function, or a glob. Default: all kfuncs.",
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
