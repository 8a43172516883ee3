/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of `trace`: events, sites, buckets of durations, the summary. */
#ifndef CMD_TRACE_RECORDS_H
#define CMD_TRACE_RECORDS_H

#include <kvet/trace.h>

#include "command.h"
#include "values.h"

/* Of events without and with what only returns and stacks have: the columns of text follow
 * what was asked for, JSON has all keys always. */
extern const struct schema trace_event_schema;
extern const struct schema trace_site_schema;
extern const struct schema trace_bucket_schema;
extern const struct schema trace_group_schema;
extern const struct schema trace_rank_schema;
extern const struct schema trace_summary_schema;

/* An event at a site. */
struct trace_event_row {
	const struct kvet_trace_event *event;
	const struct kvet_kprobe_site *site;
	bool has_wall;
	uint64_t wall_ns;
	bool returns;
	/* What its type makes of the value that was returned; NULL: nobody looked. */
	const struct kvet_kprobe_value *value;
	const struct trace_values *args;      /* NULL: not known, or not asked for */
	const struct trace_values *registers; /* NULL: not asked for */
	const char *const *stack;             /* its frames, in words; NULL: not asked for */
};
/* What is known of the records before the first one comes: for text. */
struct trace_expectation {
	bool returns, args, regs, stack; /* events show them */
	bool unarmed;                    /* nothing is to be armed: nobody asks whether it was */
};

void trace_expect(struct context *context, const struct trace_expectation *expectation);

void trace_put_event(struct context *context, const struct trace_event_row *row);

/* A site, as far as is known. */
struct trace_site_row {
	size_t number;
	const char *spec;
	const struct kvet_kprobe_site *site; /* NULL: nothing was found */
	const struct kvet_trace_site *state; /* as it was traced; NULL: it was not */
	const enum kvet_verdict
		*attachable;              /* what the kernel says of it; NULL: it was not asked */
	enum kvet_kprobe_backend backend; /* by which it would be; auto: that is not known */
	const struct kvet_cause *cause;   /* why it is not armed, or would not be; NULL: it is */
	bool neighbours;                  /* the symbols beside it tell it from its like */
	bool returns;                     /* it was traced as a return: calls are accounted for */
};

/* With all names that the table has for it. */
void trace_put_site(struct context *context, const struct kvet_ksyms *table,
		    const struct trace_site_row *row);

/* The durations of a site that are not 0, by their size. */
void trace_put_buckets(struct context *context, size_t number, const struct kvet_kprobe_site *site,
		       const uint64_t slots[KVET_TRACE_SLOTS]);

/* A group of events in tracefs; failure says why it could not be removed, NULL: it was, or its
 * process lives. */
void trace_put_group(struct context *context, const char *group, uint32_t pid, bool alive,
		     size_t events, const struct kvet_cause *failure);

/* Hits at a site by who or where; number counts from 1. */
void trace_put_rank(struct context *context, size_t number, const struct kvet_trace_rank *rank,
		    const struct kvet_kprobe_site *site, const char *const *stack);

/* What became of all hits. */
struct trace_totals {
	uint64_t events; /* shown, or counted where none are shown */
	uint64_t filtered;
	uint64_t own; /* of those filtered: kvet's */
	uint64_t limited;
	uint64_t lost;
	uint64_t discarded; /* past --count */
	uint64_t missed;    /* by the kernel: no hits */
	bool has_missed;
	size_t untold; /* sites of which the kernel does not tell how often it passed them over */
	size_t dead;   /* sites that were armed, and could not fire any more in the end */
	bool returns;  /* the next five are there: of calls that began meanwhile */
	uint64_t entered, returned, inside, unreturned, unplaced;
	uint64_t others;                          /* hits that the table of --top leaves out */
	char fallback[sizeof(struct kvet_cause)]; /* why another back end was taken; "": none was */
};
/* Adds up what became of one site's; only_counted: what counted is what would have been shown. */
void trace_totals_add(struct trace_totals *totals, const struct kvet_trace_site *site,
		      bool only_counted);

/* Says what was lost, missed or is dead, and returns what that makes of a yes. */
enum status trace_totals_judge(struct context *context, const struct trace_totals *totals,
			       bool fail_on_loss);

/* Nothing is traced: that there are 0 events is no news. */
void trace_expect_no_events(struct context *context);
void trace_put_summary(struct context *context, const struct trace_totals *totals);

#endif
