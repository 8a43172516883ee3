/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet trace: does this probe point fire, at every address of its symbol? */
#include <linux/capability.h>
#include <inttypes.h>

#include "args.h"
#include "child.h"
#include "conditions.h"
#include "fields.h"
#include "plan.h"
#include "prints.h"
#include "records.h"
#include "session.h"
#include "target.h"
#include "tree_put.h"
#include "waits.h"

static const struct schema *const schemas[] = { &trace_event_schema,  &trace_site_schema,
						&trace_bucket_schema, &trace_rank_schema,
						&trace_folded_schema, &trace_call_schema,
						&trace_group_schema,  &trace_field_schema,
						&trace_module_schema, NULL };

/* --- cleaning up ----------------------------------------------------------------------------- */

struct cleaning {
	struct context *context;
	enum status status;
	size_t removed;
};

static void put_group(void *opaque, const char *group, uint32_t pid, bool alive, size_t events,
		      const struct kvet_cause *failure)
{
	struct cleaning *cleaning = opaque;

	trace_put_group(cleaning->context, group, pid, alive, events, failure);
	if (failure) {
		context_error(cleaning->context, failure);
		cleaning->status = STATUS_ERROR;
	} else if (!alive) {
		cleaning->removed += events;
	}
}

static enum status clean_up(struct context *context)
{
	struct cleaning cleaning = { .context = context, .status = STATUS_YES };
	static const struct trace_totals nothing;
	struct kvet_cause err;

	trace_expect_no_events(context);
	trace_put_summary(context, &nothing);
	if (kvet_kprobe_cleanup(&context->host, put_group, &cleaning, &err)) {
		context_error(context, &err);
		return STATUS_UNDETERMINED;
	}
	context_note(context, "%zu event%s removed", cleaning.removed,
		     cleaning.removed == 1 ? "" : "s");
	return cleaning.status;
}

/* Counts the groups that the clean-up before a session removed. */
static void count_removed(void *opaque, const char *group, uint32_t pid, bool alive, size_t events,
			  const struct kvet_cause *failure)
{
	size_t *removed = opaque;

	(void)group;
	(void)pid;
	*removed += alive || failure ? 0 : events;
}

/* Removes what killed processes of kvet left. A failure is not reported here: --cleanup does
 * that. */
static void sweep(struct context *context)
{
	size_t removed = 0;

	if (!kvet_kprobe_cleanup(&context->host, count_removed, &removed, NULL) && removed)
		context_note(context, "removed %zu event%s that a killed kvet had left", removed,
			     removed == 1 ? "" : "s");
}

/* Reads the operands, and the lines of --file. */
static enum status read_specs(struct context *context, const struct trace_args *args,
			      const char *const *operands, size_t count, struct lines *lines,
			      size_t *roots)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		status = lines_add(context, lines, operands[i]);
	if (status == STATUS_YES && args->file)
		status = lines_read(context, lines, args->file);
	*roots = lines->count;
	for (size_t i = 0; i < args->among.count && status == STATUS_YES; i++)
		status = lines_add(context, lines, args->among.items[i]);
	return status;
}

static enum status perform(struct context *context, const struct trace_args *args,
			   const struct lines *lines, struct trace_plan *plan,
			   struct trace_conditions *conditions)
{
	const struct trace_choice choice = { .whole =
						     args->stack || args->top || args->prints.count,
					     .all = args->all,
					     .nth = args->nth.value };
	const struct trace_expectation expectation = { .returns = args->returns,
						       .args = args->args || args->strings,
						       .prints = args->prints.count,
						       .regs = args->regs,
						       .stack = args->stack,
						       .user_stack = args->user_stack,
						       .intervals = args->interval.given,
						       .unarmed = args->plan || args->offsets };
	static const struct trace_totals nothing;
	struct kvet_trace_options wanted;
	enum kvet_verdict verdict;
	struct trace_range range;
	struct kvet_cause cause;
	enum status status;

	trace_options_session(args, &wanted);
	wanted.by_tree = context->child != NULL;
	if (context->child)
		wanted.pid = (uint32_t)child_pid(context->child);
	status = trace_target_check(context, args->uid, &wanted);
	if (status == STATUS_YES && args->pidns.given)
		status = trace_target_pidns(context, (uint32_t)args->pidns.value, &wanted);
	if (status == STATUS_YES)
		status = trace_options_range(context, args, &range);
	if (status == STATUS_YES)
		status = trace_conditions_parse(conditions, context, args);
	if (status == STATUS_YES)
		status = trace_prints_check(context, &args->prints, args->returns);
	trace_conditions_want(conditions, &wanted);
	plan->wish = kvet_trace_wish(&wanted, 0);
	plan->wish.returns = wanted.returns && !args->offsets;
	plan->waits = args->wait;
	if (status == STATUS_YES)
		status = trace_plan_parse(plan, context, lines);
	if (status != STATUS_YES)
		return status;
	trace_expect(context, &expectation);
	if (args->folded)
		output_only(context->output, &trace_folded_schema);
	trace_put_summary(context, &nothing); /* the summary if tracing does not begin */
	status = trace_plan_resolve(plan, context, &choice);
	trace_plan_note_compat(plan, context);
	wanted.strings = args->strings;
	for (size_t i = 0; i < plan->site_count; i++)
		wanted.syscalls = wanted.syscalls || plan->sites[i]->syscall;
	if (status == STATUS_YES && !args->offsets) {
		verdict = kvet_trace_permitted(&context->host, &wanted, &cause);
		if (verdict != KVET_YES)
			return trace_plan_put_unarmed(plan, context, args->plan, verdict, &cause);
	}
	if (status < STATUS_ERROR && args->plan)
		return trace_plan_put(plan, context, args->partial_ok);
	if (status == STATUS_NO || status == STATUS_UNDETERMINED)
		trace_plan_put_refused(plan, context);
	if (status != STATUS_YES)
		return status;
	if (args->offsets)
		return trace_plan_put_offsets(plan, context, &range);
	status = args->tree ? trace_trees_check(context, plan) : status;
	if (status != STATUS_YES)
		return status;
	sweep(context);
	return trace_session(context, args, plan, conditions, &wanted);
}

static enum status list_fields(struct context *context, const struct lines *lines)
{
	static const struct trace_totals nothing;

	trace_expect_no_events(context);
	trace_put_summary(context, &nothing);
	return trace_fields(context, lines);
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct trace_args *args = opaque;
	struct lines lines = { 0 };
	struct trace_plan plan = { .wish.returns = args->returns && !args->offsets,
				   .waits = args->wait };
	struct trace_conditions conditions = { 0 };
	struct trace_range range;
	enum status status = trace_options_range(context, args, &range);

	if (status == STATUS_YES)
		status = trace_conditions_parse(&conditions, context, args);
	if (status == STATUS_YES)
		status = trace_prints_check(context, &args->prints, args->returns);
	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		status = lines_add(context, &lines, operands[i]);
	/* The lines of --file are read when it runs. */
	if (status == STATUS_YES && count && !args->fields)
		status = trace_plan_parse(&plan, context, &lines);
	trace_plan_deinit(&plan, context);
	lines_free(&lines);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct trace_args *args = opaque;
	struct lines lines = { 0 };
	struct trace_plan plan = { 0 };
	struct trace_conditions conditions = { 0 };
	enum status status;

	if (args->cleanup)
		return clean_up(context);
	status = read_specs(context, args, operands, count, &lines, &plan.root_lines);
	if (status == STATUS_YES && args->fields) {
		status = list_fields(context, &lines);
		lines_free(&lines);
		return status;
	}
	if (status == STATUS_YES && !args->plan)
		output_live(context->output);
	if (status == STATUS_YES)
		status = perform(context, args, &lines, &plan, &conditions);
	trace_conditions_deinit(&conditions);
	trace_plan_deinit(&plan, context);
	lines_free(&lines);
	return status;
}

static const int capabilities[] = {
	CAP_SYSLOG,       /* addresses of symbols */
	CAP_BPF,          /* BPF programs */
	CAP_PERFMON,      /* tracing programs, and perf events */
	CAP_SYS_ADMIN,    /* both before 5.8; perf events if perf_event_paranoid is above 2 */
	CAP_SYS_RESOURCE, /* memory that counts for RLIMIT_MEMLOCK before 5.11; descriptors for many
			     sites */
	CAP_SYS_PTRACE,   /* the namespaces of another user's process */
	CAP_DAC_READ_SEARCH, /* debugfs, tracefs, the file of --file */
	CAP_DAC_OVERRIDE,    /* writing kprobe_events */
	-1,
};

static const char *const examples[] = { "kvet trace vfs_read --count 10",
					"kvet trace --return --strings --failed do_sys_openat2",
					"kvet trace --plan --return 'ext4_*'", NULL };

const struct command trace_command = {
	.name = "trace",
	.summary = "Attach kprobes at exact addresses and show every hit",
	.operands = "SPEC...",
	.operands_help =
		"SPEC is SYM[+OFF], MODULE:SYM[+OFF], syscall:NAME, 0xADDR, or a glob (ext4_*).",
	.notes = "OFF is decimal, or hexadecimal with 0x. A glob (*?[) stands for all matching "
		 "functions. A DURATION is a number with ns, us, ms, s, m or h. -j means JSON "
		 "lines.",
	.operands_least = 1,
	.operands_unless = "file cleanup",
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = trace_options,
	/* Another machine's addresses must not be armed in this kernel. */
	.refuses = "sysroot",
	.schemas = schemas,
	.summary_schema = &trace_summary_schema,
	.live = true,
	.args_size = sizeof(struct trace_args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
