/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace_options.h"

const struct option_spec trace_options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, offsetof(struct trace_args, all),
	  "probe every address of a symbol that has several" },
	{ "nth", 0, "N", OPTION_NUMBER, offsetof(struct trace_args, nth),
	  "probe the Nth of them, in the order of their addresses" },
	{ "partial-ok", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, partial_ok),
	  "status 0 if some sites were armed, though others were refused" },
	{ "plan", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, plan),
	  "only say which sites are meant, and what the kernel says of each" },
	{ "offsets", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, offsets),
	  "only say which offsets, from the site on, begin an instruction" },
	{ "range", 0, "A-B", OPTION_STRING, offsetof(struct trace_args, range),
	  "with --offsets: those from A to B alone" },
	{ "file", 0, "FILE", OPTION_STRING, offsetof(struct trace_args, file),
	  "read SPECs from FILE too, one a line (-: standard input)" },
	{ "return", 'r', NULL, OPTION_FLAG, offsetof(struct trace_args, returns),
	  "probe the function's return: its value, and its duration" },
	{ "stack", 's', NULL, OPTION_FLAG, offsetof(struct trace_args, stack),
	  "show the kernel's stack at each hit" },
	{ "args", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, args),
	  "show the function's arguments, by BTF; with --return: the value as its type has it" },
	{ "strings", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, strings),
	  "the same, and what pointers to char point to" },
	{ "regs", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, regs), "show all registers" },
	{ "count-only", 'c', NULL, OPTION_FLAG, offsetof(struct trace_args, count_only),
	  "count hits in the kernel, and show no events" },
	{ "histogram", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, histogram),
	  "with --return: count durations by their size, and show no events" },
	{ "top", 0, "WHAT", OPTION_STRING, offsetof(struct trace_args, top),
	  "count hits by comm, pid or stack, and show no events" },
	{ "rows", 0, "N", OPTION_NUMBER, offsetof(struct trace_args, rows),
	  "with --top: show N rows (default 20)" },
	{ "self", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, self),
	  "kvet's own hits count too" },
	{ "pid", 'p', "PID", OPTION_NUMBER, offsetof(struct trace_args, pid),
	  "hits of this process" },
	{ "tid", 0, "TID", OPTION_NUMBER, offsetof(struct trace_args, tid), "hits of this thread" },
	{ "uid", 0, "USER", OPTION_STRING, offsetof(struct trace_args, uid),
	  "hits of this user: a number, or a name" },
	{ "cpu", 0, "CPU", OPTION_NUMBER, offsetof(struct trace_args, cpu), "hits on this CPU" },
	{ "comm", 0, "NAME", OPTION_STRING, offsetof(struct trace_args, comm),
	  "hits of tasks with this name, all of it" },
	{ "cgroup", 0, "DIR", OPTION_STRING, offsetof(struct trace_args, cgroup),
	  "hits in this cgroup (version 2) or below" },
	{ "min-duration", 0, "DURATION", OPTION_DURATION, offsetof(struct trace_args, min_duration),
	  "with --return: calls that took so long" },
	{ "maxactive", 0, "N", OPTION_NUMBER, offsetof(struct trace_args, maxactive),
	  "with --return: follow N calls of a function at a time (by tracefs)" },
	{ "sample", 0, "N", OPTION_STRING, offsetof(struct trace_args, sample),
	  "one in N hits, on each CPU; also written 1/N" },
	{ "rate", 0, "RATE", OPTION_STRING, offsetof(struct trace_args, rate),
	  "at most so many events of a site in a second: N or N/s" },
	{ "count", 'n', "N", OPTION_NUMBER, offsetof(struct trace_args, count),
	  "end after N events" },
	{ "duration", 'd', "DURATION", OPTION_DURATION, offsetof(struct trace_args, duration),
	  "end after this time (without it and --count: at Ctrl-C)" },
	{ "timeout", 0, "DURATION", OPTION_DURATION, offsetof(struct trace_args, timeout),
	  "end with status 1 if nothing has fired by then" },
	{ "fail-on-loss", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, fail_on_loss),
	  "status 3 if a hit was lost or missed, or whether one was is not known" },
	{ "backend", 0, "BACKEND", OPTION_STRING, offsetof(struct trace_args, backend),
	  "auto, pmu, tracefs or multi: how probes get into the kernel" },
	{ "cleanup", 0, NULL, OPTION_FLAG, offsetof(struct trace_args, cleanup),
	  "only remove from tracefs what a kvet that was killed has left" },
	{ 0 },
};

/* Takes a number over; false: it is larger than such a number can be. */
static bool take_number(const struct option_number *option, bool *given, uint32_t *number)
{
	*given = option->given;
	*number = (uint32_t)option->value;
	return option->value <= UINT32_MAX;
}

static bool parse_top(const char *word, enum kvet_trace_top *top)
{
	static const char *const words[KVET_TRACE_TOP_COUNT] = {
		[KVET_TRACE_TOP_COMM] = "comm",
		[KVET_TRACE_TOP_PID] = "pid",
		[KVET_TRACE_TOP_STACK] = "stack",
	};

	for (int i = 1; i < KVET_TRACE_TOP_COUNT; i++)
		if (!strcmp(word, words[i])) {
			*top = (enum kvet_trace_top)i;
			return true;
		}
	return false;
}

/* "100" or "100/s", at least 1. */
static bool parse_rate(const char *word, uint64_t *rate)
{
	size_t digits = strspn(word, "0123456789");

	if (!digits || (word[digits] && strcmp(word + digits, "/s") != 0))
		return false;
	errno = 0;
	*rate = strtoull(word, NULL, 10);
	return !errno && *rate;
}

/* "100" or "1/100". */
static bool parse_sample(const char *word, uint32_t *sample)
{
	unsigned long number;

	word += strncmp(word, "1/", 2) ? 0 : 2;
	if (!*word || word[strspn(word, "0123456789")])
		return false;
	errno = 0;
	number = strtoul(word, NULL, 10);
	*sample = (uint32_t)number;
	return !errno && number && number <= UINT32_MAX;
}

/* What cannot be shown beside each other. Returns what is wrong, or NULL. */
static const char *contradiction(const struct trace_args *args)
{
	bool counts = args->count_only || args->histogram || args->top;

	if ((args->histogram || args->min_duration.given) && !args->returns)
		return "--histogram and --min-duration require --return: a duration ends there";
	if (args->maxactive.given && !args->returns)
		return "--maxactive requires --return";
	if (args->maxactive.given && (!args->maxactive.value || args->maxactive.value > 4096))
		return "--maxactive is from 1 to 4096, the most that the kernel takes";
	if (args->maxactive.given && args->backend && strcmp(args->backend, "auto") != 0 &&
	    strcmp(args->backend, "tracefs") != 0)
		return "--maxactive is for tracefs: the other back ends have the kernel's number";
	if (args->count_only + args->histogram + (args->top != NULL) > 1)
		return "--count-only, --histogram and --top each count in a way of their own: "
		       "give one of them";
	if (args->rows.given && (!args->top || !args->rows.value))
		return "--rows requires --top, and at least 1";
	if (args->stack && counts)
		return "--stack is of events: not with --count-only, --histogram or --top";
	if ((args->args || args->strings || args->regs) && counts)
		return "--args, --strings and --regs are of events: not with --count-only, "
		       "--histogram or --top";
	if (args->regs && args->backend && !strcmp(args->backend, "multi"))
		return "--regs are all registers: --backend multi does not keep them";
	if (args->count.given && counts)
		return "--count is of events: not with --count-only, --histogram or --top; "
		       "--duration ends those";
	return NULL;
}

enum status trace_options_session(struct context *context, const struct trace_args *args,
				  struct kvet_trace_options *out)
{
	enum kvet_kprobe_backend backend = KVET_KPROBE_AUTO;

	if (args->backend && !kvet_kprobe_backend_parse(args->backend, &backend))
		return context_usage(context,
				     "--backend requires auto, pmu, tracefs or multi, not '%s'",
				     args->backend);
	*out = (struct kvet_trace_options){
		.returns = args->returns,
		.stack = args->stack,
		.arguments = args->args || args->strings,
		.registers = args->regs,
		.self = args->self,
		.count_only = args->count_only,
		.histogram = args->histogram,
		.comm = args->comm,
		.cgroup = args->cgroup,
		.min_duration_ns = args->min_duration.value,
		.slots = (unsigned int)args->maxactive.value,
		.backend = backend,
	};
	if (!take_number(&args->pid, &out->by_pid, &out->pid) ||
	    !take_number(&args->tid, &out->by_tid, &out->tid) ||
	    !take_number(&args->cpu, &out->by_cpu, &out->cpu))
		return context_usage(context, "--pid, --tid and --cpu take numbers up to %" PRIu32,
				     UINT32_MAX);
	if (args->sample && !parse_sample(args->sample, &out->sample))
		return context_usage(context, "--sample requires N or 1/N, at least 1, not '%s'",
				     args->sample);
	if (args->rate && !parse_rate(args->rate, &out->rate))
		return context_usage(context,
				     "--rate requires a number of at least 1, as in 100 or 100/s, "
				     "not '%s'",
				     args->rate);
	if (args->top && !parse_top(args->top, &out->top))
		return context_usage(context, "--top requires comm, pid or stack, not '%s'",
				     args->top);
	if (contradiction(args))
		return context_usage(context, "%s", contradiction(args));
	if (args->comm && strlen(args->comm) >= KVET_TRACE_COMM_SIZE)
		return context_usage(context, "--comm '%s': a task name has %d bytes at the most",
				     args->comm, KVET_TRACE_COMM_SIZE - 1);
	return STATUS_YES;
}

/* A number as offsets are written: decimal, or hexadecimal with 0x; what follows it. */
static const char *take_offset(const char *text, uint64_t *offset)
{
	bool hexadecimal = !strncasecmp(text, "0x", 2);
	char *end;

	text += hexadecimal ? 2 : 0;
	if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
		return "?";
	*offset = strtoull(text, &end, hexadecimal ? 16 : 10);
	return end;
}

enum status trace_options_range(struct context *context, const struct trace_args *args,
				struct trace_range *range)
{
	const char *rest = args->range;

	*range = (struct trace_range){ .given = args->range != NULL };
	if (!rest)
		return STATUS_YES;
	if (!args->offsets)
		return context_usage(context, "--range requires --offsets");
	rest = take_offset(rest, &range->first);
	if (*rest == '-')
		rest = take_offset(rest + 1, &range->last);
	if (*rest || range->last < range->first)
		return context_usage(context, "--range requires FIRST-LAST, as in 0-0x40, not '%s'",
				     args->range);
	return STATUS_YES;
}

enum status trace_options_check(struct context *context, const struct trace_args *args)
{
	if (args->count.given && !args->count.value)
		return context_usage(context, "--count requires at least 1");
	if ((args->duration.given && !args->duration.value) ||
	    (args->timeout.given && !args->timeout.value))
		return context_usage(context, "--duration and --timeout require more than 0");
	if (args->nth.given && !args->nth.value)
		return context_usage(context, "--nth requires at least 1");
	if (args->nth.given && args->all)
		return context_usage(
			context,
			"--nth is one address, and --all is every one: give one of the two");
	/* Another machine's addresses must not be armed in this kernel. */
	if (context->host.sysroot)
		return context_usage(context, "trace arms this kernel: --sysroot does not apply");
	return STATUS_YES;
}
