/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe helpers: does this helper work for this program type, here, for me? */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "helpers_doubts.h"
#include "helpers_libbpf.h"
#include "helpers_selection.h"
#include "helpers_words.h"
#include "shared.h"

struct args {
	struct option_list types;
	bool all;
	bool full;
	bool sleepable;
	bool provenance;
};

#define ARGS(member) offsetof(struct args, member)
static const struct option_spec options[] = {
	{ "type", 't', "TYPE", OPTION_LIST, ARGS(types),
	  .help = "ask for this program type, variant or glob (repeatable)" },
	{ "all", 'a', NULL, OPTION_FLAG, ARGS(all),
	  .help = "ask for every helper and type, unless some are named" },
	{ "full", 0, NULL, OPTION_FLAG, ARGS(full),
	  .help = "ask also for helpers whose load warns in the kernel's log" },
	{ "sleepable", 0, NULL, OPTION_FLAG, ARGS(sleepable),
	  .help = "ask for sleepable programs (BPF_F_SLEEPABLE)" },
	{ "provenance", 0, NULL, OPTION_FLAG, ARGS(provenance),
	  .help = "compare libbpf's answers and trace each errno" },
	{ 0 },
};

enum {
	HELPER,
	ID,
	TYPE,
	SLEEPABLE,
	VARIANT,
	TARGET,
	ARGUMENT,
	VERDICT,
	REASON,
	ERRNO,
	LOG,
	EVIDENCE,
	ATTACHABLE,
	ATTACH_CAUSE,
	BTF,
	DISAGREE,
	LIBBPF_RETURN,
	LIBBPF_ERRNO,
	ERRNO_SOURCE,
	LIBBPF_CALLS,
	FIELD_COUNT
};

static const struct field fields[] = {
	[HELPER] = { "helper", FIELD_STRING, "the helper asked about", FIELD_LABEL },
	[ID] = { "id", FIELD_INTEGER, "its number in enum bpf_func_id", FIELD_DETAIL },
	[TYPE] = { "type", FIELD_STRING, "the program type, or its variant", FIELD_LABEL },
	[SLEEPABLE] = { "sleepable", FIELD_BOOLEAN, "whether a sleepable program was asked about",
			FIELD_DETAIL | FIELD_LABEL },
	[VARIANT] = { "variant", FIELD_STRING,
		      "the variant that decided; absent if the type has none", FIELD_SPARSE },
	[TARGET] = { "target", FIELD_STRING, "what the program was loaded for; absent if nothing",
		     FIELD_DETAIL },
	[ARGUMENT] = { "argument", FIELD_STRING,
		       "the map or object that the program passed to the helper", FIELD_DETAIL },
	[VERDICT] = { "verdict", FIELD_STRING, "supported, unsupported or undetermined",
		      FIELD_VERDICT | FIELD_METRIC },
	[REASON] = { "reason", FIELD_STRING, "what the verdict rests on", FIELD_REASON },
	[ERRNO] = { "errno", FIELD_STRING, "errno of the load that decided; absent if it loaded",
		    FIELD_LEAVES(1) },
	[LOG] = { "log", FIELD_STRING, "what the verifier wrote to its log", FIELD_DETAIL },
	[EVIDENCE] = { "evidence", FIELD_STRING, "what a no or an undetermined rests on",
		       FIELD_DETAIL | FIELD_REASON },
	[ATTACHABLE] = { "attachable", FIELD_BOOLEAN,
			 "whether it can be attached; absent if not tried", FIELD_SPARSE },
	[ATTACH_CAUSE] = { "attach_cause", FIELD_STRING,
			   "why it cannot be attached, or why that is unknown",
			   FIELD_SPARSE | FIELD_LEAVES(1) },
	[BTF] = { "btf", FIELD_BOOLEAN, "whether the kernel's BTF names the helper",
		  FIELD_LEAVES(2) },
	[DISAGREE] = { "disagree", FIELD_BOOLEAN,
		       "whether the verifier and BTF contradict each other", FIELD_DETAIL },
	[LIBBPF_RETURN] = { "libbpf_return", FIELD_INTEGER,
			    "what libbpf_probe_bpf_helper() returned: 1 yes, 0 no, else an error",
			    FIELD_SPARSE | FIELD_LEAVES(1) },
	[LIBBPF_ERRNO] = { "libbpf_errno", FIELD_STRING, "the errno that libbpf left behind",
			   FIELD_SPARSE | FIELD_LEAVES(1) },
	[ERRNO_SOURCE] = { "errno_source", FIELD_STRING, "the call that this errno came from",
			   FIELD_SPARSE | FIELD_LEAVES(1) },
	[LIBBPF_CALLS] = { "libbpf_calls", FIELD_LIST,
			   "libbpf's system calls that failed, in order", FIELD_DETAIL },
};

static const struct schema cell_schema = SCHEMA("helper", fields);
static const struct schema *const schemas[] = { &cell_schema, NULL };

static const struct grid_mark marks[] = {
	{ REASON, "only in sleepable programs", 's', "only in sleepable programs" },
	{ VERDICT, "supported", '+', "supported" },
	{ VERDICT, "unsupported", '-', "unsupported" },
	{ VERDICT, "undetermined", '?', "undetermined" },
	{ 0 },
};

static const struct grid grid = { .row = HELPER, .column = TYPE, .marks = marks };

/* The same records, if there are too many for one row each. */
static const struct schema matrix_schema = {
	.record = "helper", .fields = fields, .count = FIELD_COUNT, .grid = &grid
};

enum {
	SUPPORTED,
	UNSUPPORTED,
	UNDETERMINED,
	DISAGREEMENTS,
	LIBBPF_WRONG,
	LIBBPF_UNFOUNDED,
	LIBBPF_MISLEADING,
	SKIPPED,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[SUPPORTED] = { "supported", FIELD_INTEGER, "answers that are supported",
			FIELD_DETAIL | FIELD_METRIC },
	[UNSUPPORTED] = { "unsupported", FIELD_INTEGER, "answers that are unsupported",
			  FIELD_DETAIL | FIELD_METRIC },
	[UNDETERMINED] = { "undetermined", FIELD_INTEGER, "answers that are undetermined",
			   FIELD_DETAIL | FIELD_METRIC },
	[DISAGREEMENTS] = { "disagreements", FIELD_INTEGER,
			    "contradictions between verifier and BTF",
			    FIELD_DETAIL | FIELD_METRIC },
	[LIBBPF_WRONG] = { "libbpf_wrong", FIELD_INTEGER,
			   "libbpf's yes for the kernel's no, or the reverse",
			   FIELD_SPARSE | FIELD_METRIC },
	[LIBBPF_UNFOUNDED] = { "libbpf_unfounded", FIELD_INTEGER,
			       "libbpf's yes or no where kvet could not find out",
			       FIELD_SPARSE | FIELD_METRIC },
	[LIBBPF_MISLEADING] = { "libbpf_misleading", FIELD_INTEGER,
				"libbpf said yes and left an errno behind",
				FIELD_SPARSE | FIELD_METRIC },
	[SKIPPED] = { "skipped", FIELD_LIST, "helpers left out, see --full", 0 },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);
/* The founding question: which clock may a tracer rely on? */
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define GRID_LEAST   65
#define CALLS_MOST   32

/* The state of one run, and its counters. */
struct run {
	struct context *context;
	const struct args *args;
	struct kvet_probe *probe;
	struct selection selection;
	struct kvet_probe_question *questions;
	size_t count;
	const struct schema *schema;

	struct kvet_probe_libbpf *libbpf; /* NULL: not asked */
	struct kvet_probe_journal *journal;

	enum status status; /* of the answers so far */
	bool interrupted;
	size_t answered;
	int64_t totals[SUMMARY_COUNT];
	struct doubts doubts;
};

/* --- selecting ------------------------------------------------------------------------------- */

static enum status select_all(struct run *run, const char *const *helpers, size_t helper_count)
{
	const struct args *args = run->args;
	const struct selection_words words = {
		.helpers = helpers,
		.helper_count = helper_count,
		.types = args->types.items,
		.type_count = args->types.count,
		.all = args->all,
		.full = args->full,
	};

	return selection_make(&run->selection, run->context, run->probe, &words);
}

/* Every helper with every type: the questions, in the order of the output. */
static enum status make_questions(struct run *run)
{
	const struct selection *selection = &run->selection;
	size_t types = selection->type_count;

	run->count = selection->helper_count * types;
	run->questions = calloc(run->count + 1, sizeof(*run->questions));
	if (!run->questions || doubts_init(&run->doubts))
		return context_failure(run->context, ENOMEM, "malloc");
	for (size_t i = 0; i < run->count; i++)
		run->questions[i] = (struct kvet_probe_question){
			.helper = selection->helpers[i / types].helper,
			.type = selection->types[i % types].type,
			.variant = selection->types[i % types].variant,
			.sleepable = run->args->sleepable,
		};
	run->schema = types > 1 && run->count >= GRID_LEAST ? &matrix_schema : &cell_schema;
	return STATUS_YES;
}

/* --- libbpf's side of it --------------------------------------------------------------------- */

/* Tracing a child's system calls takes longer than asking: only for a single question or on
 * request, and not if nobody would see it. */
static void ask_libbpf(struct run *run)
{
	struct kvet_cause err;

	if (run->context->quiet || !(run->args->provenance || run->count == 1))
		return;
	run->libbpf = calloc(run->count, sizeof(*run->libbpf));
	if (!run->libbpf) {
		context_failure(run->context, ENOMEM, "malloc");
	} else if (kvet_probe_ask_libbpf(run->questions, run->count, run->libbpf, &run->journal,
					 &err)) {
		context_error(run->context, &err);
		free(run->libbpf);
		run->libbpf = NULL;
	}
}

static void count_libbpf(struct run *run, const struct kvet_probe_libbpf *libbpf,
			 enum kvet_verdict verdict)
{
	struct libbpf_claim claim = libbpf_claim(libbpf, verdict);

	run->totals[LIBBPF_UNFOUNDED] += claim.unfounded;
	run->totals[LIBBPF_WRONG] += claim.wrong;
	run->totals[LIBBPF_MISLEADING] += claim.misleading;
}

/* --- records --------------------------------------------------------------------------------- */

static void put_record(struct run *run, struct value *values, size_t index)
{
	const struct kvet_probe_libbpf *libbpf = run->libbpf ? &run->libbpf[index] : NULL;
	char calls[CALLS_MOST][256], errnum[32];
	const char *items[CALLS_MOST];
	size_t count = 0;

	if (!libbpf || !libbpf_comparable(&run->questions[index])) {
		output_record(run->context->output, run->schema, values);
		return;
	}
	if (libbpf->answered)
		values[LIBBPF_RETURN] = value_integer(libbpf->ret);
	if (libbpf->errnum)
		values[LIBBPF_ERRNO] =
			value_string(kvet_errno_name(libbpf->errnum, errnum, sizeof(errnum)));
	values[ERRNO_SOURCE] = value_string(libbpf->source);
	while (count < CALLS_MOST && count < kvet_probe_journal_count(run->journal, index)) {
		items[count] = kvet_probe_journal_describe(run->journal, index, count, calls[count],
							   sizeof(calls[count]));
		count++;
	}
	values[LIBBPF_CALLS] = value_list(items, count);
	output_record(run->context->output, run->schema, values);
}

/* Whether a program that loads can be attached. */
static void put_attachable(struct run *run, const struct kvet_probe_question *question,
			   const struct kvet_probe_answer *answer, char *text, size_t size,
			   struct value *values)
{
	struct kvet_probe_attach attach;
	struct kvet_probe_question asked = *question;
	struct kvet_cause err;

	asked.variant = answer->variant;
	if (answer->verdict != KVET_YES)
		return;
	if (kvet_probe_attachable(run->probe, &asked, &attach, &err)) {
		context_error(run->context, &err);
		return;
	}
	if (attach.verdict != KVET_UNDETERMINED)
		values[ATTACHABLE] = value_boolean(attach.verdict == KVET_YES);
	values[ATTACH_CAUSE] = value_string(kvet_cause_text(&attach.cause, text, size));
}

static void put_answer(struct run *run, size_t index, const struct kvet_probe_answer *answer)
{
	const struct kvet_probe_question *question = &run->questions[index];
	const struct selection *selection = &run->selection;
	enum kvet_verdict named = KVET_UNDETERMINED;
	bool disagree;
	char own[32], reason[128], attach[1280];
	struct value values[FIELD_COUNT] = {
		[HELPER] = value_string(selection->helpers[index / selection->type_count].name),
		[ID] = value_integer(question->helper),
		[TYPE] = value_string(selection->types[index % selection->type_count].name),
		[SLEEPABLE] = value_boolean(question->sleepable),
		[TARGET] = value_string(answer->target),
		[ARGUMENT] = value_string(answer->argument),
		[VERDICT] = value_string(probe_verdict_word(answer->verdict)),
		[REASON] = value_string(probe_reason_text(answer, reason, sizeof(reason))),
		[LOG] = value_string(answer->attempt.log),
		[EVIDENCE] = value_string(answer->cause.evidence),
	};

	if (answer->variant)
		values[VARIANT] = value_string(
			kvet_probe_variant_name(run->probe, question->type, answer->variant));
	if (answer->attempt.errnum)
		values[ERRNO] =
			value_string(kvet_errno_name(answer->attempt.errnum, own, sizeof(own)));
	/* Nobody sees these with --quiet, so kvet does not ask. */
	if (!run->context->quiet)
		put_attachable(run, question, answer, attach, sizeof(attach), values);
	if (!run->context->quiet)
		named = kvet_probe_kernel_names(run->probe, question->helper, NULL);
	disagree = kvet_probe_oracles_disagree(answer, named);
	if (named != KVET_UNDETERMINED) {
		values[BTF] = value_boolean(named == KVET_YES);
		values[DISAGREE] = value_boolean(disagree);
	}
	if (disagree)
		context_note(run->context,
			     "%s for %s: the verifier says '%s', the kernel's BTF "
			     "%s the helper",
			     values[HELPER].string, values[TYPE].string,
			     kvet_probe_reason_text(answer->reason),
			     named == KVET_YES ? "names" : "does not name");
	run->totals[DISAGREEMENTS] += disagree;
	put_record(run, values, index);
}

static void count_answer(struct run *run, size_t index, const struct kvet_probe_answer *answer)
{
	static const int totals[] = { SUPPORTED, UNSUPPORTED, UNDETERMINED }; /* by verdict */

	run->totals[totals[answer->verdict]]++;
	if (run->libbpf && libbpf_comparable(&run->questions[index]))
		count_libbpf(run, &run->libbpf[index], answer->verdict);
}

static int take_answer(void *opaque, size_t index, const struct kvet_probe_answer *answer)
{
	struct run *run = opaque;

	run->interrupted = context_stopped(run->context);
	if (run->interrupted)
		return 1;
	put_answer(run, index, answer);
	count_answer(run, index, answer);
	run->status = status_worst(run->status, status_of_verdict(answer->verdict));
	if (answer->verdict == KVET_UNDETERMINED)
		doubts_note(&run->doubts, run->context, answer);
	run->answered++;
	context_progress(run->context, "kvet: %zu of %zu questions", run->answered, run->count);
	return 0;
}

/* Reports that the output is incomplete. */
static enum status put_interruption(struct run *run)
{
	struct kvet_cause cause = { .source = "signal" };

	snprintf(cause.evidence, sizeof(cause.evidence), "interrupted after %zu of %zu answers",
		 run->answered, run->count);
	context_error(run->context, &cause);
	return STATUS_UNDETERMINED;
}

static enum status ask_all(struct run *run)
{
	struct kvet_cause err;
	int ret;

	run->status = STATUS_YES;
	ret = kvet_probe_ask_each(run->probe, run->questions, run->count, 0, take_answer, run,
				  &err);
	context_progress(run->context, "%s", "");
	if (ret) {
		context_error(run->context, &err);
		return STATUS_ERROR;
	}
	return run->interrupted ? put_interruption(run) : run->status;
}

static void put_summary(struct run *run)
{
	const struct selection *selection = &run->selection;
	const char *skipped[64];
	struct value summary[SUMMARY_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < SUMMARY_COUNT; i++)
		summary[i] = value_integer(run->totals[i]);
	if (!run->libbpf)
		summary[LIBBPF_WRONG] = summary[LIBBPF_UNFOUNDED] = summary[LIBBPF_MISLEADING] =
			value_absent();
	while (count < selection->skipped_count && count < COUNT(skipped)) {
		/* Static, because a summary's strings must outlive the run. */
		skipped[count] = kvet_probe_helper_name(selection->skipped[count].helper);
		count++;
	}
	summary[SKIPPED] = count ? value_list(skipped, count) : value_absent();
	output_summary(run->context->output, &summary_schema, summary);
}

/* A name that this build does not know is searched for in the kernel's BTF. */
static enum status check(struct context *context, const void *opaque, const char *const *helpers,
			 size_t helper_count)
{
	struct run run = { .context = context, .args = opaque };
	enum status status = STATUS_ERROR;

	if (!shared_probe(context, &run.probe, NULL))
		status = select_all(&run, helpers, helper_count);
	shared_probe_release(context, run.probe);
	selection_deinit(&run.selection);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *helpers,
		       size_t helper_count)
{
	struct run run = { .context = context, .args = opaque };
	struct kvet_cause err;
	enum status status = STATUS_YES;

	if (shared_probe(context, &run.probe, &err)) {
		context_error(context, &err);
		status = STATUS_ERROR;
	}
	if (status == STATUS_YES)
		status = select_all(&run, helpers, helper_count);
	if (status == STATUS_YES)
		status = make_questions(&run);
	if (status == STATUS_YES) {
		ask_libbpf(&run);
		status = ask_all(&run);
		doubts_put(&run.doubts, context);
		put_summary(&run);
	}
	kvet_probe_journal_free(run.journal);
	shared_probe_release(context, run.probe);
	free(run.libbpf);
	free(run.questions);
	doubts_deinit(&run.doubts);
	selection_deinit(&run.selection);
	return status;
}

static const int capabilities[] = {
	CAP_BPF,             /* programs of any type */
	CAP_PERFMON,         /* tracing programs */
	CAP_NET_ADMIN,       /* networking programs */
	CAP_SYS_ADMIN,       /* all of them before 5.8; also to read securityfs */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_DAC_READ_SEARCH, /* the configuration in /boot, where only root may read it */
	-1,
};

static const char *const examples[] = {
	"kvet probe helpers ktime_get_boot_ns -t kprobe", "kvet probe helpers --all",
	"kvet probe helpers --provenance ktime_get_ns -t perf_event", NULL
};

const struct command probe_helpers_command = {
	.name = "probe helpers",
	.summary = "Whether BPF helpers really work; where an errno is from",
	.operands = "[HELPER]...",
	.operands_help =
		"HELPER is a name, with or without bpf_, a number or a glob. "
		"Default: bpf_ktime_get_{ns,boot_ns,coarse_ns,tai_ns} for the types kprobe, "
		"tracepoint, raw_tracepoint and perf_event.",
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
