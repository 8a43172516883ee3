/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tracing session: sites armed, their hits as events, every hit accounted for.
 *
 * The order is: open, start, poll as often as you like, stop, read the counters, close. After
 * kvet_trace_stop() has delivered the events that were under way, for each site
 * hits = counted + filtered + limited + lost, and every counted event has been delivered.
 *
 * Sites come from kvet_kprobe_spec_parse() and kvet_kprobe_resolve(); kvet_kprobe_judge() tells
 * whether the kernel would arm one. tests/examples/trace.c shows all of that on one page.
 */
#ifndef KVET_TRACE_H
#define KVET_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/condition.h>
#include <kvet/expression.h>
#include <kvet/host.h>
#include <kvet/kprobe.h>
#include <kvet/usyms.h>

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

/* Called while sites are armed or disarmed, one after another: each takes up to a fifth of a second
 * on some kernels. Returns false to give up arming. */
typedef bool (*kvet_trace_progress)(void *context, bool arming, size_t done, size_t count);

#define KVET_TRACE_MODULE_SIZE 64

/* A module that sites wait for (struct kvet_kprobe_site, waits) was loaded or unloaded. */
struct kvet_trace_module {
	/* The kernel's clocks, as in events: after the probes are armed and before the first
	 * function of the module runs; or before its memory is freed, after the last has run. */
	uint64_t boot_ns;
	uint64_t mono_ns;
	bool loaded;
	char name[KVET_TRACE_MODULE_SIZE];
	char comm[KVET_TRACE_COMM_SIZE]; /* the task that did it; any bytes */
};

/* Called by kvet_trace_poll(), before it delivers events: also those from before the change, which
 * their mono_ns tells. */
typedef void (*kvet_trace_module_sink)(void *context, const struct kvet_trace_module *module);

/*
 * Which hits count, and what is kept of them. All zeros: every hit is an event, without a stack.
 * The kernel side applies the filters; a hit must pass all of them.
 */
struct kvet_trace_options {
	bool returns;    /* the sites are functions' returns: events carry value and duration */
	bool stack;      /* events carry the kernel's stack */
	bool user_stack; /* events carry the process's, or top counts by both stacks, and by process
			  */
	bool count_only; /* only count, without events */
	bool histogram;  /* only count durations by their size, without events; requires returns */
	bool arguments;  /* events carry the registers of arguments, as they were at the entry */
	bool strings;    /* events carry the strings that string_args names; requires arguments */
	bool registers;  /* events carry all registers */
	bool syscalls;   /* some sites are system calls: kvet_kprobe_site.syscall */
	bool self;       /* also this process's own hits; else they are filtered (from 5.10) */
	/* Events are calls of the first `roots` sites and, while one of these is under way in a
	 * thread, its calls at the other sites; requires returns. */
	bool nest;
	size_t roots;
	enum kvet_trace_top top; /* only count by this, without events */
	const uint32_t
		*string_args; /* each site's string arguments, a bit each; requires strings */
	/* With arguments: for each site, so many expressions on them or, with returns, on what is
	 * returned; each event carries what they lead to; at most KVET_TRACE_PRINTS. With strings,
	 * also the strings at pointers. */
	const struct kvet_kprobe_expression *expressions;
	size_t expression_count;
	/* Hits must meet all of these, at most KVET_TRACE_CONDITIONS; and for each site, a term for
	 * each. Those at the return require returns; the others are then asked at the entry, and a
	 * call whose entry was not noted does not meet them. */
	const struct kvet_condition *conditions;
	const struct kvet_condition_term *terms;
	size_t condition_count;
	bool by_pid;        /* only hits of this process */
	bool by_tid;        /* only hits of this thread */
	bool by_tree;       /* only hits of process pid and what it and its children start */
	bool by_pidns;      /* only hits of tasks in this PID namespace, not in one below it */
	bool by_uid;        /* only hits of this user */
	bool by_cpu;        /* only hits on this CPU */
	uint64_t pidns_dev; /* of /proc/PID/ns/pid: st_dev and st_ino, as stat(2) has them */
	uint64_t pidns_ino;
	/* Events and ranks have the numbers that this PID namespace gives to tasks. Those of tasks
	 * that are in another one, also below it, are 0: the kernel does not tell them. Not with
	 * nest. */
	bool numbers;
	uint64_t reader_dev; /* as above */
	uint64_t reader_ino;
	uint32_t pid;
	uint32_t tid;
	uint32_t uid;
	uint32_t cpu;
	const char *comm;   /* only tasks with exactly this name (at most 15 bytes); NULL: any */
	const char *cgroup; /* only tasks in this cgroup (a path in cgroup2) or below; NULL: any */
	uint32_t sample;    /* one hit in this many, on each CPU; 0: all */
	uint64_t rate;      /* at most this many events a second for each site; 0: no limit */
	uint64_t min_duration_ns; /* only calls that took at least this long; requires returns */
	/* With returns: how many calls of a function are followed at a time. 0: thousands with
	 * tracefs; else the kernel's default, which may be one for each CPU. Any other number
	 * requires tracefs. */
	unsigned int slots;
	/* Bytes of the ring buffer, in which events wait for kvet_trace_poll(); rounded up to a
	 * power of two. 0: kvet_trace_buffer_default(). If hits are only counted, there is none. */
	uint64_t buffer;
	enum kvet_kprobe_backend
		backend;              /* auto: multi for many functions, else the PMU or tracefs */
	kvet_trace_progress progress; /* NULL: progress is not reported */
	void *progress_context;
	kvet_trace_module_sink module_sink; /* NULL: changes are not reported */
	void *module_context;
};

#define KVET_TRACE_BUFFER_LEAST (UINT64_C(64) << 10)
#define KVET_TRACE_BUFFER_MOST  (UINT64_C(1) << 30)

#define KVET_TRACE_STACK_MOST 64
#define KVET_TRACE_ARGS       6
#define KVET_TRACE_STRING     64
#define KVET_TRACE_REGISTERS  34
#define KVET_TRACE_SLOTS      64
#define KVET_TRACE_PRINTS     8
#define KVET_TRACE_CONDITIONS 8
#define KVET_TRACE_NEST_MOST  32   /* calls in each other, with nest */
#define KVET_TRACE_NEST_CALLS 1000 /* calls of a root, itself included */

/* With returns and arguments: what is known of the arguments of a call. */
enum kvet_trace_entry {
	KVET_TRACE_ENTRY_SEEN,   /* all; always so without returns */
	KVET_TRACE_ENTRY_UNSEEN, /* nothing: its entry was not noted. It began before the session,
				    its probe was missed, or too many calls were under way */
	KVET_TRACE_ENTRY_NESTED, /* nothing: too many calls of the function were nested in it */
	KVET_TRACE_ENTRY_UNKEPT, /* nothing: too many calls with arguments were under way */
	KVET_TRACE_ENTRY_COUNT
};

/* What an expression led to. */
struct kvet_trace_print {
	bool failed;    /* nothing could be read at the address that is the value */
	uint64_t value; /* for kvet_kprobe_expression_bits() */
	int32_t size;   /* of the text with its NUL, a negative errno, or 0: none was asked for */
	char text[KVET_TRACE_STRING]; /* NUL-terminated; any bytes */
};

/*
 * One hit. site is the index into the sites that the session was opened with. ip is the instruction
 * pointer as the handler saw it, not the site's address: after a breakpoint it is one byte further.
 * boot_ns and mono_ns are the kernel's CLOCK_BOOTTIME and CLOCK_MONOTONIC, read one after the
 * other; time namespaces do not shift them. cgroup is the id of the task's cgroup (its inode in
 * cgroup2). value and duration_ns are set for returns; has_duration is false if the entry was not
 * seen. frames are addresses of the kernel's stack, innermost first, and user_frames those of the
 * process's (kvet_usyms_describe()), which the kernel follows by frame pointers: it ends at, and
 * may skip the caller of, a function that was compiled without (-fomit-frame-pointer).
 */
struct kvet_trace_event {
	uint64_t boot_ns;
	uint64_t mono_ns;
	uint64_t ip;
	size_t site;
	uint32_t cpu;
	/* Process and thread, as the initial PID namespace numbers them, or that of the options. */
	uint32_t pid;
	uint32_t tid;
	bool unnumbered; /* both are 0: the task is not in the namespace of the options */
	uint32_t uid;
	uint64_t cgroup;
	uint64_t value;
	uint64_t duration_ns;
	bool has_duration;
	size_t frame_count;
	size_t user_frame_count;
	/* With arguments: the registers that hold them at a function's entry, if has_args; entry
	 * says why not. With strings: strings, and string_sizes, each a size with the NUL, a
	 * negative errno if the string could not be read, or 0 if the argument is not a string.
	 * With registers: all of them, named by kvet_trace_register_name(). */
	uint64_t args[KVET_TRACE_ARGS];
	int32_t string_sizes[KVET_TRACE_ARGS];
	bool has_args, has_registers;
	enum kvet_trace_entry entry;
	/* With nest: the root's call, by a number that is unique in the thread; how many noted
	 * calls this one is in, 0 for the root itself; its place in the order of entries. For a
	 * root: how many calls were noted, itself included, and how many were not, because there
	 * are limits. calls is 0 if the root does not meet the conditions at its return: then it
	 * is filtered, not counted, and its calls that were delivered before are of no use. */
	uint64_t root;
	uint32_t depth, order, calls, cut;
	char comm[KVET_TRACE_COMM_SIZE]; /* NUL-terminated; any bytes */
	/* What follows is set only as far as the members above announce it: an event is made for
	 * each hit, and most have none of it. */
	uint64_t frames[KVET_TRACE_STACK_MOST];
	struct kvet_user_frame user_frames[KVET_TRACE_STACK_MOST];
	uint64_t registers[KVET_TRACE_REGISTERS];
	char strings[KVET_TRACE_ARGS][KVET_TRACE_STRING]; /* NUL-terminated; any bytes */
	/* With expressions: those on arguments if has_args, and those on what is returned. */
	struct kvet_trace_print prints[KVET_TRACE_PRINTS];
};

/* What became of one site. verdict is yes if it is armed; else cause says why it is not. */
struct kvet_trace_site {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
	enum kvet_kprobe_backend backend; /* the one that armed or refused it; auto: not tried */
	struct kvet_kprobe_armed armed;   /* known after kvet_trace_stop(); never with multi */
	bool dead; /* after kvet_trace_stop(): the probe could no longer fire, and cause says why */
	uint64_t hits;     /* since kvet_trace_start() */
	uint64_t counted;  /* hits that became events, or would have with count_only */
	uint64_t filtered; /* hits that a filter turned away */
	uint64_t own;      /* of those filtered, this process's own */
	uint64_t unread;   /* of those filtered, hits where what a condition asks was not read */
	uint64_t limited;  /* hits that the sample or the rate turned away */
	uint64_t lost;     /* hits that the ring buffer had no room for */
	/* Known after kvet_trace_stop(), if the kernel tells (6.7; not with multi): how often it
	 * did not call the probe, because another probe or BPF program was running on that CPU.
	 * Those are not in hits. */
	uint64_t missed;
	bool has_missed;
	/* With returns: the calls that began after kvet_trace_start() and pass the filters, and
	 * what became of them: entered = returned + inside + unreturned + unplaced. hits are the
	 * calls that returned, including those that began before. */
	uint64_t entered;
	uint64_t returned;   /* calls whose return was seen */
	uint64_t inside;     /* calls under way when kvet_trace_stop() was called */
	uint64_t unreturned; /* over without a return: no free slot, or the thread ended inside */
	uint64_t unplaced;   /* not known; before kvet_trace_stop(), all that have not returned */
};

struct kvet_trace;

/* What these options require of the back ends for this many sites: for the session, and for
 * kvet_kprobe_judge(). Pure. */
struct kvet_kprobe_wish kvet_trace_wish(const struct kvet_trace_options *options, size_t sites);

/* Whether a lockdown refuses to everybody what the options require, at any site: then no, with the
 * cause. Undetermined if it is refused and the lockdown is not known. */
enum kvet_verdict kvet_trace_permitted(const struct kvet_host *host,
				       const struct kvet_trace_options *options,
				       struct kvet_cause *cause);

/*
 * The file descriptors that a session with this many sites holds at most: those of its probes with
 * the options' back end (kvet_kprobe_descriptors()), and its own. A caller with many sites raises
 * RLIMIT_NOFILE to that plus what it has open itself. Pure.
 */
size_t kvet_trace_descriptors(size_t sites, const struct kvet_trace_options *options);

/* The bytes of the ring buffer that a session makes by itself, on a machine with this many CPUs:
 * all of them write to the same one. A power of two from 1 MiB to 64 MiB. Pure. */
uint64_t kvet_trace_buffer_default(size_t cpus);

/* The bytes of this session's ring buffer; 0: it has none. */
uint64_t kvet_trace_buffer(const struct kvet_trace *trace);

/*
 * The number by which programs in the kernel know a process or thread that this process's PID
 * namespace calls id. They differ outside the initial PID namespace. Asks a BPF iterator. Errors:
 * of bpf(2), if there are no iterators for one task (before Linux 6.1) or they are refused; -ESRCH:
 * there is no such task.
 */
int kvet_trace_number(uint32_t id, bool thread, uint32_t *number, struct kvet_cause *err);

/*
 * Arms every site whose verdict is yes, by its address. A refused site does not affect the others.
 * Nothing counts before kvet_trace_start(). sites must outlive the session. options may be NULL. It
 * requires kvet_trace_descriptors() descriptors. The caller frees *trace with kvet_trace_close().
 * Errors: -EINVAL for options that contradict each other or a buffer that is too small or large; of
 * open(2) and bpf(2) for the cgroup; of bpf(2), with the verifier message or the missing
 * capability; -EPERM unless kvet_trace_permitted() is yes; -EOPNOTSUPP if kprobes cannot be used at
 * all (kvet_kprobe_usable()); -EMFILE if RLIMIT_NOFILE does not allow for the probes of all sites,
 * before one is armed with a probe of its own; -EINTR if the progress callback gave up; -ENOMEM.
 */
int kvet_trace_open(struct kvet_trace **trace, const struct kvet_host *host,
		    const struct kvet_kprobe_site *const *sites, size_t count,
		    const struct kvet_trace_options *options, struct kvet_cause *err);

/* Starts counting hits. */
void kvet_trace_start(struct kvet_trace *trace);

/* A descriptor that becomes readable when events wait. The session owns it. */
int kvet_trace_fd(const struct kvet_trace *trace);

/*
 * Called with each event, in the order of the ring buffer. Returns 0, or a negative number to end
 * this poll; the event counts as delivered in either case. A site that fires faster than the sink
 * can take events keeps a poll going until the sink ends it.
 */
typedef int (*kvet_trace_sink)(void *context, const struct kvet_trace_event *event);

/* Delivers the events that wait, without waiting for more. Errors: -EPROTO for a malformed record;
 * of the ring buffer. */
int kvet_trace_poll(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err);

/* Disarms every site, waits for handlers under way, and delivers what is left. Errors: as
 * kvet_trace_poll(). */
int kvet_trace_stop(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err);

/* The state of one site, with its present counters. Errors: of bpf(BPF_MAP_LOOKUP_ELEM). */
int kvet_trace_site_read(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
			 struct kvet_cause *err);

/* Whether the kprobe PMU was refused to a session with backend auto, and why. Each site tells which
 * back end replaced it: multi for functions' entries and returns, tracefs for the rest. */
bool kvet_trace_fallback(const struct kvet_trace *trace, struct kvet_cause *cause);

/* Whether the kernel's list of armed probes could not be read, so that no site's real address is
 * known, and why. Known after kvet_trace_stop(). */
bool kvet_trace_armed_unknown(const struct kvet_trace *trace, struct kvet_cause *cause);

/* With by_tree: how many tasks were started for which there was no room, so that their hits, and
 * those of what they started, were filtered. */
uint64_t kvet_trace_tree_lost(const struct kvet_trace *trace);

/* Whether no module has been unloaded that kvet_trace_poll() has not reported: then what was read
 * of a module before this call was of the one that was reported last. */
bool kvet_trace_modules_steady(const struct kvet_trace *trace);

/* How many changes of modules there was no room for, so that they were not reported. */
uint64_t kvet_trace_modules_lost(const struct kvet_trace *trace);

/*
 * The missed hits that the kernel does not count by site: with multi, or if one program serves all
 * sites (more than a few). They come in addition to each site's own missed. Returns false if the
 * kernel does not tell. Known after kvet_trace_stop().
 */
bool kvet_trace_missed(const struct kvet_trace *trace, uint64_t *missed);

/* A site's durations, added up over the CPUs: slots[n] counts those from 2^n ns to less than
 * 2^(n+1); slots[0] those below 2 ns. Errors: of bpf(BPF_MAP_LOOKUP_ELEM). */
int kvet_trace_histogram_read(const struct kvet_trace *trace, size_t index,
			      uint64_t slots[KVET_TRACE_SLOTS], struct kvet_cause *err);

/* Hits of one task, or from one stack, at one site. */
struct kvet_trace_rank {
	size_t site;
	uint64_t hits;
	uint32_t pid;
	char comm[KVET_TRACE_COMM_SIZE];
	uint64_t frames[KVET_TRACE_STACK_MOST]; /* none if the stack could not be kept */
	size_t frame_count;
	/* With user_stack: the same of the process, which is pid. */
	struct kvet_user_frame user_frames[KVET_TRACE_STACK_MOST];
	size_t user_frame_count;
};

/*
 * With top: the present counts, the largest first, at most `most` of them. The caller frees *ranks;
 * *others counts the hits of those that are left out. Errors: of bpf(BPF_MAP_LOOKUP_ELEM); -ENOMEM.
 */
int kvet_trace_top_read(const struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
			size_t *count, uint64_t *others, struct kvet_cause *err);

/* The same, but only with the hits since the last call of this function with this session. */
int kvet_trace_top_lap(struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
		       size_t *count, uint64_t *others, struct kvet_cause *err);

/* The name of a register of kvet_trace_event, as in the kernel's struct pt_regs ("di", "x0"); NULL
 * after the last one. A static string. */
const char *kvet_trace_register_name(size_t index);

/* Disarms the sites that are still armed and frees everything. NULL is fine. */
void kvet_trace_close(struct kvet_trace *trace);

#ifdef __cplusplus
}
#endif

#endif
