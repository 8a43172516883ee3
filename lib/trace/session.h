/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The inside of a session, for the files of lib/trace alone. */
#ifndef KVET_TRACE_SESSION_H
#define KVET_TRACE_SESSION_H

#include <bpf/libbpf.h>

#include <kvet/trace.h>

#include "trace/calls.h"
#include "trace/config.h"

struct trace_bpf;
struct trace_stacks;

/* How a program knows its site. */
enum trace_mode {
	TRACE_MODE_MARK,   /* a copy of it for each site, with the number in it */
	TRACE_MODE_COOKIE, /* by the cookie of its link (5.15) */
	TRACE_MODE_MULTI,  /* likewise, of one link for many (5.18) */
	TRACE_MODE_COUNT
};

/* The template programs of a mode: at the hit, and at the entry of what returns. */
struct trace_pair {
	const struct bpf_program *hit, *entry;
};

/* One armed (or refused) site. */
struct armed {
	/* The probe that counts, and where that is a return, the one at the entry. */
	struct kvet_kprobe_attached hit, entry;
	struct kvet_trace_site state;
	struct trace_fates fates; /* of what was left of its calls when tracing had ended */
};

/* Where the ring buffer's callback delivers to. */
struct delivery {
	kvet_trace_sink sink;
	void *context;
	size_t sites;
	uint32_t flags;
	int failure;
};

struct kvet_trace {
	struct trace_bpf *bpf;
	struct trace_pair programs[TRACE_MODE_COUNT];
	struct trace_config config;
	struct ring_buffer *ring;
	struct delivery delivery;
	struct armed *armed;
	size_t count;
	struct kvet_kprobe_many many; /* those that links have, with others */
	uint64_t missed;              /* of what sites share: links and programs */
	bool has_missed;
	struct trace_stacks *stacks;   /* of threads whose calls were under way in the end */
	struct kvet_kprobe_ways *ways; /* into the kernel; NULL: all is disarmed */
	struct kvet_kprobe_facts facts;
	bool fallback; /* the kprobe PMU was refused, with this cause, and another may do */
	struct kvet_cause pmu_refusal;
	bool unseen; /* the kernel's list of armed probes cannot be read */
	struct kvet_cause armed_error;
	struct kvet_host host;
	kvet_trace_progress progress; /* NULL: progress is not reported */
	void *progress_context;
	const struct kvet_kprobe_site *const *sites; /* the caller's */
};

/* Loads the object with the programs of these modes; without those of a mode
 * later than TRACE_MODE_MARK that this kernel does not support. Errors: of bpf(2), with the
 * verifier message. */
int kvet_trace_load(struct kvet_trace *trace, bool multi, struct kvet_cause *err);

/* Has the only hits of this process filtered. */
void kvet_trace_leave_own(struct kvet_trace *trace);

/* A copy of a loaded template, whose map references are already in place, with the site's
 * number in it. */
int kvet_trace_load_copy(const struct kvet_host *host, const struct bpf_program *template,
			 uint32_t site, int *fd, struct kvet_cause *err);

/* Whether programs may read the kernel's memory, which a lockdown forbids. Asked of the kernel,
 * unless it is known not to be locked down so. */
bool kvet_trace_reads(const struct kvet_host *host, const char *lockdown);

/* Whether this process can still open the descriptors that these sites take by this back end.
 * Errors: -EMFILE, which names the limit. */
int kvet_trace_files_check(const struct kvet_trace *trace, enum kvet_kprobe_backend backend,
			   size_t sites, struct kvet_cause *err);

/* Adds the limit of descriptors, and how to raise it, to the cause of an EMFILE, which may be NULL.
 */
void kvet_trace_explain_files(const struct kvet_host *host, struct kvet_cause *cause);

/* Arms every site; the state of each becomes the kernel's verdict. */
int kvet_trace_arm(struct kvet_trace *trace, struct kvet_cause *err);
void kvet_trace_disarm(struct kvet_trace *trace);

/* Where the probes really are, and what the kernel has passed over: before they are disarmed. */
void kvet_trace_look(struct kvet_trace *trace);

/* With returns, in TRACE_ENDING: looks at the stacks of the threads whose calls are under way,
 * where the kernel shows them. Then, when all is disarmed, places what is left of those calls. */
void kvet_trace_stacks_read(struct kvet_trace *trace);
void kvet_trace_calls_place(struct kvet_trace *trace);
void kvet_trace_stacks_free(struct trace_stacks *stacks);

#endif
