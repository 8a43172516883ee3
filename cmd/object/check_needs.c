/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet object check --needs: what each program needs of a kernel, without a load. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum {
	OBJECT,
	PROGRAM,
	KIND,
	NAME,
	VERDICT,
	LIVE,
	REQUIRED,
	REASON,
	SOURCE,
	CAUSE,
	REMEDY,
	FIELD_COUNT
};

static const struct field fields[] = {
	[OBJECT] = { "object", FIELD_STRING, "the file", FIELD_ASIDE },
	[PROGRAM] = { "program", FIELD_STRING, "the program; absent if the file has none", 0 },
	[KIND] = { "kind", FIELD_STRING, "what sort of thing it is: helper, map-type, target...",
		   0 },
	[NAME] = { "name", FIELD_STRING, "its name, as libbpf or the source has it", 0 },
	[VERDICT] = { "verdict", FIELD_STRING,
		      "yes, no or undetermined: whether the kernel has it; absent for a capability",
		      FIELD_VERDICT },
	[LIVE] = { "live", FIELD_BOOLEAN,
		   "whether code that can run there needs it; if not, it does not count", 0 },
	[REQUIRED] = { "required", FIELD_BOOLEAN,
		       "false for what is weak, or only in SEC(\"?...\"): it does not count",
		       FIELD_DETAIL },
	[REASON] = { "reason", FIELD_STRING, "what a no or undetermined rests on, in one word",
		     FIELD_DETAIL },
	[SOURCE] = { "source", FIELD_STRING, "the source line that needs it first",
		     FIELD_SPARSE | FIELD_LEAVES(2) },
	[CAUSE] = { "cause", FIELD_STRING, "why it is no yes", FIELD_SPARSE | FIELD_LEAVES(1) },
	[REMEDY] = { "remedy", FIELD_STRING, "what to do about it", FIELD_DETAIL },
};

const struct schema object_need_schema = SCHEMA("need", fields);

static void put_need(struct context *context, const char *path, const struct kvet_object_need *need)
{
	bool is_refused = need->has_verdict && need->verdict != KVET_YES;
	struct value values[FIELD_COUNT] = {
		[OBJECT] = value_string(path),
		[PROGRAM] = value_string(need->program),
		[KIND] = value_string(kvet_object_need_name(need->kind)),
		[NAME] = value_string(need->name),
		[LIVE] = value_boolean(need->live),
		[REQUIRED] = value_boolean(need->required),
		[SOURCE] = value_string(need->source),
	};

	if (need->has_verdict)
		values[VERDICT] = value_string(kvet_verdict_name(need->verdict));
	if (is_refused) {
		values[REASON] = value_string(kvet_object_reason_name(need->reason));
		values[CAUSE] = value_string(need->cause.evidence);
		values[REMEDY] = value_string(need->cause.remedy);
	}
	output_record(context->output, &object_need_schema, values);
}

/* A file without programs: one record that says why. */
static void put_object(struct context *context, const char *path,
		       const struct kvet_object_needs *needs)
{
	struct kvet_cause cause = needs->cause;
	struct value values[FIELD_COUNT] = {
		[OBJECT] = value_string(path),
		[VERDICT] = value_string(kvet_verdict_name(needs->verdict)),
		[REASON] = value_string(kvet_object_reason_name(needs->reason)),
		[CAUSE] = value_string(needs->cause.evidence),
	};

	output_record(context->output, &object_need_schema, values);
	snprintf(cause.source, sizeof(cause.source), "%s", path);
	context_error(context, &cause);
}

static bool counts(const struct kvet_object_need *need)
{
	return need->has_verdict && need->live && need->required;
}

/* One that is missing decides, whatever the others are. */
static enum kvet_verdict both(enum kvet_verdict a, enum kvet_verdict b)
{
	return a == KVET_NO || b == KVET_NO ? KVET_NO : kvet_verdict_worst(a, b);
}

static void count_program(struct object_needs_count *count, enum kvet_verdict verdict)
{
	count->yes += verdict == KVET_YES;
	count->no += verdict == KVET_NO;
	count->undetermined += verdict == KVET_UNDETERMINED;
}

/* The programs of an object by what their needs come to: names[i] is that of twins[i]. */
struct programs {
	struct object_twin *twins;
	const char **names;
	enum status *statuses;
	size_t count;
};

/* Returns false if memory is short. */
static bool gather(struct programs *programs, const struct kvet_object_needs *needs)
{
	programs->twins = calloc(needs->count + 1, sizeof(*programs->twins));
	programs->names = calloc(needs->count + 1, sizeof(*programs->names));
	programs->statuses = calloc(needs->count + 1, sizeof(*programs->statuses));
	for (size_t i = 0;
	     programs->twins && programs->names && programs->statuses && i < needs->count; i++) {
		const struct kvet_object_need *need = &needs->items[i];
		bool first = !i || strcmp(need->program, need[-1].program) != 0;
		size_t at = first ? programs->count++ : programs->count - 1;
		struct object_twin *program = &programs->twins[at];

		if (first) {
			*program = (struct object_twin){ .section = need->section,
							 .type = "",
							 .verdict = KVET_YES };
			programs->names[at] = need->program;
			programs->statuses[at] = STATUS_YES;
		}
		if (need->kind == KVET_NEED_PROGRAM_TYPE)
			program->type = need->name;
		if (counts(need)) {
			program->verdict = both(program->verdict, need->verdict);
			programs->statuses[at] = status_worst(programs->statuses[at],
							      status_of_verdict(need->verdict));
		}
	}
	return programs->twins && programs->names && programs->statuses;
}

static enum status count_all(const struct programs *programs, struct object_needs_count *count)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < programs->count; i++) {
		const struct object_twin *program = &programs->twins[i];

		count_program(count, program->verdict);
		if (program->verdict == KVET_YES)
			continue;
		if (object_has_better_twin(programs->twins, programs->count, i))
			object_names_add(count->not_taken, programs->names[i]);
		else
			status = status_worst(status, programs->statuses[i]);
	}
	return status;
}

static enum status put_all(struct context *context, const char *path,
			   const struct kvet_object_needs *needs, struct object_needs_count *count)
{
	struct programs programs = { 0 };
	enum status status = STATUS_ERROR;

	for (size_t i = 0; i < needs->count; i++) {
		put_need(context, path, &needs->items[i]);
		count->needs += needs->items[i].live;
	}
	if (gather(&programs, needs))
		status = count_all(&programs, count);
	free(programs.twins);
	free(programs.names);
	free(programs.statuses);
	count->programs += (int64_t)needs->program_count;
	return status;
}

enum status object_needs_put(struct context *context, const char *path,
			     const struct kvet_object_kernel *kernel,
			     struct object_needs_count *count)
{
	struct kvet_object_needs *needs = NULL;
	struct kvet_cause err;
	enum status status;

	if (kvet_object_needs_read(&needs, &context->host, kernel, path, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	if (needs->verdict != KVET_YES) {
		put_object(context, path, needs);
		status = status_of_verdict(needs->verdict);
	} else {
		status = put_all(context, path, needs, count);
	}
	kvet_object_needs_free(needs);
	return status;
}
