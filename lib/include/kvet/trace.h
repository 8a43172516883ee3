/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tracing session: sites armed, their hits as events, every hit accounted for.
 *
 * The order is: open, start, poll as often as you like, stop, read the counters, close.
 * After kvet_trace_stop() has delivered what was under way, for each site
 * hits = counted + filtered + limited + lost, and counted events were delivered.
 *
 * Sites come from kvet_kprobe_spec_parse() and kvet_kprobe_resolve(); whether the kernel would arm
 * one is what kvet_kprobe_judge() says. tests/examples/trace.c is all of that in a page.
 */
#ifndef KVET_TRACE_H
#define KVET_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/kprobe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KVET_TRACE_COMM_SIZE 16

/* What top counts hits by, in the kernel. */
enum kvet_trace_top {
	KVET_TRACE_TOP_NONE,
	KVET_TRACE_TOP_COMM,  /* the task's name */
	KVET_TRACE_TOP_PID,   /* the process, with its name */
	KVET_TRACE_TOP_STACK, /* the kernel's stack */
	KVET_TRACE_TOP_COUNT
};

/* How far the arming of the sites is, or their disarming, one after another: each takes up to a
 * fifth of a second on some kernels. Returns false to have the arming given up. */
typedef bool (*kvet_trace_progress)(void *context, bool arming, size_t done, size_t count);

/*
 * What counts, and what is kept of it. All zero: every hit is an event, without a stack.
 * Filters are judged in the kernel, all of them together.
 */
struct kvet_trace_options {
	bool returns;    /* the sites are functions' returns: value and duration */
	bool stack;      /* events carry the kernel's stack */
	bool count_only; /* count, without events */
	bool histogram;  /* count durations by their size, without events; requires returns */
	bool arguments;  /* events carry the registers of arguments */
	bool strings;    /* and of those that string_args names, what they point to */
	bool registers;  /* events carry all registers */
	bool self;       /* only hits of this process count too: else they are filtered,
			  * unless the kernel has no way to say which they are (5.10 has) */
	enum kvet_trace_top top;     /* count by this, without events */
	const uint32_t *string_args; /* a bit for each argument, for each site; requires strings */
	bool by_pid;                 /* of this process */
	bool by_tid;                 /* of this thread */
	bool by_uid;                 /* of this user */
	bool by_cpu;                 /* on this CPU */
	uint32_t pid;
	uint32_t tid;
	uint32_t uid;
	uint32_t cpu;
	const char *comm;         /* of tasks with this name, all 15 bytes of it; NULL: any */
	const char *cgroup;       /* in this cgroup (a path in cgroup2) or below; NULL: any */
	uint32_t sample;          /* one in so many hits, on each CPU; 0: all */
	uint64_t rate;            /* so many events a second for a site; 0: any number */
	uint64_t min_duration_ns; /* that took so long; requires returns */
	/* With returns: calls of a function that are followed at a time. 0: with tracefs,
	 * thousands; else the kernel's default, which may be one for each CPU. A number takes
	 * tracefs. */
	unsigned int slots;
	enum kvet_kprobe_backend
		backend;              /* auto: multi for many entries, else the PMU or tracefs */
	kvet_trace_progress progress; /* NULL: progress is not reported */
	void *progress_context;
};

#define KVET_TRACE_STACK_MOST 64
#define KVET_TRACE_ARGS       6
#define KVET_TRACE_STRING     64
#define KVET_TRACE_REGISTERS  34
#define KVET_TRACE_SLOTS      64

/*
 * One hit. site is the index into the sites that the session was opened with. ip is the
 * register as the handler saw it, not the site: an int3 probe leaves it one byte on.
 * boot_ns and mono_ns are the kernel's CLOCK_BOOTTIME and CLOCK_MONOTONIC, read one after
 * the other; time namespaces do not shift them. cgroup is the id of the task's cgroup (its
 * inode in cgroup2). value and duration_ns are there for returns; has_duration is false where
 * the entry was not seen. frames are addresses of the kernel's stack, innermost first; they
 * belong to the event, and are gone with it.
 */
struct kvet_trace_event {
	uint64_t boot_ns;
	uint64_t mono_ns;
	uint64_t ip;
	size_t site;
	uint32_t cpu;
	uint32_t pid; /* process */
	uint32_t tid; /* thread */
	uint32_t uid;
	uint64_t cgroup;
	uint64_t value;
	uint64_t duration_ns;
	bool has_duration;
	uint64_t frames[KVET_TRACE_STACK_MOST];
	size_t frame_count;
	/* With arguments: the registers that hold them, at a function's entry. With strings, what
	 * they point to: string_sizes is its size with the NUL, a negative errno where it could
	 * not be read, 0 of what is none. With registers: kvet_trace_register_name() has the names.
	 */
	uint64_t args[KVET_TRACE_ARGS];
	int32_t string_sizes[KVET_TRACE_ARGS];
	char strings[KVET_TRACE_ARGS][KVET_TRACE_STRING]; /* NUL-terminated; any bytes */
	uint64_t registers[KVET_TRACE_REGISTERS];
	bool has_args, has_registers;
	char comm[KVET_TRACE_COMM_SIZE]; /* NUL-terminated; any bytes */
};

/* What became of one site. verdict is yes if it is armed; else cause says why not. */
struct kvet_trace_site {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
	enum kvet_kprobe_backend backend; /* by which it was armed, or refused; auto: not tried */
	struct kvet_kprobe_armed armed;   /* known after kvet_trace_stop(); of multi, never */
	bool dead;     /* after kvet_trace_stop(): it could not fire any more, and cause says why */
	uint64_t hits; /* since kvet_trace_start() */
	uint64_t counted;  /* of them, those that became events, or would have */
	uint64_t filtered; /* those that a filter took, */
	uint64_t own;      /* and of them this process's own */
	uint64_t limited;  /* those that the sample or the rate took */
	uint64_t lost;     /* those that the ring buffer had no room for */
	/* Known after kvet_trace_stop(), where the kernel tells (6.7; not of multi): how often it
	 * passed the probe over, since another, or another BPF program, was being handled. Those
	 * are no hits. */
	uint64_t missed;
	bool has_missed;
	/* With returns: the calls that began since kvet_trace_start() and pass the filters, and
	 * what has become of them: entered = returned + inside + unreturned + unplaced. The hits
	 * are those that returned, and the returns of calls that began before. */
	uint64_t entered;
	uint64_t returned;   /* and were seen to */
	uint64_t inside;     /* still under way when kvet_trace_stop() was called */
	uint64_t unreturned; /* neither: the kernel did not follow them to their return, for all
			      * its slots were taken, or their thread has ended in them */
	uint64_t unplaced;   /* not known which; before kvet_trace_stop(), all that have not
			      * returned */
};

struct kvet_trace;

/* What these options wish of the ways into the kernel, for so many sites: a session goes them, and
 * kvet_kprobe_judge() asks by them. Pure. */
struct kvet_kprobe_wish kvet_trace_wish(const struct kvet_trace_options *options, size_t sites);

/* Whether a lockdown refuses to everybody what the options ask for, whatever the site: a no then,
 * with the cause. Undetermined where that is refused and the lockdown is not known. */
enum kvet_verdict kvet_trace_permitted(const struct kvet_host *host,
				       const struct kvet_trace_options *options,
				       struct kvet_cause *cause);

/*
 * The file descriptors that a session of so many sites holds at most: those of its probes, by the
 * options' back end (kvet_kprobe_descriptors()), and its own. A caller with many sites raises
 * RLIMIT_NOFILE to that and what it has open itself. Pure.
 */
size_t kvet_trace_descriptors(size_t sites, const struct kvet_trace_options *options);

/*
 * The number that the kernel's programs know a process by, or a thread, which this process's PID
 * namespace calls id. In the initial one it is the same. Asked of a BPF iterator. Errors:
 * of bpf(2), where there is none of one task (before Linux 6.1) or it is refused; -ESRCH: there is
 * no such task.
 */
int kvet_trace_number(uint32_t id, bool thread, uint32_t *number, struct kvet_cause *err);

/*
 * Arms every site whose verdict is yes, by its address; a refused one leaves the others
 * alone, and so does one that was refused when it was resolved. Nothing counts
 * before kvet_trace_start(). It takes descriptors (kvet_trace_descriptors()). sites must outlive
 * the session. options may be NULL. The caller frees *trace with kvet_trace_close(). Errors:
 * -EINVAL for options that contradict each other; of open(2) and bpf(2) for the cgroup; of bpf(2),
 * with the verifier's words or the capability that is missing; -EPERM where kvet_trace_permitted()
 * is no yes; -EOPNOTSUPP where kprobes cannot be
 * used at all (kvet_kprobe_usable()); -EMFILE, before a site has a probe of its own, where
 * RLIMIT_NOFILE does not allow for them all; -EINTR where the progress gave it up; -ENOMEM.
 */
int kvet_trace_open(struct kvet_trace **trace, const struct kvet_host *host,
		    const struct kvet_kprobe_site *const *sites, size_t count,
		    const struct kvet_trace_options *options, struct kvet_cause *err);

/* From now on, hits count. */
void kvet_trace_start(struct kvet_trace *trace);

/* Becomes readable when events wait. Stays the session's. */
int kvet_trace_fd(const struct kvet_trace *trace);

/*
 * Called with each event, in the order of the ring buffer. Returns 0, or a negative number
 * to end this poll; the event counts as delivered all the same. A site that fires faster
 * than the sink takes can keep a poll going: it is the sink that ends it.
 */
typedef int (*kvet_trace_sink)(void *context, const struct kvet_trace_event *event);

/* Delivers the events that wait, without waiting for more. Errors: -EPROTO for a record of
 * a size that is not ours; of the ring buffer. */
int kvet_trace_poll(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err);

/* Disarms every site, waits for handlers under way, and delivers what is left. Errors: as
 * kvet_trace_poll(). */
int kvet_trace_stop(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err);

/* The state of one site; the counters are as of now. Errors: of bpf(BPF_MAP_LOOKUP_ELEM). */
int kvet_trace_site_read(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
			 struct kvet_cause *err);

/* Whether the kprobe PMU was refused to a session that had the choice (backend auto), and why. What
 * was taken in its place, each site tells: multi for functions' entries and returns, tracefs for
 * the rest. */
bool kvet_trace_fallback(const struct kvet_trace *trace, struct kvet_cause *cause);

/* Whether the kernel's list of armed probes could not be read, so that of no site it is known where
 * it really is, and why. Known after kvet_trace_stop(). */
bool kvet_trace_armed_unknown(const struct kvet_trace *trace, struct kvet_cause *cause);

/*
 * What the kernel has missed of all sites, as far as that cannot be told apart: of multi, and where
 * one program serves all (more than a few sites). Comes beside what each site's own missed says.
 * Returns false where the kernel does not tell. Known after kvet_trace_stop().
 */
bool kvet_trace_missed(const struct kvet_trace *trace, uint64_t *missed);

/* A site's durations, added up over the CPUs: slots[n] counts those of 2^n ns and more, less
 * than 2^(n+1); slots[0] those below 2 ns. Errors: of bpf(BPF_MAP_LOOKUP_ELEM). */
int kvet_trace_histogram_read(const struct kvet_trace *trace, size_t index,
			      uint64_t slots[KVET_TRACE_SLOTS], struct kvet_cause *err);

/* Hits by who or where, at one site. */
struct kvet_trace_rank {
	size_t site;
	uint64_t hits;
	uint32_t pid;
	char comm[KVET_TRACE_COMM_SIZE];
	uint64_t frames[KVET_TRACE_STACK_MOST]; /* none where the stack could not be kept */
	size_t frame_count;
};

/*
 * With top: the counts as they are now, the largest first, at most `most` of them. The caller frees
 * *ranks; *others are the hits of those that are not among them. Errors: of
 * bpf(BPF_MAP_LOOKUP_ELEM); -ENOMEM.
 */
int kvet_trace_top_read(const struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
			size_t *count, uint64_t *others, struct kvet_cause *err);

/* The name of a register of kvet_trace_event, as the kernel's struct pt_regs has it ("di", "x0");
 * NULL behind the last one. A static string. */
const char *kvet_trace_register_name(size_t index);

/* Disarms what is still armed and frees everything. NULL is fine. */
void kvet_trace_close(struct kvet_trace *trace);

#ifdef __cplusplus
}
#endif

#endif
