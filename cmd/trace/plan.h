/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `trace` probes: from the words of the command line to sites. */
#ifndef CMD_TRACE_PLAN_H
#define CMD_TRACE_PLAN_H

#include <kvet/trace.h>

#include "command.h"
#include "lines.h"

/* The options that choose among several addresses of a symbol; and whether other symbols are looked
 * up later, so that the table must have all of them. */
struct trace_choice {
	bool whole;
	bool all;
	uint64_t nth; /* counted from 1, in ascending order of address; 0: not given */
};

struct trace_request {
	const char *text;
	struct kvet_kprobe_spec spec;
	struct kvet_kprobe_sites sites;
	size_t number;           /* of its first site, in the records */
	size_t instances;        /* how many sites it had before one was chosen */
	enum status status;      /* of its resolution: if not yes, the whole SPEC is refused */
	struct kvet_cause cause; /* why, unless each site has its own cause */
	size_t refused;          /* how many sites of a glob cannot be probed */
};

/* Start from all zeros. */
struct trace_plan {
	struct kvet_ksyms *table;
	struct trace_request *requests;
	size_t count;
	/* The sites that a session is opened with: all sites of all requests, each address once,
	 * with the first request that has it. */
	const struct kvet_kprobe_site **sites;
	struct trace_request **owners;
	size_t *numbers; /* in the records: instances keep the numbers of their table */
	size_t site_count;
	/* The first requests, of so many lines, are roots; the first sites are theirs. 0: all. */
	size_t root_lines;
	size_t root_requests;
	size_t roots;
	bool waits; /* MODULE:SYM may be of a module that is not loaded */
	/* What the probes require; the caller sets all but the number of sites. */
	struct kvet_kprobe_wish wish;
	struct kvet_kprobe_facts facts;
	bool facts_read;
	struct kvet_kprobe_ways *ways; /* NULL until trace_plan_ways() is called */
};

/* Parses the SPECs, but not blank lines and comments (#) of files; reports one that is not a SPEC,
 * and returns its status. The lines must outlive the plan. */
enum status trace_plan_parse(struct trace_plan *plan, struct context *context,
			     const struct lines *lines);

/*
 * Resolves the SPECs against the running kernel's symbols. A symbol with several addresses is
 * refused, unless the choice selects some of them. Writes no records. Returns the worst status of
 * the requests; the sites of those that are yes are in the plan.
 */
enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice);

/* Notes which functions 32-bit processes make the plan's system calls by: they are not probed. */
void trace_plan_note_compat(const struct trace_plan *plan, struct context *context);

/* The host's facts about kprobes, read once. */
const struct kvet_kprobe_facts *trace_plan_facts(struct trace_plan *plan, struct context *context);

/* The back ends for the plan's wish, after it is resolved; NULL: no memory. */
struct kvet_kprobe_ways *trace_plan_ways(struct trace_plan *plan, struct context *context);

/* Reports that another back end replaces the kprobe PMU, and why: in a note and in fallback, which
 * has size bytes. */
void trace_plan_say_fallback(struct context *context, enum kvet_kprobe_backend backend,
			     const struct kvet_cause *cause, char *fallback, size_t size);

/* Writes a record for each site if nothing is armed because a SPEC was refused. That SPEC's record
 * has its cause; a symbol with several addresses has a record for each, to choose from. */
void trace_plan_put_refused(struct trace_plan *plan, struct context *context);

/* Writes a record for each site, all with the same cause why they are not armed. asked: the records
 * are a plan's. Returns the status. */
enum status trace_plan_put_unarmed(const struct trace_plan *plan, struct context *context,
				   bool asked, enum kvet_verdict verdict,
				   const struct kvet_cause *cause);

/* Writes a record for each site, with the kernel's answer, and for each SPEC that was refused; arms
 * nothing. partial_ok: the status is yes if at least one site can be probed. */
enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok);

/* The first and last offset. All zeros: from the site to its symbol's end. */
struct trace_range {
	bool given;
	uint64_t first, last;
};

/* Writes a record for each offset in the range that the kernel accepts: an instruction begins
 * there. No disassembler is used. Shows progress on a terminal. */
enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context,
				   const struct trace_range *range);

/* Reports that a site cannot be probed: as an error if its SPEC is a name; for a glob only counts
 * it, because the record has the cause. Returns the status. */
enum status trace_plan_refused(struct trace_plan *plan, struct context *context, size_t site,
			       enum kvet_verdict verdict, const struct kvet_cause *cause);

/* Reports how many sites of each glob cannot be probed; the status is no if that is all of them. */
enum status trace_plan_judge_globs(const struct trace_plan *plan, struct context *context);

void trace_plan_deinit(struct trace_plan *plan, struct context *context);

#endif
