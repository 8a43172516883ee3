/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet trace: does this probe point fire, on every instance of its symbol? */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trace_options.h"
#include "trace_plan.h"
#include "trace_records.h"

static const struct schema *const schemas[] = { &trace_event_schema, &trace_site_schema,
						&trace_bucket_schema, &trace_group_schema, NULL };

/* --- the session ----------------------------------------------------------------------------- */

struct show {
	struct context *context;
	const struct trace_args *args;
	const struct trace_plan *plan;
	struct trace_totals totals;
	struct timespec deadline; /* CLOCK_MONOTONIC; tv_sec 0: none */
	struct timespec timeout;  /* the same; over with the first event */
};

static void set_time(struct timespec *time, const struct option_number *option)
{
	if (!option->given)
		return;
	clock_gettime(CLOCK_MONOTONIC, time);
	time->tv_sec += (time_t)(option->value / 1000000000);
	time->tv_nsec += (long)(option->value % 1000000000);
	if (time->tv_nsec >= 1000000000) {
		time->tv_nsec -= 1000000000;
		time->tv_sec++;
	}
}

/* Until then, at least 0; -1: there is no such time. */
static int64_t ms_left(const struct timespec *time)
{
	struct timespec now;
	int64_t ms;

	if (!time->tv_sec)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (time->tv_sec - now.tv_sec) * 1000 + (time->tv_nsec - now.tv_nsec + 999999) / 1000000;
	return ms > 0 ? ms : 0;
}

static bool is_over(const struct show *show)
{
	uint64_t limit = show->args->count.value;

	return context_stopped(show->context) || output_failure(show->context->output) ||
	       (limit && show->totals.events >= limit) || ms_left(&show->deadline) == 0 ||
	       (!show->totals.events && ms_left(&show->timeout) == 0);
}

/* "vfs_read+0x2a [ext4]", each name of the address, with "|" between them. */
static void describe_frame(const struct kvet_ksyms *table, uint64_t address, char *buf, size_t size)
{
	struct kvet_ksyms_range range = kvet_ksyms_containing(table, address);
	size_t used = 0;

	snprintf(buf, size, "0x%" PRIx64, address);
	for (size_t i = 0; i < range.count && used < size; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);

		used += (size_t)snprintf(
			buf + used, size - used, "%s%s+0x%" PRIx64 "%s%s%s", used ? "|" : "",
			symbol.name, address - symbol.address, symbol.module ? " [" : "",
			symbol.module ? symbol.module : "", symbol.module ? "]" : "");
	}
}

static int show_event(void *opaque, const struct kvet_trace_event *event)
{
	struct show *show = opaque;
	char frames[KVET_TRACE_STACK_MOST][256];
	const char *stack[KVET_TRACE_STACK_MOST];

	if (show->args->count.value && show->totals.events >= show->args->count.value) {
		show->totals.discarded++;
		return 0;
	}
	for (size_t i = 0; i < event->frame_count; i++) {
		describe_frame(show->plan->table, event->frames[i], frames[i], sizeof(frames[i]));
		stack[i] = frames[i];
	}
	trace_put_event(show->context, event, show->plan->sites[event->site], show->args->returns,
			show->args->stack ? stack : NULL);
	show->totals.events++;
	return is_over(show) ? -ECANCELED : 0;
}

/* After the session has stopped, what is left is delivered to the end. */
static int show_rest(void *opaque, const struct kvet_trace_event *event)
{
	show_event(opaque, event);
	return 0;
}

/* The least of the times that are set. */
static int next_wakeup(const struct show *show)
{
	int64_t deadline = ms_left(&show->deadline);
	int64_t timeout = show->totals.events ? -1 : ms_left(&show->timeout);
	int64_t ms = deadline < 0 || (timeout >= 0 && timeout < deadline) ? timeout : deadline;

	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/* Where hits are only counted, nobody tells of the first one: the counters do. */
static void look_for_first(struct show *show, const struct kvet_trace *trace)
{
	struct kvet_trace_site site;

	for (size_t i = 0; i < show->plan->site_count && show->timeout.tv_sec; i++)
		if (!kvet_trace_site_read(trace, i, &site, NULL) && site.counted)
			show->timeout.tv_sec = 0;
}

static enum status follow(struct show *show, struct kvet_trace *trace)
{
	struct pollfd fds[] = { { .fd = kvet_trace_fd(trace), .events = POLLIN },
				{ .fd = show->context->stop_fd, .events = POLLIN } };
	struct kvet_error err;

	while (!is_over(show)) {
		if (poll(fds, 2, next_wakeup(show)) < 0 && errno != EINTR)
			return context_failure(show->context, errno, "poll");
		if (kvet_trace_poll(trace, show_event, show, &err)) {
			context_error(show->context, &err.cause);
			return STATUS_ERROR;
		}
		if (!show->totals.events && ms_left(&show->timeout) == 0)
			look_for_first(show, trace);
	}
	return STATUS_YES;
}

static void put_histogram(struct show *show, const struct kvet_trace *trace, size_t site)
{
	uint64_t slots[KVET_TRACE_SLOTS];
	struct kvet_error err;

	if (kvet_trace_histogram_read(trace, site, slots, &err))
		context_error(show->context, &err.cause);
	else
		trace_put_buckets(show->context, site + 1, show->plan->sites[site], slots);
}

/* How each site ended: its hits, or why it had none. */
static enum status report(struct show *show, struct kvet_trace *trace)
{
	enum status status = STATUS_YES;
	struct trace_totals *totals = &show->totals;
	bool only_counted = show->args->count_only || show->args->histogram;
	struct kvet_trace_site site;
	struct kvet_error err;

	for (size_t i = 0; i < show->plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, &err)) {
			context_error(show->context, &err.cause);
			status = STATUS_ERROR;
			continue;
		}
		totals->filtered += site.filtered;
		totals->limited += site.limited;
		totals->lost += site.lost;
		totals->missed += site.has_missed ? site.missed : 0;
		totals->has_missed = totals->has_missed || site.has_missed;
		totals->events += only_counted ? site.counted : 0;
		trace_put_site(show->context, show->plan->table,
			       &(struct trace_site_row){
				       .number = i + 1,
				       .spec = show->plan->owners[i]->text,
				       .site = show->plan->sites[i],
				       .state = &site,
				       .cause = site.verdict == KVET_YES ? NULL : &site.cause });
	}
	for (size_t i = 0; show->args->histogram && i < show->plan->site_count; i++)
		put_histogram(show, trace, i);
	return status;
}

/* Says which sites could not be armed, and returns how many could. */
static size_t count_armed(struct context *context, struct trace_plan *plan,
			  const struct kvet_trace *trace, enum status *status)
{
	struct kvet_trace_site site;
	size_t armed = 0;

	for (size_t i = 0; i < plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, NULL))
			continue;
		if (site.verdict == KVET_YES)
			armed++;
		else
			*status = status_worst(
				*status,
				trace_plan_refused(plan, context, i, site.verdict, &site.cause));
	}
	*status = status_worst(*status, trace_plan_judge_globs(plan, context));
	return armed;
}

/* What the numbers make of a status that the sites gave. */
static enum status judge_totals(const struct show *show, size_t armed, enum status status)
{
	const struct trace_totals *totals = &show->totals;

	if (show->args->partial_ok && armed && status == STATUS_NO)
		status = STATUS_YES;
	if (totals->lost)
		context_note(show->context, "%" PRIu64 " events lost: the ring buffer was full",
			     totals->lost);
	if (totals->missed)
		context_note(show->context,
			     "the kernel missed %" PRIu64 " times: another probe was being handled",
			     totals->missed);
	if ((totals->lost || totals->missed) && show->args->fail_on_loss)
		status = status_worst(status, STATUS_UNDETERMINED);
	if (armed && !totals->events && show->args->timeout.given &&
	    !context_stopped(show->context)) {
		context_note(show->context, "nothing has fired");
		status = status_worst(status, STATUS_NO);
	}
	return status;
}

static enum status run_session(struct context *context, const struct trace_args *args,
			       struct trace_plan *plan, struct kvet_trace *trace)
{
	struct show show = { .context = context, .args = args, .plan = plan };
	enum status status = STATUS_YES;
	size_t armed = count_armed(context, plan, trace, &status);
	struct kvet_error err;

	if (armed) {
		kvet_trace_start(trace);
		set_time(&show.deadline, &args->duration);
		set_time(&show.timeout, &args->timeout);
		context_note(context, "tracing %zu of %zu sites%s", armed, plan->site_count,
			     args->duration.given || args->count.given ? "" : "; Ctrl-C ends");
		status = status_worst(status, follow(&show, trace));
	}
	if (kvet_trace_stop(trace, show_rest, &show, &err)) {
		context_error(context, &err.cause);
		status = STATUS_ERROR;
	}
	status = status_worst(status, report(&show, trace));
	trace_put_summary(context, &show.totals);
	return judge_totals(&show, armed, status);
}

static enum status trace(struct context *context, const struct trace_args *args,
			 struct trace_plan *plan, const struct kvet_trace_options *wanted)
{
	struct kvet_trace *session = NULL;
	struct kvet_error err;
	enum status status;

	if (kvet_trace_open(&session, &context->host, plan->sites, plan->site_count, wanted,
			    &err)) {
		for (size_t i = 0; i < plan->site_count; i++)
			trace_put_site(context, plan->table,
				       &(struct trace_site_row){ .number = i + 1,
								 .spec = plan->owners[i]->text,
								 .site = plan->sites[i],
								 .cause = &err.cause });
		context_error(context, &err.cause);
		return STATUS_UNDETERMINED;
	}
	status = run_session(context, args, plan, session);
	kvet_trace_close(session);
	return status;
}

/* --- cleaning up ------------------------------------------------------------------------------ */

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

static enum status clean_up(struct context *context, size_t operands)
{
	struct cleaning cleaning = { .context = context, .status = STATUS_YES };
	static const struct trace_totals nothing;
	struct kvet_error err;

	if (operands)
		return context_usage(context, "--cleanup takes no SPEC");
	trace_put_summary(context, &nothing);
	if (kvet_kprobe_cleanup(&context->host, put_group, &cleaning, &err)) {
		context_error(context, &err.cause);
		return STATUS_UNDETERMINED;
	}
	context_note(context, "%zu events removed", cleaning.removed);
	return cleaning.status;
}

/* The operands, and what --file names. */
static enum status read_specs(struct context *context, const struct trace_args *args,
			      const char *const *operands, size_t count, struct lines *lines)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		status = lines_add(context, lines, operands[i]);
	if (status == STATUS_YES && args->file)
		status = lines_read(context, lines, args->file);
	return status;
}

static enum status perform(struct context *context, const struct trace_args *args,
			   const struct lines *lines, struct trace_plan *plan)
{
	const struct trace_choice choice = { .all = args->all, .nth = args->nth.value };
	static const struct trace_totals nothing;
	struct kvet_trace_options wanted;
	struct trace_range range;
	enum status status = trace_options_session(context, args, &wanted);

	if (status == STATUS_YES)
		status = trace_options_range(context, args, &range);
	if (status == STATUS_YES)
		status = trace_plan_parse(plan, context, lines);
	if (status != STATUS_YES)
		return status;
	trace_put_summary(context, &nothing); /* holds unless tracing begins */
	status = trace_plan_resolve(plan, context, &choice);
	if (status != STATUS_YES)
		return status;
	return args->offsets ? trace_plan_put_offsets(plan, context, &range)
	       : args->plan  ? trace_plan_put(plan, context, args->partial_ok)
			     : trace(context, args, plan, &wanted);
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct trace_args *args = opaque;
	struct lines lines = { 0 };
	struct trace_plan plan = { .returns = args->returns && !args->offsets };
	enum status status = trace_options_check(context, args);

	if (status == STATUS_YES && args->cleanup)
		return clean_up(context, count + (args->file != NULL));
	if (status == STATUS_YES)
		status = read_specs(context, args, operands, count, &lines);
	if (status == STATUS_YES && !args->plan)
		output_live(context->output);
	if (status == STATUS_YES)
		status = perform(context, args, &lines, &plan);
	trace_plan_deinit(&plan);
	lines_free(&lines);
	return status;
}

const struct command trace_command = {
	.name = "trace",
	.summary = "Arm kprobes at exact addresses and show every hit",
	.operands = "SPEC...",
	.operands_help =
		"SPEC is SYM, SYM+OFF, MODULE:SYM[+OFF], 0xADDR, or a glob (*?[) that means\n"
		"all functions that match; OFF is decimal, or hexadecimal with 0x.\n"
		"A DURATION is a number with ns, us, ms, s, m or h. -j means JSON lines.",
	.operands_least = 0,
	.operands_most = SIZE_MAX,
	.options = trace_options,
	.schemas = schemas,
	.summary_schema = &trace_summary_schema,
	.live = true,
	.args_size = sizeof(struct trace_args),
	.run = run,
};
