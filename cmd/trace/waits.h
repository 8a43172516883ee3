/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sites of --wait: armed when their module is loaded, and again when it comes back. */
#ifndef CMD_TRACE_WAITS_H
#define CMD_TRACE_WAITS_H

#include <kvet/trace.h>

#include "command.h"
#include "plan.h"
#include "stacks.h"
#include "values.h"
#include "wall.h"

/* When a module came or went, and what that is for a site. */
extern const struct schema trace_module_schema;

/* A site that waits. */
struct trace_wait {
	size_t index; /* of the site, in the plan */
	struct kvet_kprobe_site *site;
	bool loaded;             /* its module is */
	bool seen;               /* it is now, or has been */
	uint64_t address;        /* where the site is, or was last; 0: not known */
	bool armed;              /* nothing is known that kept the kernel from arming it */
	struct kvet_cause cause; /* why it is not armed, or why its address is not known */
};

/* The sites of a session. All zeros but for what the caller sets. */
struct trace_waits {
	struct context *context;
	struct trace_plan *plan;
	const struct kvet_trace *trace; /* NULL before it begins */
	const struct trace_wall *wall;
	struct trace_stacks *stacks;
	struct trace_prototypes *prototypes;
	bool arguments; /* they are shown, by the prototypes */
	bool whole;     /* stacks or functions are named: by the newest table of all symbols */
	struct kvet_ksyms *table; /* that table; NULL: the plan's */
	struct trace_wait *items;
	size_t count;
	/* Changes that have not been looked at: an event may be older. */
	struct kvet_trace_module *changes;
	size_t change_count;
};

/* What --wait requires of the SPECs: reports wrong use, and returns the status. */
enum status trace_waits_check(struct trace_plan *plan, struct context *context);

/* After a SPEC was looked up: if it names a module that is not loaded, gives it a site that waits.
 * Returns the status, which is no, with the request's cause, if it cannot wait. */
enum status trace_waits_resolve(struct trace_request *request);

/* Collects the plan's sites that wait. Returns the status. */
enum status trace_waits_open(struct trace_waits *waits);
void trace_waits_close(struct trace_waits *waits);

/* Says which modules are awaited, once the sites are armed. */
void trace_waits_begin(struct trace_waits *waits, const struct kvet_trace *trace);

/* Takes a change in: a kvet_trace_module_sink. */
void trace_waits_changed(void *opaque, const struct kvet_trace_module *module);

/* Looks at the changes until this time of CLOCK_MONOTONIC: where sites are now, what is said of
 * it. */
void trace_waits_until(struct trace_waits *waits, uint64_t mono_ns);

/* After tracing: shows the sites where they were last, and says what was not noted. */
void trace_waits_end(struct trace_waits *waits);

/* Corrects the result of a site that has waited: it was not armed if its module did not come, or
 * came without it. Returns true if so. */
bool trace_waits_judge(const struct trace_waits *waits, size_t index, struct kvet_trace_site *site);

#endif
