/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet trace: does this probe point fire, on every instance of its symbol? */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kvet/trace.h>

#include "command.h"

struct args {
	bool all;
	struct option_number count;
	struct option_number duration;
};

static const struct option_spec options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, offsetof(struct args, all),
	  "probe every address of a symbol that has several" },
	{ "count", 'n', "N", OPTION_NUMBER, offsetof(struct args, count), "end after N events" },
	{ "duration", 'd', "DURATION", OPTION_DURATION, offsetof(struct args, duration),
	  "end after this time (without both: at Ctrl-C)" },
	{ 0 },
};

enum {
	BOOT,
	MONO,
	CPU,
	PID,
	TID,
	COMM,
	SYMBOL,
	OFFSET,
	ADDRESS,
	IP,
	EVENT_COUNT
};

static const struct field event_fields[] = {
	[BOOT] = { "boot_ns", FIELD_TIME, "CLOCK_BOOTTIME of the hit", 0 },
	[MONO] = { "mono_ns", FIELD_TIME, "CLOCK_MONOTONIC of the hit", 0 },
	[CPU] = { "cpu", FIELD_INTEGER, "where it ran", 0 },
	[PID] = { "pid", FIELD_INTEGER, "process (thread group)", 0 },
	[TID] = { "tid", FIELD_INTEGER, "thread", 0 },
	[COMM] = { "comm", FIELD_STRING, "task name", 0 },
	[SYMBOL] = { "symbol", FIELD_STRING, "of the site", 0 },
	[OFFSET] = { "offset", FIELD_INTEGER, "of the site in the symbol", FIELD_HEX },
	[ADDRESS] = { "address", FIELD_ADDRESS, "of the site", 0 },
	[IP] = { "ip", FIELD_ADDRESS, "instruction pointer that the handler saw", 0 },
};

enum {
	NUMBER,
	SPEC,
	SITE_SYMBOL,
	SITE_OFFSET,
	SITE_ADDRESS,
	MODULE,
	ATTACHED,
	HITS,
	LOST,
	CAUSE,
	SITE_COUNT
};

static const struct field site_fields[] = {
	[NUMBER] = { "number", FIELD_INTEGER, "of the site, from 1", 0 },
	[SPEC] = { "spec", FIELD_STRING, "that asked for it", 0 },
	[SITE_SYMBOL] = { "symbol", FIELD_STRING, "absent if none was found", 0 },
	[SITE_OFFSET] = { "offset", FIELD_INTEGER, "in the symbol", FIELD_HEX },
	[SITE_ADDRESS] = { "address", FIELD_ADDRESS, "of the probe", 0 },
	[MODULE] = { "module", FIELD_STRING, "absent for the kernel proper", 0 },
	[ATTACHED] = { "attached", FIELD_BOOLEAN, "whether the probe was armed", FIELD_VERDICT },
	[HITS] = { "hits", FIELD_INTEGER, "how often it fired; absent if not armed", 0 },
	[LOST] = { "lost", FIELD_INTEGER, "hits that the ring buffer had no room for",
		   FIELD_DETAIL },
	[CAUSE] = { "cause", FIELD_STRING, "why it was not armed", 0 },
};

enum {
	EVENTS,
	SUMMARY_LOST,
	DISCARDED,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[EVENTS] = { "events", FIELD_INTEGER, "shown", 0 },
	[SUMMARY_LOST] = { "lost", FIELD_INTEGER, "hits that the ring buffer had no room for", 0 },
	[DISCARDED] = { "discarded", FIELD_INTEGER, "hits past --count, not shown", 0 },
};

static const struct schema event_schema = SCHEMA("event", event_fields);
static const struct schema site_schema = SCHEMA("site", site_fields);
static const struct schema summary_schema = SCHEMA("summary", summary_fields);
static const struct schema *const schemas[] = { &event_schema, &site_schema, NULL };

/* --- what was asked: specs and the sites that they mean --------------------------------------- */

struct request {
	const char *text;
	struct kvet_kprobe_spec spec;
	struct kvet_kprobe_sites sites;
};

struct plan {
	struct kvet_ksyms *table;
	struct request *requests;
	size_t count;
	/* All sites in one row, with the request of each: what the session is opened with. */
	const struct kvet_kprobe_site **sites;
	const struct request **owners;
	size_t site_count;
};

static void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		kvet_kprobe_sites_deinit(&plan->requests[i].sites);
	free(plan->requests);
	free(plan->sites);
	free(plan->owners);
	kvet_ksyms_free(plan->table);
}

static enum status parse_specs(struct context *context, struct plan *plan, const char *const *texts,
			       size_t count)
{
	plan->requests = calloc(count, sizeof(*plan->requests));
	if (!plan->requests)
		return context_failure(context, ENOMEM, "malloc");
	plan->count = count;
	for (size_t i = 0; i < count; i++) {
		struct kvet_error err;

		plan->requests[i].text = texts[i];
		if (kvet_kprobe_spec_parse(texts[i], &plan->requests[i].spec, &err))
			return context_usage(context, "probe point %s; %s", err.cause.evidence,
					     err.cause.remedy);
	}
	return STATUS_YES;
}

static void put_site(struct context *context, size_t number, const char *spec,
		     const struct kvet_kprobe_site *site, const struct kvet_trace_site *state,
		     const struct kvet_cause *cause)
{
	bool attached = state && state->verdict == KVET_YES;
	struct value values[SITE_COUNT] = {
		[NUMBER] = value_integer((int64_t)number),
		[SPEC] = value_string(spec),
		[ATTACHED] = value_boolean(attached),
		[CAUSE] = value_string(cause ? cause->evidence : NULL),
	};

	if (site) {
		values[SITE_SYMBOL] = value_string(site->symbol);
		values[SITE_OFFSET] = value_integer((int64_t)site->offset);
		values[SITE_ADDRESS] = value_address(site->address);
		values[MODULE] = value_string(site->module);
	}
	if (attached) {
		values[HITS] = value_integer((int64_t)state->hits);
		values[LOST] = value_integer((int64_t)state->lost);
	}
	output_record(context->output, &site_schema, values);
}

/* Several addresses, and nobody said which: a table to choose from, and a no. */
static enum status refuse_ambiguous(struct context *context, const struct request *request,
				    size_t *number)
{
	struct kvet_cause cause = { .source = "kallsyms" };

	snprintf(cause.evidence, sizeof(cause.evidence), "'%s' is ambiguous: %zu addresses",
		 request->text, request->sites.count);
	snprintf(cause.remedy, sizeof(cause.remedy),
		 "--all for every one of them, or the address (0x...) of the one you mean");
	for (size_t i = 0; i < request->sites.count; i++)
		put_site(context, ++*number, request->text, &request->sites.items[i], NULL, &cause);
	context_error(context, &cause);
	return STATUS_NO;
}

static enum status refuse_site(struct context *context, const char *spec, size_t *number,
			       const struct kvet_kprobe_site *site, enum kvet_verdict verdict,
			       const struct kvet_cause *cause)
{
	put_site(context, ++*number, spec, site, NULL, cause);
	context_error(context, cause);
	return status_of_verdict(verdict);
}

static enum status resolve_one(struct context *context, const struct args *args, struct plan *plan,
			       struct request *request, size_t *number)
{
	struct kvet_error err;
	enum status status = STATUS_YES;
	struct kvet_kprobe_sites *sites = &request->sites;
	size_t good = 0;

	if (kvet_kprobe_resolve(plan->table, &request->spec, sites, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	if (sites->verdict == KVET_UNDETERMINED)
		kvet_ksyms_hidden_cause(&context->host, NULL, &sites->cause);
	if (sites->verdict != KVET_YES)
		return refuse_site(context, request->text, number, NULL, sites->verdict,
				   &sites->cause);
	if (sites->count > 1 && !args->all)
		return refuse_ambiguous(context, request, number);
	for (size_t i = 0; i < sites->count; i++)
		good += sites->items[i].verdict == KVET_YES;
	/* Some instances may be too short for the offset: the others still count. */
	for (size_t i = 0; i < sites->count; i++) {
		const struct kvet_kprobe_site *site = &sites->items[i];

		if (site->verdict != KVET_YES && !good)
			status = status_worst(status,
					      refuse_site(context, request->text, number, site,
							  site->verdict, &site->cause));
	}
	plan->site_count += sites->count;
	return status;
}

static enum status resolve(struct context *context, const struct args *args, struct plan *plan)
{
	struct kvet_error err;
	enum status status = STATUS_YES;
	size_t number = 0, n = 0;

	if (kvet_ksyms_load(&plan->table, &context->host, NULL, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < plan->count; i++)
		status = status_worst(
			status, resolve_one(context, args, plan, &plan->requests[i], &number));
	if (status != STATUS_YES)
		return status;
	plan->sites = calloc(plan->site_count, sizeof(*plan->sites));
	plan->owners = calloc(plan->site_count, sizeof(*plan->owners));
	if (!plan->sites || !plan->owners)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < plan->count; i++) {
		for (size_t k = 0; k < plan->requests[i].sites.count; k++) {
			plan->sites[n] = &plan->requests[i].sites.items[k];
			plan->owners[n++] = &plan->requests[i];
		}
	}
	return STATUS_YES;
}

/* --- the session -------------------------------------------------------------------------------
 */

struct show {
	struct context *context;
	const struct plan *plan;
	uint64_t events, limit; /* limit 0: none */
	uint64_t discarded;
	struct timespec deadline; /* CLOCK_MONOTONIC; tv_sec 0: none */
};

static int64_t ms_left(const struct timespec *deadline)
{
	struct timespec now;
	int64_t ms;

	if (!deadline->tv_sec)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (deadline->tv_sec - now.tv_sec) * 1000 +
	     (deadline->tv_nsec - now.tv_nsec + 999999) / 1000000;
	return ms > 0 ? ms : 0;
}

static bool is_over(const struct show *show)
{
	return context_stopped(show->context) || output_failure(show->context->output) ||
	       (show->limit && show->events >= show->limit) || ms_left(&show->deadline) == 0;
}

static int show_event(void *opaque, const struct kvet_trace_event *event)
{
	struct show *show = opaque;
	const struct kvet_kprobe_site *site = show->plan->sites[event->site];
	const struct value values[EVENT_COUNT] = {
		[BOOT] = value_time(event->boot_ns),
		[MONO] = value_time(event->mono_ns),
		[CPU] = value_integer(event->cpu),
		[PID] = value_integer(event->pid),
		[TID] = value_integer(event->tid),
		[COMM] = value_string(event->comm),
		[SYMBOL] = value_string(site->symbol),
		[OFFSET] = value_integer((int64_t)site->offset),
		[ADDRESS] = value_address(site->address),
		[IP] = value_address(event->ip),
	};

	if (show->limit && show->events >= show->limit) {
		show->discarded++;
		return 0;
	}
	output_record(show->context->output, &event_schema, values);
	show->events++;
	return is_over(show) ? -ECANCELED : 0;
}

/* After the session has stopped, what is left is delivered to the end. */
static int show_rest(void *opaque, const struct kvet_trace_event *event)
{
	show_event(opaque, event);
	return 0;
}

static enum status follow(struct show *show, struct kvet_trace *trace)
{
	struct pollfd fds[] = { { .fd = kvet_trace_fd(trace), .events = POLLIN },
				{ .fd = show->context->stop_fd, .events = POLLIN } };
	struct kvet_error err;

	while (!is_over(show)) {
		int64_t ms = ms_left(&show->deadline);

		if (poll(fds, 2, ms > INT32_MAX ? INT32_MAX : (int)ms) < 0 && errno != EINTR)
			return context_failure(show->context, errno, "poll");
		if (kvet_trace_poll(trace, show_event, show, &err)) {
			context_error(show->context, &err.cause);
			return STATUS_ERROR;
		}
	}
	return STATUS_YES;
}

static void put_summary(struct context *context, uint64_t events, uint64_t lost, uint64_t discarded)
{
	const struct value summary[SUMMARY_COUNT] = {
		[EVENTS] = value_integer((int64_t)events),
		[SUMMARY_LOST] = value_integer((int64_t)lost),
		[DISCARDED] = value_integer((int64_t)discarded),
	};

	output_summary(context->output, &summary_schema, summary);
}

/* How each site ended: its hits, or why it had none. */
static enum status report(struct show *show, struct kvet_trace *trace, uint64_t *lost)
{
	enum status status = STATUS_YES;
	struct kvet_trace_site site;
	struct kvet_error err;

	*lost = 0;
	for (size_t i = 0; i < show->plan->site_count; i++) {
		if (kvet_trace_site_read(trace, i, &site, &err)) {
			context_error(show->context, &err.cause);
			status = STATUS_ERROR;
			continue;
		}
		*lost += site.lost;
		put_site(show->context, i + 1, show->plan->owners[i]->text, show->plan->sites[i],
			 &site, site.verdict == KVET_YES ? NULL : &site.cause);
		status = status_worst(status, status_of_verdict(site.verdict));
	}
	return status;
}

/* Says which sites could not be armed, and returns how many could. */
static size_t count_armed(struct context *context, const struct plan *plan,
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

static void set_deadline(struct show *show, const struct args *args)
{
	if (!args->duration.given)
		return;
	clock_gettime(CLOCK_MONOTONIC, &show->deadline);
	show->deadline.tv_sec += (time_t)(args->duration.value / 1000000000);
	show->deadline.tv_nsec += (long)(args->duration.value % 1000000000);
	if (show->deadline.tv_nsec >= 1000000000) {
		show->deadline.tv_nsec -= 1000000000;
		show->deadline.tv_sec++;
	}
}

static enum status run_session(struct context *context, const struct args *args,
			       const struct plan *plan, struct kvet_trace *trace)
{
	struct show show = { .context = context, .plan = plan, .limit = args->count.value };
	size_t armed = count_armed(context, plan, trace);
	enum status status = STATUS_YES;
	struct kvet_error err;
	uint64_t lost;

	if (armed) {
		kvet_trace_start(trace);
		set_deadline(&show, args);
		context_note(context, "tracing %zu of %zu sites%s", armed, plan->site_count,
			     args->duration.given || args->count.given ? "" : "; Ctrl-C ends");
		status = follow(&show, trace);
	}
	if (kvet_trace_stop(trace, show_rest, &show, &err)) {
		context_error(context, &err.cause);
		status = STATUS_ERROR;
	}
	status = status_worst(status, report(&show, trace, &lost));
	if (lost)
		context_note(context, "%llu events lost: the ring buffer was full",
			     (unsigned long long)lost);
	put_summary(context, show.events, lost, show.discarded);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	struct kvet_trace *trace = NULL;
	struct plan plan = { 0 };
	struct kvet_error err;
	enum status status;

	if (args->count.given && !args->count.value)
		return context_usage(context, "--count wants at least 1");
	if (args->duration.given && !args->duration.value)
		return context_usage(context, "--duration wants more than 0");
	/* Another machine's addresses must not be armed in this kernel. */
	if (context->host.sysroot)
		return context_usage(context, "trace arms this kernel: --sysroot does not apply");
	output_live(context->output);
	status = parse_specs(context, &plan, operands, count);
	if (status == STATUS_YES) {
		put_summary(context, 0, 0, 0); /* holds unless tracing begins */
		status = resolve(context, args, &plan);
	}
	if (status == STATUS_YES) {
		int ret = kvet_trace_open(&trace, &context->host, plan.sites, plan.site_count, NULL,
					  &err);

		if (ret) {
			for (size_t i = 0; i < plan.site_count; i++)
				put_site(context, i + 1, plan.owners[i]->text, plan.sites[i], NULL,
					 &err.cause);
			context_error(context, &err.cause);
			status = STATUS_UNDETERMINED;
		} else {
			status = run_session(context, args, &plan, trace);
		}
	}
	kvet_trace_close(trace);
	plan_free(&plan);
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
	.summary_schema = &summary_schema,
	.live = true,
	.args_size = sizeof(struct args),
	.run = run,
};
