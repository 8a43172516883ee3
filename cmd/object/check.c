/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet object check: will each program of this BPF object load and fire here? */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/array.h"

struct args {
	const char *user_clock;
	bool needs;
	struct kvet_object_kernel kernel;
	bool allow_mixed_clocks;
};

static const struct option_spec options[] = {
	{ "user-clock", 0, "CLOCK", OPTION_STRING, offsetof(struct args, user_clock),
	  .choices = "boottime monotonic realtime tai",
	  .help = "judge stamps that user space compares with CLOCK" },
	{ "needs", 0, NULL, OPTION_FLAG, offsetof(struct args, needs), .excludes = "user-clock",
	  .help = "list what programs need; load nothing" },
	{ "btf", 0, "FILE", OPTION_STRING, offsetof(struct args, kernel.btf), .needs = "needs",
	  .help = "of the kernel with this BTF" },
	{ "kallsyms", 0, "FILE", OPTION_STRING, offsetof(struct args, kernel.kallsyms),
	  .needs = "needs", .help = "and these symbols" },
	{ "allow-mixed-clocks", 0, NULL, OPTION_FLAG, offsetof(struct args, allow_mixed_clocks),
	  .help = "do not count programs that stamp with different clocks" },
	{ 0 },
};

enum {
	OBJECT,
	PROGRAM,
	SECTION,
	TYPE,
	AUTOLOAD,
	VERDICT,
	LOAD,
	TARGET,
	TARGET_VERDICT,
	REASON,
	HELPER,
	SOURCE,
	CLOCKS,
	INSTRUCTIONS,
	FIXED_OFFSET,
	CAUSE,
	ERRNO,
	REMEDY,
	LOG,
	FIELD_COUNT
};

static const struct field fields[] = {
	[OBJECT] = { "object", FIELD_STRING, "the file", FIELD_ASIDE },
	[PROGRAM] = { "program", FIELD_STRING, "the program; absent if the file has none", 0 },
	[SECTION] = { "section", FIELD_STRING, "the ELF section that it is in", FIELD_LEAVES(3) },
	[TYPE] = { "type", FIELD_STRING, "the program type, as libbpf names it", FIELD_DETAIL },
	[AUTOLOAD] = { "autoload", FIELD_BOOLEAN,
		       "whether it is loaded without being asked for: not SEC(\"?...\")",
		       FIELD_DETAIL },
	[VERDICT] = { "verdict", FIELD_STRING,
		      "yes, no or undetermined: of load and target_verdict together",
		      FIELD_VERDICT },
	[LOAD] = { "load", FIELD_STRING, "yes, no or undetermined: whether it loads",
		   FIELD_VERDICT | FIELD_LEAVES(2) },
	[TARGET] = { "target", FIELD_STRING, "what it attaches to; absent if the loader says",
		     FIELD_DETAIL },
	[TARGET_VERDICT] = { "target_verdict", FIELD_STRING,
			     "yes, no or undetermined: whether it can fire there",
			     FIELD_VERDICT | FIELD_LEAVES(2) | FIELD_SPARSE },
	[REASON] = { "reason", FIELD_STRING, "what the verdict rests on, in one word", 0 },
	[HELPER] = { "helper", FIELD_STRING, "the helper or kfunc that is refused",
		     FIELD_SPARSE | FIELD_LEAVES(1) },
	[SOURCE] = { "source", FIELD_STRING, "the source line that is refused",
		     FIELD_SPARSE | FIELD_LEAVES(1) },
	[CLOCKS] = { "clocks", FIELD_LIST, "the clocks that live code reads",
		     FIELD_SPARSE | FIELD_LEAVES(1) },
	[INSTRUCTIONS] = { "instructions", FIELD_INTEGER,
			   "the instructions that the verifier processed", FIELD_DETAIL },
	[FIXED_OFFSET] = { "fixed_offset", FIELD_INTEGER,
			   "where it reads a kernel struct without CO-RE, in bytes", FIELD_DETAIL },
	[CAUSE] = { "cause", FIELD_STRING, "why it is no yes", FIELD_SPARSE },
	[ERRNO] = { "errno", FIELD_STRING, "errno of the call that decided", FIELD_DETAIL },
	[REMEDY] = { "remedy", FIELD_STRING, "what to do about it", FIELD_DETAIL },
	[LOG] = { "log", FIELD_STRING, "what the verifier wrote to its log", FIELD_DETAIL },
};

enum {
	MAP_OBJECT,
	MAP_NAME,
	MAP_TYPE,
	MAP_VERDICT,
	MAP_CAUSE,
	MAP_FIELD_COUNT
};

static const struct field map_fields[] = {
	[MAP_OBJECT] = { "object", FIELD_STRING, "the file", FIELD_ASIDE },
	[MAP_NAME] = { "map", FIELD_STRING, "a map that programs use", 0 },
	[MAP_TYPE] = { "type", FIELD_STRING, "the map type, as libbpf names it", 0 },
	[MAP_VERDICT] = { "verdict", FIELD_STRING, "yes, no or undetermined: whether it is created",
			  FIELD_VERDICT },
	[MAP_CAUSE] = { "cause", FIELD_STRING, "why it is not", FIELD_SPARSE },
};

enum {
	PROGRAMS,
	YES,
	NO,
	UNDETERMINED,
	OPTIONAL,
	NOT_TAKEN,
	SUMMARY_CLOCKS,
	MIXED_CLOCKS,
	NEEDS,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[PROGRAMS] = { "programs", FIELD_INTEGER, "programs checked", FIELD_METRIC },
	[YES] = { "yes", FIELD_INTEGER, "programs that load and can fire", FIELD_METRIC },
	[NO] = { "no", FIELD_INTEGER, "programs that do not", FIELD_METRIC },
	[UNDETERMINED] = { "undetermined", FIELD_INTEGER, "programs without an answer",
			   FIELD_METRIC },
	[OPTIONAL] = { "optional", FIELD_INTEGER,
		       "programs that are no yes, but that the loader has to ask for",
		       FIELD_SPARSE | FIELD_METRIC },
	[NOT_TAKEN] = { "not_taken", FIELD_LIST,
			"programs that are no yes, beside one for the same target that is",
			FIELD_SPARSE },
	[SUMMARY_CLOCKS] = { "clocks", FIELD_LIST, "the clocks that live code reads",
			     FIELD_SPARSE },
	[MIXED_CLOCKS] = { "mixed_clocks", FIELD_BOOLEAN,
			   "whether programs of one object read clocks that differ", 0 },
	[NEEDS] = { "needs", FIELD_INTEGER, "what live code of all programs needs", FIELD_SPARSE },
};

static const struct schema program_schema = SCHEMA("program", fields);
static const struct schema map_schema = SCHEMA_FLAGGED("map", map_fields, SCHEMA_DETAIL);
static const struct schema summary_schema = SCHEMA("summary", summary_fields);
static const struct schema *const schemas[] = { &program_schema, &map_schema,
						&object_pairing_schema, &object_need_schema, NULL };

struct run {
	struct context *context;
	const struct args *args;
	int64_t totals[SUMMARY_COUNT];
	unsigned int clocks;
	bool mixed;
	int64_t needs;
	struct object_names not_taken;
	enum status status;
};

/* --- records ---------------------------------------------------------------------------------- */

static size_t list_clocks(unsigned int clocks, const char *names[KVET_OBJECT_CLOCK_COUNT])
{
	size_t count = 0;

	for (int i = 0; i < KVET_OBJECT_CLOCK_COUNT; i++)
		if (clocks & 1U << i)
			names[count++] = kvet_object_clock_name((enum kvet_object_clock)i);
	return count;
}

static const char *word(enum kvet_verdict verdict)
{
	return kvet_verdict_name(verdict);
}

static void put_program(struct run *run, const char *path,
			const struct kvet_object_program *program)
{
	const char *clocks[KVET_OBJECT_CLOCK_COUNT];
	char errnum[32];
	struct value values[FIELD_COUNT] = {
		[OBJECT] = value_string(path),
		[PROGRAM] = value_string(program->name),
		[SECTION] = value_string(program->section),
		[TYPE] = value_string(program->type),
		[AUTOLOAD] = value_boolean(program->autoload),
		[VERDICT] = value_string(word(program->verdict)),
		[LOAD] = value_string(word(program->load)),
		[TARGET] = value_string(program->target),
		[REASON] = value_string(kvet_object_reason_name(program->reason)),
		[HELPER] = value_string(program->helper),
		[SOURCE] = value_string(program->source),
		[CAUSE] = value_string(program->cause.evidence),
		[REMEDY] = value_string(program->cause.remedy),
		[LOG] = value_string(program->log),
	};

	if (program->has_target)
		values[TARGET_VERDICT] = value_string(word(program->target_verdict));
	if (program->has_clocks)
		values[CLOCKS] = value_list(clocks, list_clocks(program->clocks, clocks));
	if (program->has_clocks && !program->clocks)
		values[CLOCKS] = value_absent();
	if (program->instructions)
		values[INSTRUCTIONS] = value_integer(program->instructions);
	if (program->fixed_offset)
		values[FIXED_OFFSET] = value_integer(program->fixed_offset);
	if (program->cause.errnum)
		values[ERRNO] = value_string(
			kvet_errno_name(program->cause.errnum, errnum, sizeof(errnum)));
	output_record(run->context->output, &program_schema, values);
}

static void put_map(struct run *run, const char *path, const struct kvet_object_map *map)
{
	struct value values[MAP_FIELD_COUNT] = {
		[MAP_OBJECT] = value_string(path),
		[MAP_NAME] = value_string(map->name),
		[MAP_TYPE] = value_string(map->type),
		[MAP_VERDICT] = value_string(word(map->verdict)),
		[MAP_CAUSE] = value_string(map->cause.evidence),
	};

	output_record(run->context->output, &map_schema, values);
}

/* A file without programs: one record that says why. */
static void put_object(struct run *run, const char *path, const struct kvet_object *object)
{
	struct kvet_cause cause = object->cause;
	struct value values[FIELD_COUNT] = {
		[OBJECT] = value_string(path),
		[VERDICT] = value_string(word(object->verdict)),
		[REASON] = value_string(kvet_object_reason_name(object->reason)),
		[CAUSE] = value_string(object->cause.evidence),
	};

	output_record(run->context->output, &program_schema, values);
	snprintf(cause.source, sizeof(cause.source), "%s", path);
	context_error(run->context, &cause);
}

/* --- what the object's answer is -------------------------------------------------------------- */

static struct object_twin *list_twins(const struct kvet_object *object)
{
	struct object_twin *twins = calloc(object->program_count + 1, sizeof(*twins));

	for (size_t i = 0; twins && i < object->program_count; i++)
		twins[i] = (struct object_twin){ .section = object->programs[i].section,
						 .type = object->programs[i].type,
						 .verdict = object->programs[i].verdict };
	return twins;
}

static void count_program(struct run *run, const struct kvet_object_program *program, bool has_twin)
{
	run->totals[PROGRAMS]++;
	run->totals[program->verdict == KVET_YES  ? YES
		    : program->verdict == KVET_NO ? NO
						  : UNDETERMINED]++;
	if (program->verdict == KVET_YES)
		return;
	if (!program->autoload)
		run->totals[OPTIONAL]++;
	else if (has_twin)
		object_names_add(&run->not_taken, program->name);
	else
		run->status = status_worst(run->status, status_of_verdict(program->verdict));
}

static void check_clocks(struct run *run, const char *path, const struct kvet_object *object)
{
	unsigned int all = 0;

	for (size_t i = 0; i < object->program_count; i++)
		all |= object->programs[i].clocks;
	run->clocks |= all;
	run->mixed = run->mixed || object_mixes(all);
	object_note_source(run->context, path, all);
	run->status = status_worst(run->status, object_pairings_put(run->context, path, all,
								    run->args->user_clock,
								    run->args->allow_mixed_clocks));
}

/* Loads everywhere, and reads what is at that place there. */
static void note_fixed_offsets(struct run *run, const char *path, const struct kvet_object *object)
{
	const struct kvet_object_program *first = NULL;
	size_t more = 0;
	char text[64];

	for (size_t i = 0; i < object->program_count; i++) {
		if (!object->programs[i].fixed_offset)
			continue;
		more += first != NULL;
		first = first ? first : &object->programs[i];
	}
	if (!first)
		return;
	snprintf(text, sizeof(text),
		 more == 1 ? " (and %zu more program)" : " (and %zu more programs)", more);
	context_note(
		run->context,
		"%s: %s%s reads a kernel struct at offset %u, as on its build machine, without "
		"CO-RE; on another kernel it reads something else",
		path, first->name, more ? text : "", first->fixed_offset);
}

static void check(struct run *run, const char *path)
{
	struct kvet_object *object = NULL;
	struct object_twin *twins;
	struct kvet_cause err;

	if (kvet_object_check(&object, &run->context->host, path, &err)) {
		context_error(run->context, &err);
		run->status = status_worst(run->status, STATUS_ERROR);
		return;
	}
	for (size_t i = 0; i < object->program_count; i++)
		put_program(run, path, &object->programs[i]);
	twins = list_twins(object);
	for (size_t i = 0; i < object->program_count; i++)
		count_program(run, &object->programs[i],
			      twins && object_has_better_twin(twins, object->program_count, i));
	free(twins);
	for (size_t i = 0; i < object->map_count; i++)
		put_map(run, path, &object->maps[i]);
	if (object->verdict != KVET_YES)
		put_object(run, path, object);
	run->status = status_worst(run->status, status_of_verdict(object->verdict));
	note_fixed_offsets(run, path, object);
	check_clocks(run, path, object);
	kvet_object_free(object);
}

static void list_needs(struct run *run, const char *path)
{
	struct object_needs_count count = { .not_taken = &run->not_taken };

	run->status = status_worst(
		run->status, object_needs_put(run->context, path, &run->args->kernel, &count));
	run->totals[PROGRAMS] += count.programs;
	run->totals[YES] += count.yes;
	run->totals[NO] += count.no;
	run->totals[UNDETERMINED] += count.undetermined;
	run->needs += count.needs;
}

static void put_summary(struct run *run)
{
	const char *clocks[KVET_OBJECT_CLOCK_COUNT];
	struct value values[SUMMARY_COUNT];
	size_t count = list_clocks(run->clocks, clocks);

	for (size_t i = 0; i < SUMMARY_CLOCKS; i++)
		values[i] = value_integer(run->totals[i]);
	values[NOT_TAKEN] = run->not_taken.count
				    ? value_list((const char *const *)run->not_taken.names,
						 run->not_taken.count)
				    : value_absent();
	values[SUMMARY_CLOCKS] = count ? value_list(clocks, count) : value_absent();
	/* Which clock a program reads, its load shows. */
	values[MIXED_CLOCKS] = run->args->needs ? value_absent() : value_boolean(run->mixed);
	values[NEEDS] = run->args->needs ? value_integer(run->needs) : value_absent();
	output_summary(run->context->output, &summary_schema, values);
}

static enum status run(struct context *context, const void *args, const char *const *paths,
		       size_t count)
{
	struct run run = { .context = context, .args = args };

	for (size_t i = 0; i < count && !context_stopped(context); i++) {
		context_progress(context, "kvet: %zu of %zu objects", i, count);
		run.args->needs ? list_needs(&run, paths[i]) : check(&run, paths[i]);
	}
	context_progress(context, "%s", "");
	put_summary(&run);
	object_names_free(&run.not_taken);
	return run.status;
}

static const int capabilities[] = {
	CAP_BPF,             /* programs of any type */
	CAP_PERFMON,         /* tracing programs */
	CAP_NET_ADMIN,       /* networking programs */
	CAP_SYS_ADMIN,       /* all of them before 5.8; also to read securityfs */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_SYSLOG,          /* addresses of symbols */
	CAP_DAC_READ_SEARCH, /* the configuration in /boot, tracefs, where only root may read them
			      */
	-1,
};

static const char *const examples[] = { "kvet object check tracer.bpf.o",
					"kvet object check -v tracer.bpf.o",
					"kvet object check --needs --btf vmlinux tracer.bpf.o",
					NULL };

const struct command object_check_command = {
	.name = "object check",
	.summary = "Whether each program of a BPF object loads and fires here",
	.operands = "FILE...",
	.operands_help = "FILE is a compiled BPF object, as clang writes it.",
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.operands_are_files = true,
	.run = run,
};
