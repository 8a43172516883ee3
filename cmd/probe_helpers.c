/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe helpers: does this helper work for this program type, here, for me? */
#include <errno.h>
#include <stdlib.h>

#include <kvet/probe.h>

#include "command.h"

struct args {
	struct option_list types;
};

static const struct option_spec options[] = {
	{ "type", 't', "TYPE", OPTION_LIST, offsetof(struct args, types),
	  "for this program type, as libbpf names it (again for more)" },
	{ 0 },
};

enum {
	HELPER,
	ID,
	TYPE,
	VERDICT,
	REASON,
	ERRNO,
	LOG,
	LIBBPF_RETURN,
	LIBBPF_ERRNO,
	ERRNO_SOURCE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[HELPER] = { "helper", FIELD_STRING, "asked about", 0 },
	[ID] = { "id", FIELD_INTEGER, "of the helper, enum bpf_func_id", FIELD_DETAIL },
	[TYPE] = { "type", FIELD_STRING, "of the program", 0 },
	[VERDICT] = { "verdict", FIELD_STRING, "supported, unsupported or undetermined",
		      FIELD_VERDICT },
	[REASON] = { "reason", FIELD_STRING, "what the verdict rests on", 0 },
	[ERRNO] = { "errno", FIELD_STRING, "of the load that decided; absent if it loaded", 0 },
	[LOG] = { "log", FIELD_STRING, "the verifier's words on it", FIELD_DETAIL },
	[LIBBPF_RETURN] = { "libbpf_return", FIELD_INTEGER,
			    "of libbpf_probe_bpf_helper(): 1 yes, 0 no, else an error", 0 },
	[LIBBPF_ERRNO] = { "libbpf_errno", FIELD_STRING, "the errno that it left behind", 0 },
	[ERRNO_SOURCE] = { "errno_source", FIELD_STRING, "the call that this errno came from", 0 },
};

static const struct schema cell_schema = SCHEMA("helper", fields);
static const struct schema *const schemas[] = { &cell_schema, NULL };

enum {
	SUPPORTED,
	UNSUPPORTED,
	UNDETERMINED,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[SUPPORTED] = { "supported", FIELD_INTEGER, "answers that are supported", FIELD_DETAIL },
	[UNSUPPORTED] = { "unsupported", FIELD_INTEGER, "answers that are unsupported",
			  FIELD_DETAIL },
	[UNDETERMINED] = { "undetermined", FIELD_INTEGER, "answers that are undetermined",
			   FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* The founding question: which clock may a tracer rely on? */
static const char *const default_helpers[] = { "bpf_ktime_get_ns", "bpf_ktime_get_boot_ns",
					       "bpf_ktime_get_coarse_ns", "bpf_ktime_get_tai_ns" };
static const char *const default_types[] = { "kprobe", "tracepoint", "raw_tracepoint",
					     "perf_event" };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *verdict_word(enum kvet_verdict verdict)
{
	return verdict == KVET_YES  ? "supported"
	       : verdict == KVET_NO ? "unsupported"
				    : "undetermined";
}

static enum status unknown_name(struct context *context, const char *what, const char *name,
				const char *near)
{
	if (near)
		return context_usage(context, "unknown %s '%s': did you mean '%s'?", what, name,
				     near);
	return context_usage(context, "unknown %s '%s'", what, name);
}

/* Every helper with every type: the questions, in the order of the output. */
static enum status make_questions(struct context *context, const char *const *helpers,
				  size_t helper_count, const char *const *types, size_t type_count,
				  struct kvet_probe_question *questions)
{
	for (size_t h = 0; h < helper_count; h++) {
		int helper = kvet_probe_helper_by_name(helpers[h]);

		if (helper < 0)
			return unknown_name(context, "helper", helpers[h],
					    kvet_probe_helper_nearest(helpers[h]));
		for (size_t t = 0; t < type_count; t++) {
			int type = kvet_probe_type_by_name(types[t]);

			if (type < 0)
				return unknown_name(context, "program type", types[t],
						    kvet_probe_type_nearest(types[t]));
			questions[h * type_count + t] =
				(struct kvet_probe_question){ .helper = helper, .type = type };
		}
	}
	return STATUS_YES;
}

static void put_answer(struct context *context, const struct kvet_probe_question *question,
		       const struct kvet_probe_answer *answer,
		       const struct kvet_probe_libbpf *libbpf)
{
	char own[32], theirs[32];
	struct value values[FIELD_COUNT] = {
		[HELPER] = value_string(kvet_probe_helper_name(question->helper)),
		[ID] = value_integer(question->helper),
		[TYPE] = value_string(kvet_probe_type_name(question->type)),
		[VERDICT] = value_string(verdict_word(answer->verdict)),
		[REASON] = value_string(answer->reason),
		[LOG] = value_string(answer->attempt.log),
	};

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
	output_record(context->output, &cell_schema, values);
}

static enum status ask_all(struct context *context, struct kvet_probe *probe,
			   const struct kvet_probe_question *questions, size_t count,
			   const struct kvet_probe_libbpf *libbpf)
{
	size_t verdicts[KVET_VERDICT_COUNT] = { 0 };
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && !context_stopped(context); i++) {
		struct kvet_probe_answer answer;
		struct kvet_error err;

		if (kvet_probe_ask(probe, &questions[i], &answer, &err)) {
			context_error(context, &err.cause);
			status = STATUS_ERROR;
			break;
		}
		put_answer(context, &questions[i], &answer, libbpf ? &libbpf[i] : NULL);
		verdicts[answer.verdict]++;
		status = status_worst(status, status_of_verdict(answer.verdict));
		if (answer.verdict == KVET_UNDETERMINED)
			context_error(context, &answer.cause);
	}
	const struct value summary[SUMMARY_COUNT] = {
		[SUPPORTED] = value_integer((int64_t)verdicts[KVET_YES]),
		[UNSUPPORTED] = value_integer((int64_t)verdicts[KVET_NO]),
		[UNDETERMINED] = value_integer((int64_t)verdicts[KVET_UNDETERMINED]),
	};

	output_summary(context->output, &summary_schema, summary);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *helpers,
		       size_t helper_count)
{
	const struct args *args = opaque;
	const char *const *types = args->types.count ? args->types.items : default_types;
	size_t type_count = args->types.count ? args->types.count : COUNT(default_types);
	struct kvet_probe_question *questions;
	struct kvet_probe_libbpf *libbpf;
	struct kvet_probe *probe = NULL;
	struct kvet_error err;
	enum status status;
	size_t count;

	if (!helper_count) {
		helpers = default_helpers;
		helper_count = COUNT(default_helpers);
	}
	count = helper_count * type_count;
	questions = calloc(count, sizeof(*questions));
	libbpf = calloc(count, sizeof(*libbpf));
	if (!questions || !libbpf) {
		status = context_failure(context, ENOMEM, "malloc");
	} else {
		status = make_questions(context, helpers, helper_count, types, type_count,
					questions);
	}
	if (status == STATUS_YES && kvet_probe_new(&probe, &context->host, &err)) {
		context_error(context, &err.cause);
		status = STATUS_ERROR;
	}
	if (status == STATUS_YES) {
		/* Nobody sees libbpf's side of it under --quiet: spare the tracing. */
		bool compare = !context->quiet;

		if (compare && kvet_probe_ask_libbpf(questions, count, libbpf, &err)) {
			context_error(context, &err.cause);
			compare = false;
		}
		status = ask_all(context, probe, questions, count, compare ? libbpf : NULL);
	}
	kvet_probe_free(probe);
	free(questions);
	free(libbpf);
	return status;
}

const struct command probe_helpers_command = {
	.name = "probe helpers",
	.summary = "Whether BPF helpers really work here, and where each errno came from",
	.operands = "[HELPER]...",
	.operands_help = "Default: bpf_ktime_get_{ns,boot_ns,coarse_ns,tai_ns} for the types "
			 "kprobe, tracepoint,\n"
			 "raw_tracepoint and perf_event. The prefix bpf_ may be left out.",
	.operands_most = SIZE_MAX,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.run = run,
};
