/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <kvet/clock.h>

#include "records.h"

/* There may be a dozen boundary symbols of the linker at one address. */
#define ALIASES_MOST 32

enum {
	BOOT,
	MONO,
	WALL_NS,
	WALL,
	CPU,
	PID,
	TID,
	UID,
	CGROUP,
	COMM,
	SYMBOL,
	OFFSET,
	ADDRESS,
	IP,
	VALUE,
	ERROR,
	DURATION,
	ARGS,
	PRINTS,
	REGS,
	STACK,
	USER_STACK,
	EVENT_CAUSE,
	EVENT_COUNT
};

static const struct field event_fields[] = {
	[BOOT] = { "boot_ns", FIELD_TIME, "CLOCK_BOOTTIME of the hit", 0 },
	[MONO] = { "mono_ns", FIELD_TIME, "CLOCK_MONOTONIC of the hit", FIELD_ASIDE },
	[WALL_NS] = { "wall_ns", FIELD_TIME, "CLOCK_REALTIME of the hit; absent if not known",
		      FIELD_DETAIL },
	[WALL] = { "wall", FIELD_STRING, "CLOCK_REALTIME of the hit as date and time, UTC",
		   FIELD_DETAIL },
	[CPU] = { "cpu", FIELD_INTEGER, "CPU of the hit", FIELD_LEAVES(2) },
	[PID] = { "pid", FIELD_INTEGER, "process (thread group)", FIELD_SHORT },
	[TID] = { "tid", FIELD_INTEGER, "thread", FIELD_ASIDE },
	[UID] = { "uid", FIELD_INTEGER, "user", FIELD_DETAIL },
	[CGROUP] = { "cgroup", FIELD_INTEGER, "cgroup of the task, as the inode of its directory",
		     FIELD_DETAIL },
	[COMM] = { "comm", FIELD_STRING, "task name", FIELD_LEAVES(1) },
	[SYMBOL] = { "symbol", FIELD_STRING, "symbol of the site", 0 },
	[OFFSET] = { "offset", FIELD_INTEGER, "offset of the site in its symbol",
		     FIELD_HEX | FIELD_LEAVES(3) },
	[ADDRESS] = { "address", FIELD_ADDRESS, "address of the site", FIELD_ASIDE },
	[IP] = { "ip", FIELD_ADDRESS, "instruction pointer that the handler saw", FIELD_ASIDE },
	[VALUE] = { "value", FIELD_INTEGER, "value that the function returned, with --return",
		    FIELD_SPARSE },
	[ERROR] = { "error", FIELD_STRING, "errno that the value is the negative of",
		    FIELD_SPARSE | FIELD_SHORT },
	[DURATION] = { "duration_ns", FIELD_DURATION,
		       "time since the entry; absent if the entry was not seen", FIELD_SPARSE },
	[ARGS] = { "args", FIELD_MAP, "arguments at the entry, by name, with --args",
		   FIELD_SPARSE },
	[PRINTS] = { "prints", FIELD_MAP, "values of --print, by name or EXPR", FIELD_SPARSE },
	[REGS] = { "regs", FIELD_MAP, "registers by name, with --regs", FIELD_SPARSE },
	[STACK] = { "stack", FIELD_LIST, "kernel stack, innermost first, with --stack",
		    FIELD_SPARSE },
	[USER_STACK] = { "user_stack", FIELD_LIST,
			 "process's stack, innermost first, with --user-stack", FIELD_SPARSE },
	[EVENT_CAUSE] = { "cause", FIELD_STRING,
			  "why arguments, or a value of --print, are not known", FIELD_SPARSE },
};

enum {
	INTERVAL,
	NUMBER,
	SPEC,
	SITE_SYMBOL,
	SITE_OFFSET,
	SITE_ADDRESS,
	RELATIVE,
	MODULE,
	ALIASES,
	BEFORE,
	AFTER,
	ATTACHABLE,
	ATTACHED,
	ARMED,
	HOW,
	HITS,
	ENTERED,
	RETURNED,
	INSIDE,
	UNRETURNED,
	UNPLACED,
	COUNTED,
	FILTERED,
	UNREAD,
	LIMITED,
	LOST,
	MISSED,
	BACKEND,
	CAUSE,
	SITE_COUNT
};

static const struct field site_fields[] = {
	[INTERVAL] = TRACE_INTERVAL_FIELD,
	[NUMBER] = { "number", FIELD_INTEGER, "number of the site, counted from 1",
		     FIELD_LEAVES(1) },
	[SPEC] = { "spec", FIELD_STRING, "SPEC that the site comes from", FIELD_LEAVES(5) },
	[SITE_SYMBOL] = { "symbol", FIELD_STRING, "symbol at the site; absent if none was found",
			  0 },
	[SITE_OFFSET] = { "offset", FIELD_INTEGER, "offset of the site in its symbol",
			  FIELD_HEX | FIELD_LEAVES(2) },
	[SITE_ADDRESS] = { "address", FIELD_ADDRESS, "address of the probe", 0 },
	[RELATIVE] = { "relative", FIELD_INTEGER, "distance from _text, the same at every boot",
		       FIELD_DETAIL },
	[MODULE] = { "module", FIELD_STRING, "module of the symbol; absent for the kernel proper",
		     FIELD_LEAVES(4) },
	[ALIASES] = { "aliases", FIELD_LIST, "other names at the symbol's address",
		      FIELD_SPARSE | FIELD_LEAVES(6) },
	[BEFORE] = { "before", FIELD_STRING, "symbol before it, if several have its name",
		     FIELD_SPARSE | FIELD_LEAVES(1) },
	[AFTER] = { "after", FIELD_STRING, "symbol after it, if several have its name",
		    FIELD_SPARSE | FIELD_LEAVES(1) },
	[ATTACHABLE] = { "attachable", FIELD_STRING,
			 "yes, no or undetermined: does the kernel accept a probe?",
			 FIELD_SPARSE | FIELD_VERDICT },
	[ATTACHED] = { "attached", FIELD_BOOLEAN, "whether the probe was armed", FIELD_VERDICT },
	[ARMED] = { "armed", FIELD_ADDRESS, "where the probe really was; absent if not known",
		    FIELD_SPARSE | FIELD_LEAVES(4) },
	[HOW] = { "how", FIELD_STRING,
		  "how it was called: ftrace, jump or breakpoint; or disabled, gone",
		  FIELD_SPARSE | FIELD_LEAVES(3) },
	[HITS] = { "hits", FIELD_INTEGER, "number of hits; absent if not armed", FIELD_SPARSE },
	[ENTERED] = { "entered", FIELD_INTEGER, "calls that began during the trace, with --return",
		      FIELD_SPARSE | FIELD_LEAVES(2) },
	[RETURNED] = { "returned", FIELD_INTEGER, "of these calls, those that were seen to return",
		       FIELD_SPARSE | FIELD_LEAVES(2) },
	[INSIDE] = { "inside", FIELD_INTEGER, "those that were under way when tracing ended",
		     FIELD_SPARSE | FIELD_LEAVES(3) },
	[UNRETURNED] = { "unreturned", FIELD_INTEGER,
			 "those that ended, but were not seen to return", FIELD_SPARSE },
	[UNPLACED] = { "unplaced", FIELD_INTEGER, "those that may be under way or may have ended",
		       FIELD_DETAIL },
	[COUNTED] = { "counted", FIELD_INTEGER, "hits that became events, or were only counted",
		      FIELD_DETAIL },
	[FILTERED] = { "filtered", FIELD_INTEGER, "hits that a filter turned away", FIELD_DETAIL },
	[UNREAD] = { "unread", FIELD_INTEGER,
		     "of those filtered, hits where what a condition asks was not read",
		     FIELD_DETAIL },
	[LIMITED] = { "limited", FIELD_INTEGER, "hits that --sample or --rate turned away",
		      FIELD_DETAIL },
	[LOST] = { "lost", FIELD_INTEGER, "hits that the ring buffer had no room for",
		   FIELD_DETAIL },
	[MISSED] = { "missed", FIELD_INTEGER,
		     "not hits: times the kernel skipped the program; absent if unknown",
		     FIELD_DETAIL },
	[BACKEND] = { "backend", FIELD_STRING,
		      "what armed it, or would: pmu, tracefs, multi or fentry", FIELD_DETAIL },
	[CAUSE] = { "cause", FIELD_STRING, "why it was not armed, or cannot be", FIELD_REASON },
};

enum {
	BUCKET_INTERVAL,
	BUCKET_NUMBER,
	BUCKET_SYMBOL,
	FROM,
	TO,
	CALLS,
	BAR,
	BUCKET_COUNT
};

static const struct field bucket_fields[] = {
	[BUCKET_INTERVAL] = TRACE_INTERVAL_FIELD,
	[BUCKET_NUMBER] = { "number", FIELD_INTEGER, "number of the site", FIELD_LEAVES(1) },
	[BUCKET_SYMBOL] = { "symbol", FIELD_STRING, "symbol of the site", 0 },
	[FROM] = { "from_ns", FIELD_DURATION, "the shortest duration in the bucket", 0 },
	[TO] = { "to_ns", FIELD_DURATION, "upper limit of the durations in the bucket", 0 },
	[CALLS] = { "calls", FIELD_INTEGER, "calls that took this long", 0 },
	[BAR] = { "bar", FIELD_STRING, "the calls as a bar, compared to the largest bucket", 0 },
};

const struct schema trace_event_schema = SCHEMA("event", event_fields);
const struct schema trace_site_schema = SCHEMA_FLAGGED("site", site_fields, SCHEMA_AT_END);
const struct schema trace_bucket_schema = SCHEMA_FLAGGED("bucket", bucket_fields, SCHEMA_AT_END);

#define BIT(field) (UINT64_C(1) << (field))

void trace_expect(struct context *context, const struct trace_expectation *expectation)
{
	uint64_t will = 0;

	if (expectation->returns)
		will |= BIT(VALUE) | BIT(ERROR) | BIT(DURATION);
	if (expectation->args)
		will |= BIT(ARGS);
	if (expectation->prints)
		will |= BIT(PRINTS);
	if (expectation->regs)
		will |= BIT(REGS);
	if (expectation->stack)
		will |= BIT(STACK);
	if (expectation->user_stack)
		will |= BIT(USER_STACK);
	output_expect(context->output, &trace_event_schema, will, 0);
	if (expectation->intervals) {
		output_expect(context->output, &trace_site_schema, BIT(INTERVAL), 0);
		output_expect(context->output, &trace_bucket_schema, BIT(BUCKET_INTERVAL), 0);
		trace_expect_ranks(context);
	}
	if (!expectation->unarmed)
		return;
	output_expect(context->output, &trace_site_schema, BIT(ATTACHABLE), BIT(ATTACHED));
	trace_expect_no_events(context);
}

/* The address of a site, which is not known if it waits for its module. */
static struct value value_place(const struct kvet_kprobe_site *site)
{
	return site->address ? value_address(site->address) : value_absent();
}

/* The returned value by its type; the whole register if the type is not known. */
static int64_t typed(const struct trace_event_row *row)
{
	uint64_t value = row->event->value;

	return (int64_t)(row->value ? kvet_kprobe_value_bits(row->value, value) : value);
}

static const char *errno_name(int64_t value)
{
	return value < 0 && value >= -4095 ? kvet_errno_symbol((int)-value) : NULL;
}

static const char *entry_cause(const struct trace_event_row *row)
{
	static const char *const causes[KVET_TRACE_ENTRY_COUNT] = {
		[KVET_TRACE_ENTRY_UNSEEN] = "its entry was not seen",
		[KVET_TRACE_ENTRY_NESTED] = "too many calls were nested in it",
		[KVET_TRACE_ENTRY_UNKEPT] = "too many calls with arguments were under way",
	};

	return row->returns && causes[row->event->entry] ? causes[row->event->entry] : row->cause;
}

void trace_put_event(struct context *context, const struct trace_event_row *row)
{
	const struct kvet_trace_event *event = row->event;
	char wall[KVET_CLOCK_WALL_SIZE];
	struct value values[EVENT_COUNT] = {
		[BOOT] = value_time(event->boot_ns),
		[MONO] = value_time(event->mono_ns),
		[CPU] = value_integer(event->cpu),
		[PID] = event->unnumbered ? value_absent() : value_integer(event->pid),
		[TID] = event->unnumbered ? value_absent() : value_integer(event->tid),
		[UID] = value_integer(event->uid),
		[CGROUP] = trace_value_count(event->cgroup),
		[COMM] = value_string(event->comm),
		[SYMBOL] = value_string(row->site->symbol),
		[OFFSET] = value_integer((int64_t)row->site->offset),
		[ADDRESS] = value_place(row->site),
		[IP] = value_address(event->ip),
		[EVENT_CAUSE] = value_string(entry_cause(row)),
	};

	if (row->has_wall) {
		values[WALL_NS] = value_time(row->wall_ns);
		values[WALL] = value_string(kvet_clock_wall_format(row->wall_ns, wall));
	}
	if (row->returns && !(row->value && row->value->kind == KVET_KPROBE_NOTHING)) {
		values[VALUE] = value_integer(typed(row));
		values[ERROR] = value_string(errno_name(typed(row)));
	}
	if (row->returns && event->has_duration)
		values[DURATION] = trace_value_count(event->duration_ns);
	if (row->args)
		values[ARGS] = value_map(row->args->items, row->args->count);
	if (row->prints)
		values[PRINTS] = value_map(row->prints, row->print_count);
	if (row->registers)
		values[REGS] = value_map(row->registers->items, row->registers->count);
	if (row->stack)
		values[STACK] = value_list(row->stack->items, row->stack->count);
	if (row->user_stack)
		values[USER_STACK] = value_list(row->user_stack->items, row->user_stack->count);
	output_record(context->output, &trace_event_schema, values);
}

static const char *how(const struct kvet_trace_site *state)
{
	const struct kvet_kprobe_armed *armed = &state->armed;

	return armed->gone        ? "gone"
	       : state->dead      ? "disabled"
	       : armed->ftrace    ? "ftrace"
	       : armed->optimized ? "jump"
				  : "breakpoint";
}

/* The other names of the site's symbol. */
static size_t aliases_of(const struct kvet_ksyms *table, const struct kvet_kprobe_site *site,
			 const char *names[ALIASES_MOST])
{
	struct kvet_ksyms_range range = kvet_ksyms_at(table, site->address - site->offset);
	size_t count = 0;

	for (size_t i = 0; i < range.count && count < ALIASES_MOST; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);

		if (strcmp(symbol.name, site->symbol) != 0)
			names[count++] = symbol.name;
	}
	return count;
}

static void fill_site(struct value values[SITE_COUNT], const struct kvet_ksyms *table,
		      const struct kvet_kprobe_site *site, const char *aliases[ALIASES_MOST])
{
	uint64_t start = site->address - site->offset;
	struct kvet_ksyms_range range = kvet_ksyms_at(table, start);
	struct kvet_symbol symbol = { 0 };

	/* Per-CPU symbols are at 0. */
	if (range.count && site->address)
		symbol = kvet_ksyms_row(table, range.rows[0]);
	values[SITE_SYMBOL] = value_string(site->symbol);
	values[SITE_OFFSET] = trace_value_count(site->offset);
	values[SITE_ADDRESS] = value_place(site);
	if (symbol.has_relative)
		values[RELATIVE] = value_integer(symbol.relative + (int64_t)site->offset);
	values[MODULE] = value_string(site->module);
	if (site->address)
		values[ALIASES] = value_list(aliases, aliases_of(table, site, aliases));
}

/* The function that contains address, or, if that is a prefix symbol, the next one in the same
 * direction. */
static struct value beside(const struct kvet_ksyms *table, uint64_t address, bool behind)
{
	for (int skipped = 0; skipped < 2; skipped++) {
		struct kvet_ksyms_range range = kvet_ksyms_containing(table, address);
		struct kvet_symbol symbol;

		if (!range.count)
			break;
		symbol = kvet_ksyms_row(table, range.rows[0]);
		if (!kvet_ksyms_is_prefix(table, range.rows[0]))
			return value_string(symbol.name);
		address = behind ? symbol.address + symbol.extent : symbol.address - 1;
	}
	return value_absent();
}

static void fill_state(struct value values[SITE_COUNT], const struct kvet_trace_site *state,
		       bool returns, bool interval)
{
	if (state->armed.known)
		values[ARMED] = value_address(state->armed.address);
	if (state->armed.known || state->dead)
		values[HOW] = value_string(how(state));
	values[HITS] = trace_value_count(state->hits);
	if (returns) {
		values[ENTERED] = trace_value_count(state->entered);
		values[RETURNED] = trace_value_count(state->returned);
	}
	/* Until tracing has ended, it is not known where the others are. */
	if (returns && !interval) {
		values[INSIDE] = trace_value_count(state->inside);
		values[UNRETURNED] = trace_value_count(state->unreturned);
		values[UNPLACED] = trace_value_count(state->unplaced);
	}
	values[COUNTED] = trace_value_count(state->counted);
	values[FILTERED] = trace_value_count(state->filtered);
	values[UNREAD] = trace_value_count(state->unread);
	values[LIMITED] = trace_value_count(state->limited);
	values[LOST] = trace_value_count(state->lost);
	if (state->has_missed)
		values[MISSED] = trace_value_count(state->missed);
	values[BACKEND] = value_string(kvet_kprobe_backend_name(state->backend));
}

void trace_put_site(struct context *context, const struct kvet_ksyms *table,
		    const struct trace_site_row *row)
{
	const struct kvet_kprobe_site *site = row->site;
	bool attached = row->state && row->state->verdict == KVET_YES;
	const char *aliases[ALIASES_MOST];
	struct value values[SITE_COUNT] = {
		[INTERVAL] = trace_value_interval(row->interval),
		[NUMBER] = trace_value_count(row->number),
		[SPEC] = value_string(row->spec),
		[ATTACHED] = value_boolean(attached),
		[CAUSE] = value_string(row->cause ? row->cause->evidence : NULL),
	};

	if (site)
		fill_site(values, table, site, aliases);
	if (site && row->neighbours) {
		uint64_t start = site->address - site->offset;

		values[BEFORE] = beside(table, start - 1, false);
		values[AFTER] = beside(table, start + site->extent, true);
	}
	if (row->backend != KVET_KPROBE_AUTO)
		values[BACKEND] = value_string(kvet_kprobe_backend_name(row->backend));
	if (row->attachable)
		values[ATTACHABLE] = value_string(kvet_verdict_name(*row->attachable));
	if (attached)
		fill_state(values, row->state, row->returns, row->interval);
	output_record(context->output, &trace_site_schema, values);
}

void trace_put_buckets(struct context *context, uint64_t interval, size_t number,
		       const struct kvet_kprobe_site *site, const uint64_t slots[KVET_TRACE_SLOTS])
{
	static const char full[] = "########################################";
	uint64_t most = 1;

	for (size_t i = 0; i < KVET_TRACE_SLOTS; i++)
		most = slots[i] > most ? slots[i] : most;
	for (size_t i = 0; i < KVET_TRACE_SLOTS; i++) {
		/* A bucket that is not empty has at least one mark. */
		size_t marks = (size_t)((double)slots[i] / (double)most * (sizeof(full) - 2)) + 1;
		const struct value values[BUCKET_COUNT] = {
			[BUCKET_INTERVAL] = trace_value_interval(interval),
			[BUCKET_NUMBER] = trace_value_count(number),
			[BUCKET_SYMBOL] = value_string(site->symbol),
			[FROM] = trace_value_count(i ? 1ULL << i : 0),
			/* The last bucket ends at INT64_MAX: no call takes that long. */
			[TO] = trace_value_count(i < 62 ? 2ULL << i : INT64_MAX),
			[CALLS] = trace_value_count(slots[i]),
			[BAR] = value_string(full + sizeof(full) - 1 - marks),
		};

		if (slots[i])
			output_record(context->output, &trace_bucket_schema, values);
	}
}
