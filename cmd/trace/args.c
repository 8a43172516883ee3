/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

#define ARGS(member)   offsetof(struct trace_args, member)
/* Options without events: they exclude those that show more of each event. */
#define COUNTS         "count-only histogram top"
#define MAXACTIVE_MOST 4096 /* the kernel's limit */

const struct option_spec trace_options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, ARGS(all), .group = "Where to probe",
	  .help = "probe every instance of an ambiguous symbol" },
	{ "nth", 0, "N", OPTION_NUMBER, ARGS(nth), .least = 1, .excludes = "all", .rare = true,
	  .help = "probe its Nth instance, in address order" },
	{ "partial-ok", 0, NULL, OPTION_FLAG, ARGS(partial_ok), .rare = true,
	  .help = "status 0 even if only some sites were attached" },
	{ "wait", 0, NULL, OPTION_FLAG, ARGS(wait),
	  .excludes = "all nth plan offsets fields tree strings print cleanup backend=pmu "
		      "backend=multi backend=fentry",
	  .rare = true, .help = "arm MODULE:SYM whenever MODULE is loaded (tracefs)" },
	{ "plan", 0, NULL, OPTION_FLAG, ARGS(plan), .excludes = "offsets cleanup",
	  .help = "only list the sites, and whether each can be probed" },
	{ "offsets", 0, NULL, OPTION_FLAG, ARGS(offsets), .excludes = "cleanup", .rare = true,
	  .help = "only list the offsets where an instruction begins" },
	{ "fields", 0, NULL, OPTION_FLAG, ARGS(fields), .excludes = "plan offsets cleanup",
	  .rare = true, .help = "only list what --print and --where can ask" },
	{ "range", 0, "A-B", OPTION_STRING, ARGS(range), .needs = "offsets",
	  .form = "FIRST-LAST, as in 0-0x40", .rare = true, .help = "only offsets from A to B" },
	{ "file", 0, "FILE", OPTION_STRING, ARGS(file), .rare = true,
	  .help = "also read SPECs from FILE, one per line (-: stdin)" },
	{ "return", 'r', NULL, OPTION_FLAG, ARGS(returns), .group = "What to show of each hit",
	  .help = "probe the return: value and duration" },
	{ "stack", 's', NULL, OPTION_FLAG, ARGS(stack), .excludes = COUNTS,
	  .help = "show the kernel stack of each hit" },
	{ "user-stack", 0, NULL, OPTION_FLAG, ARGS(user_stack),
	  .excludes = "count-only histogram top=comm top=pid", .rare = true,
	  .help = "show the process's stack, also with --top stack" },
	{ "args", 0, NULL, OPTION_FLAG, ARGS(args), .excludes = COUNTS,
	  .help = "show arguments, with --return those at entry" },
	{ "strings", 0, NULL, OPTION_FLAG, ARGS(strings), .excludes = COUNTS, .rare = true,
	  .help = "like --args, plus strings behind char pointers" },
	{ "print", 0, "EXPR", OPTION_LIST, ARGS(prints), .excludes = COUNTS,
	  .form = "[NAME=]ARGUMENT or ret, then ->MEMBER, .MEMBER or [N]", .rare = true,
	  .help = "show what EXPR on arguments or ret leads to (repeatable)" },
	{ "regs", 0, NULL, OPTION_FLAG, ARGS(regs),
	  .excludes = COUNTS " backend=multi backend=fentry", .rare = true,
	  .help = "show all registers" },
	{ "tree", 0, NULL, OPTION_FLAG, ARGS(tree), .needs = "among",
	  .excludes =
		  COUNTS " stack user-stack strings print regs min-duration sample rate offsets",
	  .rare = true, .help = "show each call with what it called among GLOB" },
	{ "among", 0, "GLOB", OPTION_LIST, ARGS(among), .needs = "tree", .rare = true,
	  .help = "functions that a tree has (repeatable)" },
	{ "count-only", 'c', NULL, OPTION_FLAG, ARGS(count_only), .excludes = "histogram top",
	  .group = "Counting in the kernel", .help = "only count hits, in the kernel" },
	{ "histogram", 0, NULL, OPTION_FLAG, ARGS(histogram), .needs = "return", .excludes = "top",
	  .rare = true, .help = "show a histogram of durations" },
	{ "top", 0, "WHAT", OPTION_STRING, ARGS(top), .choices = "comm pid stack", .rare = true,
	  .help = "count hits by task or by stack" },
	{ "folded", 0, NULL, OPTION_FLAG, ARGS(folded), .needs = "top",
	  .excludes = "top=comm top=pid", .rare = true,
	  .help = "write stacks as flame graph tools read them" },
	{ "rows", 0, "N", OPTION_NUMBER, ARGS(rows), .least = 1, .needs = "top", .preset = "20",
	  .rare = true, .help = "show N rows" },
	{ "interval", 0, "DURATION", OPTION_DURATION, ARGS(interval), .least = 1, .needs = COUNTS,
	  .rare = true, .help = "also show the counts of each such time" },
	{ "self", 0, NULL, OPTION_FLAG, ARGS(self), .rare = true, .group = "Which hits",
	  .help = "kvet's own hits count too" },
	{ "COMMAND", 0, "[ARG]...", OPTION_COMMAND, ARGS(command), .needs = "SPEC file",
	  .excludes = "pid tid plan offsets fields cleanup",
	  .help = "run COMMAND, and trace only it and its children" },
	{ "pid", 'p', "PID", OPTION_NUMBER, ARGS(pid), .most = UINT32_MAX,
	  .help = "only hits of this process" },
	{ "tid", 0, "TID", OPTION_NUMBER, ARGS(tid), .most = UINT32_MAX, .rare = true,
	  .help = "only hits of this thread" },
	{ "uid", 0, "USER", OPTION_STRING, ARGS(uid), .rare = true,
	  .help = "only hits of this user, by number or name" },
	{ "cpu", 0, "CPU", OPTION_NUMBER, ARGS(cpu), .most = UINT32_MAX, .rare = true,
	  .help = "only hits on this CPU" },
	{ "comm", 0, "NAME", OPTION_STRING, ARGS(comm), .most = KVET_TRACE_COMM_SIZE - 1,
	  .rare = true, .help = "only hits of tasks with exactly this name" },
	{ "cgroup", 0, "DIR", OPTION_STRING, ARGS(cgroup), .rare = true,
	  .help = "only hits in this cgroup (v2) or below it" },
	{ "pidns", 0, "PID", OPTION_NUMBER, ARGS(pidns), .least = 1, .most = INT32_MAX,
	  .rare = true, .help = "only hits in the PID namespace of process PID" },
	{ "where", 0, "COND", OPTION_LIST, ARGS(wheres), .form = "EXPR OP VALUE, as in 'ret < 0'",
	  .rare = true, .help = "only hits for which COND holds (repeatable)" },
	{ "failed", 0, NULL, OPTION_FLAG, ARGS(failed), .needs = "return tree", .rare = true,
	  .help = "only calls that return an errno" },
	{ "min-duration", 0, "DURATION", OPTION_DURATION, ARGS(min_duration), .needs = "return",
	  .rare = true, .help = "only calls that took at least this long" },
	{ "maxactive", 0, "N", OPTION_NUMBER, ARGS(maxactive), .least = 1, .most = MAXACTIVE_MOST,
	  .needs = "return", .excludes = "backend=pmu backend=multi backend=fentry", .rare = true,
	  .help = "follow N calls at a time (tracefs only)" },
	{ "sample", 0, "N", OPTION_NUMBER, ARGS(sample), .form = "1/N", .least = 1,
	  .most = UINT32_MAX, .rare = true, .help = "only one in N hits, per CPU" },
	{ "rate", 0, "N", OPTION_NUMBER, ARGS(rate), .form = "N/s", .least = 1, .rare = true,
	  .help = "at most N events per site and second" },
	{ "count", 'n', "N", OPTION_NUMBER, ARGS(count), .least = 1, .excludes = COUNTS,
	  .group = "When to end", .help = "stop after N events" },
	{ "duration", 'd', "DURATION", OPTION_DURATION, ARGS(duration), .least = 1,
	  .help = "stop after this time (default: at Ctrl-C)" },
	{ "timeout", 0, "DURATION", OPTION_DURATION, ARGS(timeout), .least = 1, .rare = true,
	  .help = "stop with status 1 if nothing fired by then" },
	{ "fail-on-loss", 0, NULL, OPTION_FLAG, ARGS(fail_on_loss), .rare = true,
	  .help = "status 3 if a hit was or may have been lost" },
	{ "backend", 0, "BACKEND", OPTION_STRING, ARGS(backend),
	  .choices = "auto pmu tracefs multi fentry", .preset = "auto", .rare = true,
	  .group = "How to probe", .help = "the kernel interface to attach with" },
	{ "buffer", 0, "SIZE", OPTION_SIZE, ARGS(buffer), .least = KVET_TRACE_BUFFER_LEAST,
	  .most = KVET_TRACE_BUFFER_MOST, .excludes = COUNTS, .rare = true,
	  .help = "room for waiting events (default: 1M, more above 4 CPUs)" },
	{ "cleanup", 0, NULL, OPTION_FLAG, ARGS(cleanup), .excludes = "file SPEC", .rare = true,
	  .help = "only remove probes that a killed kvet left in tracefs" },
	{ 0 },
};

static enum kvet_trace_top top_of(const char *word)
{
	static const char *const words[KVET_TRACE_TOP_COUNT] = {
		[KVET_TRACE_TOP_COMM] = "comm",
		[KVET_TRACE_TOP_PID] = "pid",
		[KVET_TRACE_TOP_STACK] = "stack",
	};
	int i = KVET_TRACE_TOP_COUNT - 1;

	while (i && (!word || strcmp(word, words[i]) != 0))
		i--;
	return (enum kvet_trace_top)i;
}

void trace_options_session(const struct trace_args *args, struct kvet_trace_options *out)
{
	enum kvet_kprobe_backend backend = KVET_KPROBE_AUTO;

	if (args->backend)
		kvet_kprobe_backend_parse(args->backend, &backend);
	*out = (struct kvet_trace_options){
		.returns = args->returns || args->tree,
		.nest = args->tree,
		.stack = args->stack,
		.user_stack = args->user_stack,
		.arguments = args->args || args->strings || args->prints.count,
		.expression_count = args->prints.count,
		.registers = args->regs,
		.self = args->self,
		.count_only = args->count_only,
		.histogram = args->histogram,
		.top = top_of(args->top),
		.by_pid = args->pid.given,
		.pid = (uint32_t)args->pid.value,
		.by_tid = args->tid.given,
		.tid = (uint32_t)args->tid.value,
		.by_cpu = args->cpu.given,
		.cpu = (uint32_t)args->cpu.value,
		.comm = args->comm,
		.cgroup = args->cgroup,
		.min_duration_ns = args->min_duration.value,
		.slots = (unsigned int)args->maxactive.value,
		.sample = (uint32_t)args->sample.value,
		.rate = args->rate.value,
		.buffer = args->buffer.value,
		/* The only one that arms a name. */
		.backend = args->wait ? KVET_KPROBE_TRACEFS : backend,
	};
}

/* Parses an offset: decimal, or hexadecimal with 0x. Returns what follows it; NULL if there is
 * none. */
static const char *take_offset(const char *text, uint64_t *offset)
{
	bool hexadecimal = !strncasecmp(text, "0x", 2);
	char *end;

	text += hexadecimal ? 2 : 0;
	if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
		return "?";
	errno = 0;
	*offset = strtoull(text, &end, hexadecimal ? 16 : 10);
	return errno ? "?" : end;
}

enum status trace_options_range(struct context *context, const struct trace_args *args,
				struct trace_range *range)
{
	const char *rest = args->range;

	*range = (struct trace_range){ .given = args->range != NULL };
	if (!rest)
		return STATUS_YES;
	rest = take_offset(rest, &range->first);
	if (*rest == '-')
		rest = take_offset(rest + 1, &range->last);
	if (*rest || range->last < range->first)
		return context_usage(
			context, "--range requires FIRST-LAST below 2^64, as in 0-0x40, not '%s'",
			args->range);
	return STATUS_YES;
}
