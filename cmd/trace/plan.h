/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `trace` is to probe: from the command line's words to sites. */
#ifndef CMD_TRACE_PLAN_H
#define CMD_TRACE_PLAN_H

#include <kvet/trace.h>

#include "command.h"
#include "lines.h"

/* Which of several addresses of a symbol are meant. */
struct trace_choice {
	bool all;
	uint64_t nth; /* from 1, in the order of their addresses; 0: not said */
};

struct trace_request {
	const char *text;
	struct kvet_kprobe_spec spec;
	struct kvet_kprobe_sites sites;
	size_t number;           /* of the first of its sites, as records have it */
	size_t instances;        /* its sites, before one was chosen */
	enum status status;      /* of its resolution: not yes, it is refused as a whole */
	struct kvet_cause cause; /* and why, if it is not each site that has a cause of its own */
	size_t refused;          /* sites of a glob that cannot be probed */
};

/* Start from all zeros. */
struct trace_plan {
	struct kvet_ksyms *table;
	struct trace_request *requests;
	size_t count;
	/* All sites in one row, each address once, with the first request that means it: what a
	 * session is opened with. */
	const struct kvet_kprobe_site **sites;
	struct trace_request **owners;
	size_t *numbers; /* as records have them: those of a table of instances stay theirs */
	size_t site_count;
	/* How they are to be probed; set by the caller, but for the number of sites. */
	struct kvet_kprobe_wish wish;
	struct kvet_kprobe_facts facts;
	bool facts_read;
	struct kvet_kprobe_ways *ways; /* NULL: nobody has asked for them yet */
};

/* Takes the words apart, those of files without blank lines and comments (#); reports one that is
 * no probe point, and returns its status. The lines must outlive the plan. */
enum status trace_plan_parse(struct trace_plan *plan, struct context *context,
			     const struct lines *lines);

/*
 * Resolves them against the running kernel's symbols. A symbol of several addresses is refused,
 * unless the choice says which. Nothing is put yet. Returns the worst of the requests' statuses:
 * those that are yes have their sites in the plan.
 */
enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice);

/* What the host says of kprobes, read once. */
const struct kvet_kprobe_facts *trace_plan_facts(struct trace_plan *plan, struct context *context);

/* The ways into the kernel for the plan's wish, once it is resolved; NULL: no memory. */
struct kvet_kprobe_ways *trace_plan_ways(struct trace_plan *plan, struct context *context);

/* Another way in was taken than the first best, or would be: says so, and why, in a note and in
 * fallback, of so many bytes. */
void trace_plan_say_fallback(struct context *context, enum kvet_kprobe_backend backend,
			     const struct kvet_cause *cause, char *fallback, size_t size);

/* Puts a record for each SPEC's sites, though nothing is armed since some SPEC was refused: that
 * one has its cause, and of a symbol of several addresses a table to choose from. */
void trace_plan_put_refused(struct trace_plan *plan, struct context *context);

/* Puts a record for each site, which all have the same cause not to be armed; asked: it is what a
 * plan says. Returns the status. */
enum status trace_plan_put_unarmed(const struct trace_plan *plan, struct context *context,
				   bool asked, enum kvet_verdict verdict,
				   const struct kvet_cause *cause);

/* Puts a record for each site, with what the kernel says of it, and for each SPEC that was refused;
 * arms nothing. partial_ok: one that can be probed is enough for a yes, though the kernel refuses
 * others. */
enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok);

/* The offsets that are asked for, both included. All zeros: from the site to its symbol's end. */
struct trace_range {
	bool given;
	uint64_t first, last;
};

/* The same for each offset in a range of the symbol that the kernel takes: there begins an
 * instruction, and no disassembler is asked. Shows on a terminal how far it is. */
enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context,
				   const struct trace_range *range);

/* Notes that a site cannot be probed. One that was named is an error, one among those of a glob is
 * counted: their causes are in the records. Returns the status. */
enum status trace_plan_refused(struct trace_plan *plan, struct context *context, size_t site,
			       enum kvet_verdict verdict, const struct kvet_cause *cause);

/* Says of each glob how many of its sites cannot be probed; a no if that is all of them. */
enum status trace_plan_judge_globs(const struct trace_plan *plan, struct context *context);

void trace_plan_deinit(struct trace_plan *plan);

#endif
