/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The summary of `trace`: what became of all hits and calls. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "records.h"

enum {
	EVENTS,
	SUMMARY_FILTERED,
	SUMMARY_OWN,
	SUMMARY_UNREAD,
	SUMMARY_LIMITED,
	SUMMARY_LOST,
	DISCARDED,
	SUMMARY_MISSED,
	SUMMARY_ENTERED,
	SUMMARY_RETURNED,
	SUMMARY_INSIDE,
	SUMMARY_UNRETURNED,
	SUMMARY_UNPLACED,
	OTHERS,
	FALLBACK,
	COMMAND_STATUS,
	COMMAND_SIGNAL,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[EVENTS] = { "events", FIELD_INTEGER, "events that were shown, or only counted", 0 },
	[SUMMARY_FILTERED] = { "filtered", FIELD_INTEGER, "hits that a filter turned away",
			       FIELD_SPARSE },
	[SUMMARY_OWN] = { "own", FIELD_INTEGER,
			  "hits that kvet caused itself, included in filtered", FIELD_SPARSE },
	[SUMMARY_UNREAD] = { "unread", FIELD_INTEGER,
			     "hits where what a condition asks was not read, included in filtered",
			     FIELD_SPARSE },
	[SUMMARY_LIMITED] = { "limited", FIELD_INTEGER, "hits that --sample or --rate turned away",
			      FIELD_SPARSE },
	[SUMMARY_LOST] = { "lost", FIELD_INTEGER, "hits that the ring buffer had no room for", 0 },
	[DISCARDED] = { "discarded", FIELD_INTEGER, "events after --count, not shown", 0 },
	[SUMMARY_MISSED] = { "missed", FIELD_INTEGER,
			     "not hits: times the kernel skipped the program; absent if unknown",
			     FIELD_SPARSE },
	[SUMMARY_ENTERED] = { "entered", FIELD_INTEGER,
			      "calls that began during the trace, with --return", FIELD_SPARSE },
	[SUMMARY_RETURNED] = { "returned", FIELD_INTEGER,
			       "of these calls, those that were seen to return", FIELD_SPARSE },
	[SUMMARY_INSIDE] = { "inside", FIELD_INTEGER,
			     "those that were under way when tracing ended", FIELD_SPARSE },
	[SUMMARY_UNRETURNED] = { "unreturned", FIELD_INTEGER,
				 "those that ended, but were not seen to return", FIELD_SPARSE },
	[SUMMARY_UNPLACED] = { "unplaced", FIELD_INTEGER,
			       "those that may be under way or may have ended", FIELD_SPARSE },
	[OTHERS] = { "others", FIELD_INTEGER, "hits that are not in the rows of --top",
		     FIELD_SPARSE },
	[FALLBACK] = { "fallback", FIELD_STRING, "why auto did not use the kprobe PMU",
		       FIELD_SPARSE },
	[COMMAND_STATUS] = { "command_status", FIELD_INTEGER,
			     "exit status of the command, if it ended by itself", FIELD_SPARSE },
	[COMMAND_SIGNAL] = { "command_signal", FIELD_STRING, "signal that ended the command",
			     FIELD_SPARSE },
};

const struct schema trace_summary_schema = SCHEMA("summary", summary_fields);

void trace_totals_add(struct trace_totals *totals, const struct kvet_trace_site *site,
		      bool only_counted)
{
	totals->filtered += site->filtered;
	totals->own += site->own;
	totals->unread += site->unread;
	totals->limited += site->limited;
	totals->lost += site->lost;
	totals->missed += site->has_missed ? site->missed : 0;
	totals->has_missed = totals->has_missed || site->has_missed;
	totals->events += only_counted ? site->counted : 0;
	totals->entered += site->entered;
	totals->returned += site->returned;
	totals->inside += site->inside;
	totals->unreturned += site->unreturned;
	totals->unplaced += site->unplaced;
}

void trace_expect_no_events(struct context *context)
{
	const uint64_t counts =
		UINT64_C(1) << EVENTS | UINT64_C(1) << SUMMARY_LOST | UINT64_C(1) << DISCARDED;

	output_expect(context->output, &trace_summary_schema, 0, counts);
}

void trace_put_summary(struct context *context, const struct trace_totals *totals)
{
	struct value summary[SUMMARY_COUNT] = {
		[EVENTS] = value_integer((int64_t)totals->events),
		[SUMMARY_FILTERED] = value_integer((int64_t)totals->filtered),
		[SUMMARY_OWN] = value_integer((int64_t)totals->own),
		[SUMMARY_UNREAD] = value_integer((int64_t)totals->unread),
		[SUMMARY_LIMITED] = value_integer((int64_t)totals->limited),
		[SUMMARY_LOST] = value_integer((int64_t)totals->lost),
		[DISCARDED] = value_integer((int64_t)totals->discarded),
		[OTHERS] = value_integer((int64_t)totals->others),
	};

	if (totals->has_missed)
		summary[SUMMARY_MISSED] = value_integer((int64_t)totals->missed);
	if (totals->returns) {
		summary[SUMMARY_ENTERED] = value_integer((int64_t)totals->entered);
		summary[SUMMARY_RETURNED] = value_integer((int64_t)totals->returned);
		summary[SUMMARY_INSIDE] = value_integer((int64_t)totals->inside);
		summary[SUMMARY_UNRETURNED] = value_integer((int64_t)totals->unreturned);
		summary[SUMMARY_UNPLACED] = value_integer((int64_t)totals->unplaced);
	}
	if (totals->command.signal)
		summary[COMMAND_SIGNAL] = value_string(sigabbrev_np(totals->command.signal));
	else if (totals->command.ended)
		summary[COMMAND_STATUS] = value_integer(totals->command.status);
	if (*totals->fallback)
		summary[FALLBACK] = value_string(totals->fallback);
	output_summary(context->output, &trace_summary_schema, summary);
}

/* The largest size that --buffer takes does not need the advice. */
static void say_lost(struct context *context, const struct trace_totals *totals)
{
	const char *plural = totals->lost == 1 ? "" : "s";

	if (!totals->lost)
		return;
	if (!totals->buffer)
		context_note(context, "%" PRIu64 " hit%s lost: the map of --top was full",
			     totals->lost, plural);
	else if (totals->buffer < KVET_TRACE_BUFFER_MOST)
		context_note(context,
			     "%" PRIu64 " event%s lost: the ring buffer of %" PRIu64
			     "K was full; try: --buffer %" PRIu64 "K",
			     totals->lost, plural, totals->buffer / 1024,
			     totals->buffer / 1024 * 4 < KVET_TRACE_BUFFER_MOST / 1024
				     ? totals->buffer / 1024 * 4
				     : KVET_TRACE_BUFFER_MOST / 1024);
	else
		context_note(context, "%" PRIu64 " event%s lost: the ring buffer was full",
			     totals->lost, plural);
}

enum status trace_totals_judge(struct context *context, const struct trace_totals *totals,
			       bool fail_on_loss)
{
	enum status status = STATUS_YES;

	if (totals->dead) {
		context_note(context,
			     "%zu site%s armed and could no longer fire when tracing ended: "
			     "see %s",
			     totals->dead, totals->dead == 1 ? " was" : "s were",
			     totals->dead == 1 ? "its cause" : "their causes");
		status = status_worst(status, STATUS_UNDETERMINED);
	}
	say_lost(context, totals);
	if (totals->unread)
		context_note(context,
			     "%" PRIu64 " hit%s filtered because what a condition asks could not "
			     "be read",
			     totals->unread, totals->unread == 1 ? " was" : "s were");
	if (totals->missed)
		context_note(context,
			     "the kernel missed %" PRIu64
			     " time%s: another probe or BPF program was running",
			     totals->missed, totals->missed == 1 ? "" : "s");
	if (totals->unreturned)
		context_note(context,
			     "%" PRIu64 " of %" PRIu64
			     " calls ended without a return being seen: the kernel follows only as "
			     "many at a time as the function has slots, or the thread ended inside "
			     "the call; --maxactive adds slots",
			     totals->unreturned, totals->entered);
	if (totals->unplaced)
		context_note(context,
			     "%" PRIu64 " of %" PRIu64
			     " calls are still running, or ended without a return being seen: the "
			     "kernel does not tell which",
			     totals->unplaced, totals->entered);
	if (totals->tree_lost)
		context_note(context,
			     "%" PRIu64 " task%s of the command not followed: too many at a time",
			     totals->tree_lost, totals->tree_lost == 1 ? " was" : "s were");
	if (totals->untold && fail_on_loss)
		context_note(context,
			     "the kernel does not tell how often it skipped the program at %zu "
			     "site%s: hits may have been missed",
			     totals->untold, totals->untold == 1 ? "" : "s");
	if ((totals->lost || totals->unread || totals->missed || totals->unreturned ||
	     totals->unplaced || totals->untold || totals->tree_lost) &&
	    fail_on_loss)
		status = status_worst(status, STATUS_UNDETERMINED);
	return status;
}

enum status trace_totals_judge_command(struct context *context, const char *name,
				       const struct trace_totals *totals, bool cut)
{
	const struct child_fate *fate = &totals->command;
	const char *why = cut ? ", sent because tracing ended" : "";

	if (fate->errnum) {
		char source[64];

		snprintf(source, sizeof(source), "execve(%s)", name);
		return context_failure(context, fate->errnum, source);
	}
	if (!fate->ended)
		context_note(context, "'%s' still runs: it was sent SIGTERM", name);
	else if (fate->signal)
		context_note(context, "'%s' was ended by SIG%s%s", name, sigabbrev_np(fate->signal),
			     fate->signal == SIGTERM ? why : "");
	else
		context_note(context, "'%s' ended with status %d", name, fate->status);
	return STATUS_YES;
}
