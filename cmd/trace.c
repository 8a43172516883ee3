/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet trace: does this probe point fire, on every instance of its symbol? */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trace_plan.h"
#include "trace_records.h"

struct args {
	bool all;
	struct option_number nth;
	bool partial_ok;
	bool plan;
	bool offsets;
	bool returns;
	bool stack;
	bool count_only;
	bool histogram;
	struct option_number pid, tid, uid, cpu;
	const char *comm;
	const char *cgroup;
	struct option_number min_duration;
	struct option_number sample, rate;
	struct option_number count;
	struct option_number duration;
	struct option_number timeout;
	bool fail_on_loss;
};

static const struct option_spec options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, offsetof(struct args, all),
	  "probe every address of a symbol that has several" },
	{ "nth", 0, "N", OPTION_NUMBER, offsetof(struct args, nth),
	  "probe the Nth of them, in the order of their addresses" },
	{ "partial-ok", 0, NULL, OPTION_FLAG, offsetof(struct args, partial_ok),
	  "status 0 if some sites were armed, though others were refused" },
	{ "plan", 0, NULL, OPTION_FLAG, offsetof(struct args, plan),
	  "only say which sites are meant, and what the kernel says of each" },
	{ "offsets", 0, NULL, OPTION_FLAG, offsetof(struct args, offsets),
	  "only say which offsets, from the site on, begin an instruction" },
	{ "return", 'r', NULL, OPTION_FLAG, offsetof(struct args, returns),
	  "probe the function's return: its value, and its duration" },
	{ "stack", 's', NULL, OPTION_FLAG, offsetof(struct args, stack),
	  "show the kernel's stack at each hit" },
	{ "count-only", 'c', NULL, OPTION_FLAG, offsetof(struct args, count_only),
	  "count hits in the kernel, and show no events" },
	{ "histogram", 0, NULL, OPTION_FLAG, offsetof(struct args, histogram),
	  "with --return: count durations by their size, and show no events" },
	{ "pid", 'p', "PID", OPTION_NUMBER, offsetof(struct args, pid), "hits of this process" },
	{ "tid", 0, "TID", OPTION_NUMBER, offsetof(struct args, tid), "hits of this thread" },
	{ "uid", 0, "UID", OPTION_NUMBER, offsetof(struct args, uid), "hits of this user" },
	{ "cpu", 0, "CPU", OPTION_NUMBER, offsetof(struct args, cpu), "hits on this CPU" },
	{ "comm", 0, "NAME", OPTION_STRING, offsetof(struct args, comm),
	  "hits of tasks with this name, all of it" },
	{ "cgroup", 0, "DIR", OPTION_STRING, offsetof(struct args, cgroup),
	  "hits in this cgroup (version 2) or below" },
	{ "min-duration", 0, "DURATION", OPTION_DURATION, offsetof(struct args, min_duration),
	  "with --return: calls that took so long" },
	{ "sample", 0, "N", OPTION_NUMBER, offsetof(struct args, sample),
	  "one in N hits, on each CPU" },
	{ "rate", 0, "N", OPTION_NUMBER, offsetof(struct args, rate),
	  "at most N events of a site in a second" },
	{ "count", 'n', "N", OPTION_NUMBER, offsetof(struct args, count), "end after N events" },
	{ "duration", 'd', "DURATION", OPTION_DURATION, offsetof(struct args, duration),
	  "end after this time (without it and --count: at Ctrl-C)" },
	{ "timeout", 0, "DURATION", OPTION_DURATION, offsetof(struct args, timeout),
	  "end with status 1 if nothing has fired by then" },
	{ "fail-on-loss", 0, NULL, OPTION_FLAG, offsetof(struct args, fail_on_loss),
	  "status 3 if the ring buffer had no room for a hit" },
	{ 0 },
};

static const struct schema *const schemas[] = { &trace_event_schema, &trace_site_schema,
						&trace_bucket_schema, NULL };

/* --- options -------------------------------------------------------------------------------- */

/* Takes a number over; false: it is larger than such a number can be. */
static bool take_number(const struct option_number *option, bool *given, uint32_t *number)
{
	*given = option->given;
	*number = (uint32_t)option->value;
	return option->value <= UINT32_MAX;
}

static enum status session_options(struct context *context, const struct args *args,
				   struct kvet_trace_options *out)
{
	bool sampled;

	*out = (struct kvet_trace_options){
		.returns = args->returns,
		.stack = args->stack,
		.count_only = args->count_only,
		.histogram = args->histogram,
		.comm = args->comm,
		.cgroup = args->cgroup,
		.rate = args->rate.value,
		.min_duration_ns = args->min_duration.value,
	};
	if (!take_number(&args->pid, &out->by_pid, &out->pid) ||
	    !take_number(&args->tid, &out->by_tid, &out->tid) ||
	    !take_number(&args->uid, &out->by_uid, &out->uid) ||
	    !take_number(&args->cpu, &out->by_cpu, &out->cpu) ||
	    !take_number(&args->sample, &sampled, &out->sample))
		return context_usage(context,
				     "--pid, --tid, --uid, --cpu and --sample take numbers "
				     "up to %" PRIu32,
				     UINT32_MAX);
	if ((args->sample.given && !args->sample.value) || (args->rate.given && !args->rate.value))
		return context_usage(context, "--sample and --rate want at least 1");
	if ((args->histogram || args->min_duration.given) && !args->returns)
		return context_usage(context, "--histogram and --min-duration are of durations: "
					      "they want --return");
	if (args->stack && (args->count_only || args->histogram))
		return context_usage(context, "--stack is of events: not with --count-only or "
					      "--histogram");
	if (args->count.given && (args->count_only || args->histogram))
		return context_usage(context, "--count is of events: not with --count-only or "
					      "--histogram; --duration ends those");
	if (args->comm && strlen(args->comm) >= KVET_TRACE_COMM_SIZE)
		return context_usage(context, "--comm '%s': a task name has %d bytes at the most",
				     args->comm, KVET_TRACE_COMM_SIZE - 1);
	return STATUS_YES;
}

static enum status check_args(struct context *context, const struct args *args)
{
	if (args->count.given && !args->count.value)
		return context_usage(context, "--count wants at least 1");
	if ((args->duration.given && !args->duration.value) ||
	    (args->timeout.given && !args->timeout.value))
		return context_usage(context, "--duration and --timeout want more than 0");
	if (args->nth.given && !args->nth.value)
		return context_usage(context, "--nth wants at least 1");
	if (args->nth.given && args->all)
		return context_usage(context, "--nth is one, --all are all: choose");
	/* Another machine's addresses must not be armed in this kernel. */
	if (context->host.sysroot)
		return context_usage(context, "trace arms this kernel: --sysroot does not apply");
	return STATUS_YES;
}

/* --- the session ----------------------------------------------------------------------------- */

struct show {
	struct context *context;
	const struct args *args;
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
		totals->events += only_counted ? site.counted : 0;
		trace_put_site(show->context, show->plan->table, i + 1, show->plan->owners[i]->text,
			       show->plan->sites[i], &site, NULL,
			       site.verdict == KVET_YES ? NULL : &site.cause);
		status = status_worst(status, status_of_verdict(site.verdict));
	}
	for (size_t i = 0; show->args->histogram && i < show->plan->site_count; i++)
		put_histogram(show, trace, i);
	return status;
}

/* Says which sites could not be armed, and returns how many could. */
static size_t count_armed(struct context *context, const struct trace_plan *plan,
			  const struct kvet_trace *trace)
{
	struct kvet_trace_site site;
	size_t armed = 0;

	for (size_t i = 0; i < plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, NULL))
			continue;
		if (site.verdict == KVET_YES)
			armed++;
		else
			context_error(context, &site.cause);
	}
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
	if (totals->lost && show->args->fail_on_loss)
		status = status_worst(status, STATUS_UNDETERMINED);
	if (armed && !totals->events && show->args->timeout.given &&
	    !context_stopped(show->context)) {
		context_note(show->context, "nothing has fired");
		status = status_worst(status, STATUS_NO);
	}
	return status;
}

static enum status run_session(struct context *context, const struct args *args,
			       const struct trace_plan *plan, struct kvet_trace *trace)
{
	struct show show = { .context = context, .args = args, .plan = plan };
	size_t armed = count_armed(context, plan, trace);
	enum status status = STATUS_YES;
	struct kvet_error err;

	if (armed) {
		kvet_trace_start(trace);
		set_time(&show.deadline, &args->duration);
		set_time(&show.timeout, &args->timeout);
		context_note(context, "tracing %zu of %zu sites%s", armed, plan->site_count,
			     args->duration.given || args->count.given ? "" : "; Ctrl-C ends");
		status = follow(&show, trace);
	}
	if (kvet_trace_stop(trace, show_rest, &show, &err)) {
		context_error(context, &err.cause);
		status = STATUS_ERROR;
	}
	status = status_worst(status, report(&show, trace));
	trace_put_summary(context, &show.totals);
	return judge_totals(&show, armed, status);
}

static enum status trace(struct context *context, const struct args *args,
			 const struct trace_plan *plan, const struct kvet_trace_options *wanted)
{
	struct kvet_trace *session = NULL;
	struct kvet_error err;
	enum status status;

	if (kvet_trace_open(&session, &context->host, plan->sites, plan->site_count, wanted,
			    &err)) {
		for (size_t i = 0; i < plan->site_count; i++)
			trace_put_site(context, plan->table, i + 1, plan->owners[i]->text,
				       plan->sites[i], NULL, NULL, &err.cause);
		context_error(context, &err.cause);
		return STATUS_UNDETERMINED;
	}
	status = run_session(context, args, plan, session);
	kvet_trace_close(session);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	const struct trace_choice choice = { .all = args->all, .nth = args->nth.value };
	static const struct trace_totals nothing;
	struct kvet_trace_options wanted;
	struct trace_plan plan = { 0 };
	enum status status = check_args(context, args);

	if (status == STATUS_YES)
		status = session_options(context, args, &wanted);
	if (status != STATUS_YES)
		return status;
	if (!args->plan)
		output_live(context->output);
	plan.returns = args->returns && !args->offsets;
	status = trace_plan_parse(&plan, context, operands, count);
	if (status == STATUS_YES) {
		trace_put_summary(context, &nothing); /* holds unless tracing begins */
		status = trace_plan_resolve(&plan, context, &choice);
	}
	if (status == STATUS_YES)
		status = args->offsets ? trace_plan_put_offsets(&plan, context)
			 : args->plan  ? trace_plan_put(&plan, context, args->partial_ok)
				       : trace(context, args, &plan, &wanted);
	trace_plan_deinit(&plan);
	return status;
}

const struct command trace_command = {
	.name = "trace",
	.summary = "Arm kprobes at exact addresses and show every hit",
	.operands = "SPEC...",
	.operands_help = "SPEC is SYM, SYM+OFF, MODULE:SYM[+OFF] or 0xADDR; OFF is decimal or 0x "
			 "hexadecimal.\n"
			 "A DURATION is a number with ns, us, ms, s, m or h. -j means JSON lines.",
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.options = options,
	.schemas = schemas,
	.summary_schema = &trace_summary_schema,
	.live = true,
	.args_size = sizeof(struct args),
	.run = run,
};
