/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `trace` is to probe: from the command line's words to sites. */
#ifndef CMD_TRACE_PLAN_H
#define CMD_TRACE_PLAN_H

#include <kvet/trace.h>

#include "command.h"

/* Which of several addresses of a symbol are meant. */
struct trace_choice {
	bool all;
	uint64_t nth; /* from 1, in the order of their addresses; 0: not said */
};

struct trace_request {
	const char *text;
	struct kvet_kprobe_spec spec;
	struct kvet_kprobe_sites sites;
};

/* Start from all zeros. */
struct trace_plan {
	struct kvet_ksyms *table;
	struct trace_request *requests;
	size_t count;
	/* All sites in one row, with the request of each: what a session is opened with. */
	const struct kvet_kprobe_site **sites;
	const struct trace_request **owners;
	size_t site_count;
	bool returns; /* the sites are returns; set by the caller */
	struct kvet_kprobe_facts facts;
	bool facts_read;
};

/* Takes the words apart; reports one that is no probe point, and returns its status. */
enum status trace_plan_parse(struct trace_plan *plan, struct context *context,
			     const char *const *texts, size_t count);

/*
 * Resolves them against the running kernel's symbols. A symbol of several addresses is
 * refused with a table of them, unless the choice says which. Puts a record for each site
 * that is refused here; then the status is not yes, and there is nothing to probe.
 */
enum status trace_plan_resolve(struct trace_plan *plan, struct context *context,
			       const struct trace_choice *choice);

/* Asks the kernel whether a site can be probed. Returns false, with the cause, where kprobes
 * cannot be used at all. */
bool trace_plan_check(struct trace_plan *plan, struct context *context,
		      const struct kvet_kprobe_site *site, enum kvet_verdict *attachable,
		      struct kvet_cause *cause);

/* Puts a record for each site, with what the kernel says of it; arms nothing. partial_ok: one
 * that can be probed is enough for a yes. */
enum status trace_plan_put(struct trace_plan *plan, struct context *context, bool partial_ok);

/* The same for each offset from a site to the end of its symbol that the kernel takes: there
 * begins an instruction, and no disassembler is asked. */
enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context);

void trace_plan_deinit(struct trace_plan *plan);

#endif
