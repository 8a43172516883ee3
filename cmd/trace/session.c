/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "conditions.h"
#include "core/time.h"
#include "counts.h"
#include "limits.h"
#include "prints.h"
#include "records.h"
#include "session.h"
#include "target.h"
#include "tree_put.h"
#include "values.h"
#include "waits.h"
#include "wall.h"
#include "words.h"

struct show {
	struct context *context;
	const struct trace_args *args;
	const struct trace_plan *plan;
	struct trace_prototypes prototypes;
	struct trace_prints prints;
	struct trace_trees trees;
	struct trace_wall wall;
	struct trace_waits waits;
	struct trace_totals totals;
	struct timespec deadline; /* of CLOCK_MONOTONIC; tv_sec 0: none */
	struct timespec timeout;  /* the same, until the first event */
	struct trace_stacks *stacks;
	struct trace_counts counts;
	struct trace_target target;
	struct child *child; /* NULL: there is none */
	bool target_ended;
	size_t unarmed; /* sites whose modules did not come */
};

static void set_time(struct timespec *time, const struct option_number *option)
{
	if (!option->given)
		return;
	clock_gettime(CLOCK_MONOTONIC, time);
	*time = timespec_of(ns_of(time) + option->value);
}

/* The time left, at least 0; -1: no time is set. */
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
	uint64_t shown = show->args->tree ? show->trees.count : show->totals.events;

	/* The process must not be looked up again: another one may get its number. */
	return show->target_ended || context_stopped(show->context) ||
	       output_failure(show->context->output) || (limit && shown >= limit) ||
	       ms_left(&show->deadline) == 0 ||
	       (!show->totals.events && ms_left(&show->timeout) == 0);
}

static void put_event(struct show *show, const struct kvet_trace_event *event)
{
	const struct trace_prototype *prototype =
		show->prototypes.sites ? &show->prototypes.sites[event->site] : NULL;
	struct trace_event_row row = { .event = event,
				       .site = show->plan->sites[event->site],
				       .returns = show->args->returns };
	struct trace_values args, registers;
	struct trace_print_values prints;

	row.has_wall = trace_wall_time(&show->wall, event->boot_ns, &row.wall_ns);
	if (prototype && prototype->known && row.returns)
		row.value = &prototype->prototype.returns;
	if (show->prints.count) {
		trace_prints_values(&prints, &show->prints, show->plan->table, event);
		row.prints = prints.items;
		row.print_count = show->prints.count;
		row.cause = prints.cause;
	}
	if (prototype && prototype->known && event->has_args &&
	    (show->args->args || show->args->strings || !show->prints.count)) {
		trace_values_args(&args, &prototype->prototype, event);
		row.args = &args;
	}
	if (event->has_registers) {
		trace_values_registers(&registers, event);
		row.registers = &registers;
	}
	if (show->args->stack)
		row.stack = trace_stacks_kernel(show->stacks, event->frames, event->frame_count);
	if (show->args->user_stack)
		row.user_stack = trace_stacks_user(show->stacks, event->pid, event->comm,
						   event->user_frames, event->user_frame_count);
	trace_put_event(show->context, &row);
}

static int show_call(struct show *show, const struct kvet_trace_event *event)
{
	bool failed = trace_trees_add(&show->trees, event) != STATUS_YES;

	show->totals.events = show->trees.shown;
	show->totals.discarded = show->trees.received - show->trees.shown;
	return failed || is_over(show) ? -ECANCELED : 0;
}

static int show_event(void *opaque, const struct kvet_trace_event *event)
{
	struct show *show = opaque;

	trace_waits_until(&show->waits, event->mono_ns);
	if (show->args->tree)
		return show_call(show, event);

	if (show->args->count.value && show->totals.events >= show->args->count.value) {
		show->totals.discarded++;
		return 0;
	}
	put_event(show, event);
	show->totals.events++;
	return is_over(show) ? -ECANCELED : 0;
}

/* Shows the events that are left after the session has stopped: a limit does not end that. */
static int show_rest(void *opaque, const struct kvet_trace_event *event)
{
	show_event(opaque, event);
	return 0;
}

static bool only_counts(const struct trace_args *args)
{
	return args->count_only || args->histogram || args->top;
}

/* If hits are only counted, a terminal shows the counters this often. */
#define REFRESH_MS 1000

/* The earliest of the times that are set. */
static int next_wakeup(const struct show *show)
{
	const int64_t times[] = { ms_left(&show->deadline),
				  show->totals.events ? -1 : ms_left(&show->timeout),
				  show->args->interval.given ? ms_left(&show->counts.end)
				  : only_counts(show->args)  ? REFRESH_MS
							     : -1,
				  show->target.number && show->target.fd < 0 ? TRACE_TARGET_LOOK_MS
									     : -1 };
	int64_t least = INT32_MAX;
	bool any = false;

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (times[i] >= 0 && times[i] <= least) {
			least = times[i];
			any = true;
		}
	return any ? (int)least : -1;
}

/* If hits are only counted, there is no event for the first one: only the counters show it. */
static void look_for_first(struct show *show, const struct kvet_trace *trace)
{
	struct kvet_trace_site site;

	for (size_t i = 0; i < show->plan->site_count && show->timeout.tv_sec; i++)
		if (!kvet_trace_site_read(trace, i, &site, NULL) && site.counted)
			show->timeout.tv_sec = 0;
}

/* --- following the session -------------------------------------------------------------------- */

static enum status follow(struct show *show, struct kvet_trace *trace)
{
	struct pollfd fds[3 + CONTEXT_POLLS] = {
		{ .fd = kvet_trace_fd(trace), .events = POLLIN },
		{ .fd = trace_wall_fd(&show->wall), .events = POLLIN },
		{ .fd = show->child ? child_fd(show->child) : show->target.fd, .events = POLLIN }
	};
	struct trace_counts *counts = &show->counts;
	enum status status = STATUS_YES;
	struct kvet_cause err;

	context_polls(show->context, fds + 3);
	while (!is_over(show)) {
		int ready = poll(fds, sizeof(fds) / sizeof(*fds), next_wakeup(show));

		if (ready < 0 && errno != EINTR)
			return context_failure(show->context, errno, "poll");
		if (ready > 0 && context_polled_end(show->context, fds + 3))
			break;
		if (ready > 0 && fds[1].revents)
			trace_wall_renew(&show->wall);
		if (kvet_trace_poll(trace, show_event, show, &err)) {
			context_error(show->context, &err);
			return STATUS_ERROR;
		}
		trace_waits_until(&show->waits, UINT64_MAX);
		/* Its last events are still delivered: the probes are not disarmed yet. */
		if (show->child && ready > 0 && fds[2].revents)
			show->target_ended = true;
		if (trace_target_ended(&show->target)) {
			context_note(show->context, "%s %" PRIu32 " has ended",
				     show->target.thread ? "thread" : "process",
				     show->target.number);
			show->target_ended = true;
		}
		if (!show->totals.events && ms_left(&show->timeout) == 0)
			look_for_first(show, trace);
		if (trace_counts_due(counts))
			status = status_worst(status, trace_counts_end(counts));
		if (only_counts(show->args))
			trace_counts_draft(counts);
	}
	output_draft_clear(show->context->output);
	return status;
}

/* Writes each site's record: its hits, or why it had none. */
static enum status report(struct show *show, struct kvet_trace *trace)
{
	enum status status = STATUS_YES;
	struct trace_totals *totals = &show->totals;
	bool only_counted = only_counts(show->args);
	struct kvet_trace_site site;
	struct kvet_cause err;
	uint64_t shared;
	bool shares = kvet_trace_missed(trace, &shared);

	totals->returns = show->args->returns || show->args->tree;
	totals->buffer = kvet_trace_buffer(trace);
	totals->tree_lost = kvet_trace_tree_lost(trace);
	for (size_t i = 0; i < show->plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, &err)) {
			context_error(show->context, &err);
			status = STATUS_ERROR;
			continue;
		}
		if (trace_waits_judge(&show->waits, i, &site)) {
			context_error(show->context, &site.cause);
			status = status_worst(status, STATUS_NO);
			show->unarmed++;
		}
		if (site.verdict == KVET_YES && !site.has_missed &&
		    !(shares && site.backend == KVET_KPROBE_MULTI))
			totals->untold++;
		if (site.dead && !totals->dead++)
			context_error(show->context, &site.cause);
		trace_totals_add(totals, &site, only_counted);
		/* Most functions of a tree's globs are not called. */
		if (!show->args->tree || site.hits || site.verdict != KVET_YES ||
		    i < show->plan->roots)
			trace_counts_put_site(&show->counts, i, &site);
	}
	if (shares) {
		totals->missed += shared;
		totals->has_missed = true;
	}
	status = status_worst(status, trace_counts_put(&show->counts));
	totals->others = show->counts.others;
	return status;
}

/* Reports the sites that could not be armed, and returns how many are armed. */
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

/* The final status, from the sites' status and the counters. */
static enum status judge_totals(const struct show *show, size_t armed, enum status status)
{
	const struct trace_totals *totals = &show->totals;

	if (show->args->partial_ok && armed && status == STATUS_NO)
		status = STATUS_YES;
	status = status_worst(status,
			      trace_totals_judge(show->context, totals, show->args->fail_on_loss));
	if (armed && !totals->events && show->args->timeout.given &&
	    !context_stopped(show->context)) {
		context_note(show->context, "nothing has fired");
		status = status_worst(status, STATUS_NO);
	}
	return status;
}

/* Reports that another back end replaced the kprobe PMU, and why. */
static void say_fallback(struct show *show, const struct kvet_trace *trace)
{
	struct kvet_cause cause;
	struct kvet_trace_site site;

	if (!kvet_trace_fallback(trace, &cause))
		return;
	for (size_t i = 0; i < show->plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, NULL) || site.verdict != KVET_YES)
			continue;
		trace_plan_say_fallback(show->context, site.backend, &cause, show->totals.fallback,
					sizeof(show->totals.fallback));
		return;
	}
}

/* Reports why the columns ARMED and HOW are missing, if debugfs could not be read. */
static void say_unseen(const struct show *show, const struct kvet_trace *trace)
{
	struct kvet_cause cause;

	if (!kvet_trace_armed_unknown(trace, &cause))
		return;
	context_note(show->context, "ARMED and HOW are not known: %s: %s; try: %s", cause.source,
		     cause.evidence, cause.remedy);
}

/* Counts hits from now on. The command runs from then on, and nothing of what it took to get there
 * counts. */
static enum status begin(struct show *show, struct kvet_trace *trace)
{
	bool ready = !show->child || child_ready(show->child);

	kvet_trace_start(trace);
	trace_counts_begin(&show->counts);
	if (!ready)
		return context_failure(show->context, ECHILD, "waiting process");
	if (show->child)
		child_go(show->child);
	return STATUS_YES;
}

/* Ends the command, if it has not ended, and notes how it did. */
static enum status end_child(struct show *show)
{
	struct trace_totals *totals = &show->totals;

	if (!show->child)
		return STATUS_YES;
	totals->command = child_end(show->child);
	return trace_totals_judge_command(show->context, show->args->command[0], totals,
					  !show->target_ended);
}

static enum status run_session(struct show *show, struct trace_plan *plan, struct kvet_trace *trace)
{
	const struct trace_args *args = show->args;
	enum status status = STATUS_YES;
	size_t armed = count_armed(show->context, plan, trace, &status);
	struct kvet_cause err;

	show->counts = (struct trace_counts){ .context = show->context,
					      .args = args,
					      .plan = plan,
					      .stacks = show->stacks,
					      .trace = trace };
	say_fallback(show, trace);
	if (armed) {
		status = status_worst(status, begin(show, trace));
		set_time(&show->deadline, &args->duration);
		set_time(&show->timeout, &args->timeout);
		context_note(show->context, "tracing %zu of %zu sites%s", armed, plan->site_count,
			     args->duration.given || args->count.given ? "" : "; Ctrl-C ends");
		if (!only_counts(args) || args->wait)
			trace_wall_open(&show->wall, show->context);
		trace_waits_begin(&show->waits, trace);
		status = status_worst(status, follow(show, trace));
	}
	if (kvet_trace_stop(trace, show_rest, show, &err)) {
		context_error(show->context, &err);
		status = STATUS_ERROR;
	}
	trace_waits_end(&show->waits);
	if (armed)
		status = status_worst(status, end_child(show));
	context_progress(show->context, "%s", "");
	/* The last interval is shorter: so all of them add up to the totals. */
	if (armed)
		status = status_worst(status, trace_counts_end(&show->counts));
	status = status_worst(status, report(show, trace));
	say_unseen(show, trace);
	trace_put_summary(show->context, &show->totals);
	return judge_totals(show, armed - show->unarmed, status);
}

/* Called between two sites: after a signal, arming ends there. */
static bool show_arming(void *opaque, bool arming, size_t done, size_t count)
{
	struct context *context = opaque;

	context_progress(context, "kvet: %zu of %zu sites %sarmed", done, count,
			 arming ? "" : "dis");
	return !context_stopped(context);
}

enum status trace_session(struct context *context, const struct trace_args *args,
			  struct trace_plan *plan, struct trace_conditions *conditions,
			  struct kvet_trace_options *wanted)
{
	struct show show = { .context = context,
			     .args = args,
			     .plan = plan,
			     .child = context->child,
			     .prototypes.only_values = args->tree && !args->args };
	struct kvet_trace *session = NULL;
	enum status status = STATUS_YES;
	struct kvet_cause cause;
	struct kvet_cause err;

	if (kvet_kprobe_usable(trace_plan_facts(plan, context), &cause) == KVET_NO)
		return trace_plan_put_unarmed(plan, context, false, KVET_NO, &cause);
	trace_target_open(&show.target, wanted);
	status = trace_target_translate(context, wanted);
	show.stacks = trace_stacks_new(context, plan->table);
	if (!show.stacks)
		status = context_failure(context, ENOMEM, "malloc");
	if (status == STATUS_YES &&
	    (wanted->arguments || args->tree || trace_conditions_typed(conditions)))
		status = trace_prototypes_read(&show.prototypes, context, plan);
	wanted->strings = args->strings && status == STATUS_YES;
	wanted->string_args = show.prototypes.string_args;
	if (status == STATUS_YES)
		status = trace_prints_parse(&show.prints, context, &args->prints);
	if (status == STATUS_YES)
		status = trace_words_resolve(context, plan, &show.prototypes, &show.prints,
					     conditions);
	wanted->expressions = show.prints.expressions;
	trace_conditions_want(conditions, wanted);
	wanted->roots = plan->roots;
	show.trees = (struct trace_trees){ .context = context,
					   .plan = plan,
					   .prototypes = &show.prototypes,
					   .args = args->args,
					   .failed = args->failed,
					   .limit = args->count.value };
	show.waits = (struct trace_waits){ .context = context,
					   .plan = plan,
					   .wall = &show.wall,
					   .stacks = show.stacks,
					   .prototypes = &show.prototypes,
					   .arguments = args->args,
					   .whole = args->stack || wanted->top };
	if (status == STATUS_YES)
		status = trace_waits_open(&show.waits);
	wanted->module_sink = trace_waits_changed;
	wanted->module_context = &show.waits;
	wanted->progress = show_arming;
	wanted->progress_context = context;
	trace_limits_raise(kvet_trace_descriptors(plan->site_count, wanted));
	context_hold(context);
	if (status == STATUS_YES &&
	    kvet_trace_open(&session, &context->host, plan->sites, plan->site_count, wanted, &err))
		status = trace_plan_put_unarmed(plan, context, false, KVET_UNDETERMINED, &err);
	else if (status == STATUS_YES)
		status = run_session(&show, plan, session);
	trace_counts_deinit(&show.counts);
	trace_trees_end(&show.trees);
	kvet_trace_close(session);
	trace_wall_close(&show.wall);
	trace_prototypes_deinit(&show.prototypes);
	trace_prints_deinit(&show.prints);
	trace_target_close(&show.target);
	trace_waits_close(&show.waits);
	trace_stacks_free(show.stacks);
	return status;
}
