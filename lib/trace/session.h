/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The inside of a session, only for the files of lib/trace. */
#ifndef KVET_TRACE_SESSION_H
#define KVET_TRACE_SESSION_H

#include <bpf/libbpf.h>

#include <kvet/trace.h>

#include "bpf/loader_load.h"
#include "trace/calls.h"
#include "trace/config.h"

struct modules_bpf;
struct trace_bpf;
struct trace_stacks;

/* How a program learns which site it runs at. */
enum trace_mode {
	TRACE_MODE_MARK,   /* by its own copy for each site, with the site's number in it */
	TRACE_MODE_COOKIE, /* by its link's cookie (5.15) */
	TRACE_MODE_MULTI,  /* by the cookie of one link for many sites (5.18) */
	TRACE_MODE_FENTRY, /* by a copy, as the first, in the trampoline of each site */
	TRACE_MODE_COUNT
};

/* The template programs of a mode: at the hit, and at the entry if the hit is a return. */
struct trace_pair {
	struct bpf_program *hit, *entry;
};

/* One site, armed or refused. */
struct armed {
	/* The probe whose hits count, and, if that is at a return, the one at the entry. */
	struct kvet_kprobe_attached hit, entry;
	struct kvet_trace_site state;
	struct trace_fates fates; /* of its calls that were under way when tracing ended */
};

/* The map of --top as it was read. */
struct trace_top_entry {
	struct trace_top_key key;
	uint64_t hits;
};

struct trace_lap {
	struct trace_top_entry *entries; /* sorted by key */
	size_t count;
};

/* The programs that note which tasks a process starts, and which are freed. */
#define TRACE_TREE_LINKS 2

/* What the ring buffer's callback works with. */
struct delivery {
	kvet_trace_sink sink;
	void *context;
	size_t sites;
	uint32_t flags;
	int failure;
	const struct kvet_trace *trace;
};

struct kvet_trace {
	struct trace_bpf *bpf;
	struct trace_pair programs[TRACE_MODE_COUNT];
	struct trace_config config;
	struct ring_buffer *ring;
	struct bpf_link *tree[TRACE_TREE_LINKS];
	struct modules_bpf *modules; /* NULL: no site waits for one */
	/* Of changes of modules alone, which are in the other ring as well: for its descriptor. */
	struct ring_buffer *module_ring;
	kvet_trace_module_sink module_sink;
	void *module_context;
	uint64_t unloaded;    /* modules whose unloading has come through the ring */
	struct trace_lap lap; /* at the last kvet_trace_top_lap() */
	uint64_t buffer;      /* its bytes; 0: no events are sent */
	struct delivery delivery;
	struct armed *armed;
	size_t count;
	struct kvet_kprobe_many many; /* the sites that share links */
	uint64_t missed;              /* by the links and programs that sites share */
	bool has_missed;
	struct trace_stacks *stacks;   /* of threads with calls under way at the end */
	struct kvet_kprobe_ways *ways; /* NULL: everything is disarmed */
	struct kvet_kprobe_facts facts;
	bool fallback; /* the kprobe PMU was refused, with this cause; another back end may do */
	struct kvet_cause pmu_refusal;
	bool unseen; /* the kernel's list of armed probes cannot be read */
	struct kvet_cause armed_error;
	struct kvet_host host;
	kvet_trace_progress progress; /* NULL: progress is not reported */
	void *progress_context;
	const struct kvet_kprobe_site *const *sites; /* owned by the caller */
};

/* Loads the object with the programs of the modes that this kernel supports. Errors: of bpf(2),
 * with the verifier message. */
int kvet_trace_load(struct kvet_trace *trace, const struct kvet_kprobe_route *route,
		    struct kvet_cause *err);

/* From here on, what the process of the options starts is noted. Errors: of bpf(2). */
int kvet_trace_follow_tree(struct kvet_trace *trace, struct kvet_cause *err);

/* Whether a site waits for its module. */
bool kvet_trace_waits(const struct kvet_trace *trace);

/* From here on, modules that sites wait for are noted when they come and go. Their changes become
 * the first part of the session's ring. Errors: of bpf(2) and perf_event_open(2). */
int kvet_trace_modules_open(struct kvet_trace *trace, struct kvet_cause *err);

/* Reports the changes until now: all that came before an event that is about to be delivered. */
void kvet_trace_modules_poll(const struct kvet_trace *trace);
void kvet_trace_modules_close(struct kvet_trace *trace);

/* Sets the filter that excludes this process's own hits. */
void kvet_trace_leave_own(struct kvet_trace *trace);

/* Loads a copy of a template, whose map references are resolved, as the program `as` says (type,
 * attach type, BTF id), with this in the place of its mark. */
int kvet_trace_load_copy(const struct kvet_host *host, const struct bpf_program *template,
			 const struct kvet_bpf_program *as, uint32_t mark, int *fd,
			 struct kvet_cause *err);

/* Whether programs may read the kernel's memory, which a lockdown for confidentiality forbids.
 * Loads a program to find out, unless the lockdown is known not to be that one. */
bool kvet_trace_reads(const struct kvet_host *host, const char *lockdown);

/* Checks that this process can still open the descriptors that these sites require with this back
 * end. Errors: -EMFILE, which names the limit. */
int kvet_trace_files_check(const struct kvet_trace *trace, enum kvet_kprobe_backend backend,
			   size_t sites, struct kvet_cause *err);

/* Adds to the cause of an EMFILE the limit of descriptors and how to raise it; cause may be
 * NULL. */
void kvet_trace_explain_files(const struct kvet_host *host, struct kvet_cause *cause);

/* Arms every site; the state of each is the kernel's answer. */
int kvet_trace_arm(struct kvet_trace *trace, struct kvet_cause *err);
void kvet_trace_disarm(struct kvet_trace *trace);

/* Reads where the probes really are, and how many hits the kernel missed. To be called before they
 * are disarmed. */
void kvet_trace_look(struct kvet_trace *trace);

/* With returns, in TRACE_ENDING: reads the stacks of the threads whose calls are under way, if the
 * kernel shows them. */
void kvet_trace_stacks_read(struct kvet_trace *trace);

/* Places those calls, after everything is disarmed. */
void kvet_trace_calls_place(struct kvet_trace *trace);
void kvet_trace_stacks_free(struct trace_stacks *stacks);

#endif
