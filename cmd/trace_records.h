/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of `trace`: events, sites, buckets of durations, the summary. */
#ifndef CMD_TRACE_RECORDS_H
#define CMD_TRACE_RECORDS_H

#include <kvet/trace.h>

#include "command.h"

/* Of events without and with what only returns and stacks have: the columns of text follow
 * what was asked for, JSON has all keys always. */
extern const struct schema trace_event_schema;
extern const struct schema trace_site_schema;
extern const struct schema trace_bucket_schema;
extern const struct schema trace_summary_schema;

/* An event at a site; stack holds its frames, in words. */
void trace_put_event(struct context *context, const struct kvet_trace_event *event,
		     const struct kvet_kprobe_site *site, bool returns, const char *const *stack);

/*
 * A site, with all names that the table has for it: with state as it was traced, else as far as it
 * was resolved. site is NULL where nothing was found; cause says why it is not armed, or would not
 * be, NULL if it is. attachable is what the kernel says of it, or NULL where it was not asked.
 */
void trace_put_site(struct context *context, const struct kvet_ksyms *table, size_t number,
		    const char *spec, const struct kvet_kprobe_site *site,
		    const struct kvet_trace_site *state, const enum kvet_verdict *attachable,
		    const struct kvet_cause *cause);

/* The durations of a site that are not 0, by their size. */
void trace_put_buckets(struct context *context, size_t number, const struct kvet_kprobe_site *site,
		       const uint64_t slots[KVET_TRACE_SLOTS]);

/* What became of all hits. */
struct trace_totals {
	uint64_t events; /* shown, or counted where none are shown */
	uint64_t filtered;
	uint64_t limited;
	uint64_t lost;
	uint64_t discarded; /* past --count */
};
void trace_put_summary(struct context *context, const struct trace_totals *totals);

#endif
