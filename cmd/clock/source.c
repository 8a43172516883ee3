/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock source: which clock should a tracer stamp its events with? */
#include <linux/capability.h>
#include <kvet/clock.h>
#include <kvet/probe.h>

#include "command.h"
#include "probe/helpers_selection.h"
#include "shared.h"

#define TYPE_DEFAULT "kprobe"

struct args {
	const char *type;
};

static const struct option_spec options[] = {
	{ "type", 't', "TYPE", OPTION_STRING, offsetof(struct args, type), .preset = TYPE_DEFAULT,
	  .help = "type of the tracer's programs, as libbpf names it" },
	{ 0 },
};

enum {
	CLOCK,
	BOOTTIME,
	HELPER,
	TYPE,
	REASON,
	ERRNO,
	EVIDENCE,
	NAMED,
	LIBBPF_RETURN,
	LIBBPF_ERRNO,
	ERRNO_SOURCE,
	COST,
	COSTS,
	FIELD_COUNT
};

static const struct field fields[] = {
	[CLOCK] = { "clock", FIELD_STRING, "the clock to use: boottime or monotonic", FIELD_LABEL },
	[BOOTTIME] = { "boottime", FIELD_STRING, "yes, no, undetermined: can BPF read it?",
		       FIELD_VERDICT | FIELD_METRIC },
	[HELPER] = { "helper", FIELD_STRING, "the helper that reads it", FIELD_LEAVES(1) },
	[TYPE] = { "type", FIELD_STRING, "the program type that was asked about", FIELD_LABEL },
	[REASON] = { "reason", FIELD_STRING, "what the answer rests on", FIELD_REASON },
	[ERRNO] = { "errno", FIELD_STRING, "errno of the load that decided; absent if it loaded",
		    0 },
	[EVIDENCE] = { "evidence", FIELD_STRING, "what the kernel said", FIELD_REASON },
	[NAMED] = { "kernel_names_it", FIELD_STRING,
		    "yes, no, undetermined: does the kernel's BTF name it? With --verbose",
		    FIELD_VERDICT | FIELD_LEAVES(2) },
	[LIBBPF_RETURN] = { "libbpf_return", FIELD_INTEGER,
			    "what libbpf_probe_bpf_helper() returned: 1 yes, 0 no, else an error",
			    0 },
	[LIBBPF_ERRNO] = { "libbpf_errno", FIELD_STRING, "the errno that libbpf left behind", 0 },
	[ERRNO_SOURCE] = { "errno_source", FIELD_STRING, "the call that this errno came from", 0 },
	[COST] = { "cost_ns", FIELD_DURATION,
		   "what reading this clock costs per event. With --verbose, as the next",
		   FIELD_METRIC },
	[COSTS] = { "costs", FIELD_MAP, "what reading each clock of BPF costs, in ns",
		    FIELD_LEAVES(3) },
};

static const struct schema source_schema = SCHEMA_FLAGGED("source", fields, SCHEMA_WORD);
static const struct schema *const schemas[] = { &source_schema, NULL };

/* A no must be about the helper. If the oldest helper of all is refused, too, the refusal is about
 * the program type, and says nothing about clocks. */
static int ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
	       struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	const struct kvet_probe_question oldest = { .helper =
							    kvet_clock_helper(KVET_CLOCK_MONOTONIC),
						    .type = question->type };
	struct kvet_probe_answer other;
	int ret = kvet_probe_ask(probe, question, answer, err);

	if (ret || answer->verdict != KVET_NO)
		return ret;
	ret = kvet_probe_ask(probe, &oldest, &other, err);
	if (!ret && other.verdict != KVET_YES)
		answer->verdict = KVET_UNDETERMINED;
	return ret;
}

/* Every clock that BPF can read, with its cost; returns how many there are. */
static size_t list_costs(const struct kvet_clock_costs *costs,
			 struct named_value list[KVET_CLOCK_COUNT])
{
	size_t count = 0;

	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		if (costs->bpf_ns[i])
			list[count++] = (struct named_value){
				.name = kvet_clock_name((enum kvet_clock_id)i),
				.type = FIELD_DURATION,
				.value = value_integer((int64_t)costs->bpf_ns[i]),
			};
	return count;
}

/* named may be NULL: the kernel's BTF was not asked, and no cost was measured. libbpf may be NULL,
 * too. */
static void put_source(struct context *context, const struct kvet_probe_question *question,
		       const struct kvet_probe_answer *answer, const enum kvet_verdict *named,
		       const struct kvet_probe_libbpf *libbpf)
{
	struct kvet_clock_costs costs = { .bpf_ns = { 0 } };
	struct named_value list[KVET_CLOCK_COUNT];
	enum kvet_clock_id clock =
		answer->verdict == KVET_NO ? KVET_CLOCK_MONOTONIC : KVET_CLOCK_BOOTTIME;
	char own[32], theirs[32];
	struct value values[FIELD_COUNT] = {
		[CLOCK] = value_string(kvet_clock_name(clock)),
		[BOOTTIME] = value_string(kvet_verdict_name(answer->verdict)),
		[HELPER] = value_string(kvet_clock_helper_name(KVET_CLOCK_BOOTTIME)),
		[TYPE] = value_string(kvet_probe_type_name(question->type)),
		[REASON] = value_string(kvet_probe_reason_text(answer->reason)),
		[EVIDENCE] = value_string(answer->cause.evidence),
		[NAMED] = value_string(named ? kvet_verdict_name(*named) : NULL),
	};

	if (named)
		kvet_clock_costs_read(&context->host, &costs);
	values[COSTS] = value_map(list, list_costs(&costs, list));
	if (costs.bpf_ns[clock])
		values[COST] = value_integer((int64_t)costs.bpf_ns[clock]);
	if (answer->attempt.errnum)
		values[ERRNO] =
			value_string(kvet_errno_name(answer->attempt.errnum, own, sizeof(own)));
	if (libbpf) {
		if (libbpf->answered)
			values[LIBBPF_RETURN] = value_integer(libbpf->ret);
		if (libbpf->errnum)
			values[LIBBPF_ERRNO] = value_string(
				kvet_errno_name(libbpf->errnum, theirs, sizeof(theirs)));
		values[ERRNO_SOURCE] = value_string(libbpf->source);
	}
	output_record(context->output, &source_schema, values);
}

static enum status decide(struct context *context, struct kvet_probe *probe,
			  const struct kvet_probe_question *question)
{
	struct kvet_probe_answer answer;
	struct kvet_probe_libbpf libbpf;
	enum kvet_verdict named = KVET_UNDETERMINED;
	struct kvet_cause err;
	/* Nobody sees libbpf's answer with --quiet, so kvet does not trace it. */
	bool compare = !context->quiet;

	if (ask(probe, question, &answer, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	if (compare && kvet_probe_ask_libbpf(question, 1, &libbpf, NULL, &err)) {
		context_error(context, &err);
		compare = false;
	}
	/* Reading the BTF takes longer than everything else: only for a user who asks why. */
	if (context->verbose)
		named = kvet_probe_kernel_names(probe, question->helper, NULL);
	put_source(context, question, &answer, context->verbose ? &named : NULL,
		   compare ? &libbpf : NULL);
	if (answer.verdict == KVET_UNDETERMINED) {
		context_error(context, &answer.cause);
		context_note(
			context,
			"recommending boottime: the kernel did not say that its helper is missing");
	}
	return status_of_verdict(answer.verdict);
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct args *args = opaque;
	const char *near;

	(void)operands;
	(void)count;
	if (!args->type || kvet_probe_type_by_name(args->type) >= 0)
		return STATUS_YES;
	near = kvet_probe_type_nearest(args->type);
	if (near)
		return context_usage(context, "unknown program type '%s': did you mean '%s'?",
				     args->type, near);
	return context_usage(context, "unknown program type '%s'; %s lists them all", args->type,
			     ALL_TYPES);
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	const char *type = args->type ? args->type : TYPE_DEFAULT;
	struct kvet_probe_question question = {
		.helper = kvet_clock_helper(KVET_CLOCK_BOOTTIME),
		.type = kvet_probe_type_by_name(type),
	};
	struct kvet_probe *probe = NULL;
	struct kvet_cause err;
	enum status status;

	if (question.type < 0)
		return check(context, args, operands, count);
	if (shared_probe(context, &probe, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	status = decide(context, probe, &question);
	shared_probe_release(context, probe);
	return status;
}

static const int capabilities[] = {
	CAP_BPF,          /* BPF programs */
	CAP_PERFMON,      /* tracing programs, which read the clocks */
	CAP_SYS_ADMIN,    /* both of these before 5.8 */
	CAP_SYS_RESOURCE, /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	-1,
};

static const char *const examples[] = { "kvet clock source",
					"kvet clock source --type tracepoint -v",
					"CLOCK=$(kvet clock source)", NULL };

const struct command clock_source_command = {
	.name = "clock source",
	.summary = "The clock that a tracer should stamp its events with",
	.operands = "",
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
