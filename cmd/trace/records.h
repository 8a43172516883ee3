/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of `trace`: events, sites, buckets of durations, the summary. */
#ifndef CMD_TRACE_RECORDS_H
#define CMD_TRACE_RECORDS_H

#include <kvet/trace.h>

#include "child.h"
#include "command.h"
#include "stacks.h"
#include "values.h"

/* With --interval, of records of counts. */
#define TRACE_INTERVAL_FIELD                                                             \
	{                                                                                \
		"interval", FIELD_INTEGER, "number of the interval; absent: the totals", \
			FIELD_SPARSE                                                     \
	}

static inline struct value trace_value_count(uint64_t count)
{
	return value_integer((int64_t)count);
}

static inline struct value trace_value_interval(uint64_t interval)
{
	return interval ? trace_value_count(interval) : value_absent();
}

/* The schema of events. Text shows the columns that the options ask for; JSON always has all
 * keys. */
extern const struct schema trace_event_schema;
extern const struct schema trace_site_schema;
extern const struct schema trace_bucket_schema;
extern const struct schema trace_group_schema;
extern const struct schema trace_rank_schema;
extern const struct schema trace_folded_schema;
extern const struct schema trace_summary_schema;

/* An event, with what is known of its site. */
struct trace_event_row {
	const struct kvet_trace_event *event;
	const struct kvet_kprobe_site *site;
	bool has_wall;
	uint64_t wall_ns;
	bool returns;
	/* The type of the returned value; NULL: not known. */
	const struct kvet_kprobe_value *value;
	const struct trace_values *args;      /* NULL: not known, or not wanted */
	const struct trace_values *registers; /* NULL: not wanted */
	const struct named_value *prints;     /* NULL: not known, or not wanted */
	size_t print_count;
	const char *cause; /* why one of these is not known; NULL or "": it is */
	const struct trace_stack_words *stack;      /* NULL: not wanted */
	const struct trace_stack_words *user_stack; /* NULL: not wanted */
};

/* What is known of the records in advance, for text. */
struct trace_expectation {
	bool returns, args, regs, stack, user_stack; /* events have them */
	bool prints;
	bool unarmed;   /* nothing will be armed */
	bool intervals; /* counts come for each interval */
};

void trace_expect(struct context *context, const struct trace_expectation *expectation);

void trace_put_event(struct context *context, const struct trace_event_row *row);

/* A site, and what is known of it. */
struct trace_site_row {
	uint64_t interval; /* 0: the counters are the totals */
	size_t number;
	const char *spec;
	const struct kvet_kprobe_site *site; /* NULL: the SPEC has no site */
	const struct kvet_trace_site *state; /* the result of tracing; NULL: not traced */
	const enum kvet_verdict *attachable; /* the kernel's answer; NULL: it was not asked */
	enum kvet_kprobe_backend backend;    /* the one that would be used; auto: not known */
	const struct kvet_cause
		*cause;  /* why it is not armed, or would not be; NULL: it is, or would be */
	bool neighbours; /* show the adjacent symbols, to tell it from others with its name */
	bool returns;    /* it was traced at its return, and has counts of calls */
};

/* Writes the record, with all names that the table has for the site. */
void trace_put_site(struct context *context, const struct kvet_ksyms *table,
		    const struct trace_site_row *row);

/* Writes a record for each bucket of a site's durations, of one interval or (0) of all. */
void trace_put_buckets(struct context *context, uint64_t interval, size_t number,
		       const struct kvet_kprobe_site *site, const uint64_t slots[KVET_TRACE_SLOTS]);

/* Writes the record of a group of events in tracefs; failure: why it could not be removed; NULL: it
 * was removed, or its process is alive. */
void trace_put_group(struct context *context, const char *group, uint32_t pid, bool alive,
		     size_t events, const struct kvet_cause *failure);

/* One task's or stack's hits at a site. */
struct trace_rank_row {
	uint64_t interval; /* 0: of all */
	size_t number;     /* counts from 1 */
	const struct kvet_trace_rank *rank;
	const struct kvet_kprobe_site *site;
	const struct trace_stack_words *stack, *user_stack; /* NULL: not known, or not wanted */
};

void trace_put_rank(struct context *context, const struct trace_rank_row *row);

/* Ranks come for each interval. */
void trace_expect_ranks(struct context *context);

/* Writes a line of --folded: a stack, as trace_stacks_fold() writes it, and its hits. */
void trace_put_folded(struct context *context, uint64_t interval, const char *stack, uint64_t hits);

/* What became of the hits at all sites. */
struct trace_totals {
	uint64_t events; /* shown; or counted, if none are shown */
	uint64_t filtered;
	uint64_t own;    /* kvet's own, included in filtered */
	uint64_t unread; /* what a condition asks was not read, included in filtered */
	uint64_t limited;
	uint64_t lost;
	uint64_t buffer;    /* bytes of the ring buffer; 0: none */
	uint64_t discarded; /* after --count events */
	uint64_t missed;    /* hits that the kernel did not pass to a program */
	bool has_missed;
	size_t untold; /* sites for which the kernel does not count missed hits */
	size_t dead;   /* sites whose probes could no longer fire at the end */
	bool returns;  /* the next five are known: calls that began during the trace */
	uint64_t entered, returned, inside, unreturned, unplaced;
	struct child_fate command;                /* of the command after "--" */
	uint64_t tree_lost;                       /* tasks of the command that were not followed */
	uint64_t others;                          /* hits that are not in the rows of --top */
	char fallback[sizeof(struct kvet_cause)]; /* why another back end was used; "": none was */
};
/* Adds one site's counters; only_counted: counted hits are events, though none are shown. */
void trace_totals_add(struct trace_totals *totals, const struct kvet_trace_site *site,
		      bool only_counted);

/* Reports hits that were lost or missed, and sites that are dead; returns the status if it would be
 * yes otherwise. */
enum status trace_totals_judge(struct context *context, const struct trace_totals *totals,
			       bool fail_on_loss);

/* Reports how the command ended; cut: because the trace did. Returns the status if it could not be
 * run. */
enum status trace_totals_judge_command(struct context *context, const char *name,
				       const struct trace_totals *totals, bool cut);

/* Nothing is traced: the summary leaves out "events: 0". */
void trace_expect_no_events(struct context *context);
void trace_put_summary(struct context *context, const struct trace_totals *totals);

#endif
