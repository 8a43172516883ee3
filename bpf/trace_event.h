/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/trace.bpf.c and lib/trace/ share. Little padding, no pointers. */
#ifndef KVET_BPF_TRACE_EVENT_H
#define KVET_BPF_TRACE_EVENT_H

#include <linux/types.h>

#define TRACE_COMM_SIZE  16 /* TASK_COMM_LEN */
#define TRACE_STACK_MOST 64 /* frames */
#define TRACE_ARGS       6  /* arguments that come in registers */
#define TRACE_STRING     64 /* bytes of a string argument, with its NUL */
#define TRACE_REGISTERS  34 /* room for those of any architecture */
#define TRACE_SLOTS      64 /* of a histogram */

/* The immediate that stands in the program where its site's number belongs. One program is
 * loaded for each site, with its own number: no cookie (5.15), no guess from the IP. */
#define TRACE_SITE_MARK 0x51735173

/* What the programs do, written into their read-only data before they are loaded: what is not
 * wanted costs nothing, for the verifier takes it away. */
enum trace_flag {
	TRACE_RETURN = 1 << 0,     /* the site is a function's return */
	TRACE_STACK = 1 << 1,      /* send the kernel's stack */
	TRACE_COUNT_ONLY = 1 << 2, /* send nothing */
	TRACE_HISTOGRAM = 1 << 3,  /* count durations, send nothing */
	TRACE_BY_PID = 1 << 4,
	TRACE_BY_TID = 1 << 5,
	TRACE_BY_UID = 1 << 6,
	TRACE_BY_CPU = 1 << 7,
	TRACE_BY_COMM = 1 << 8,
	TRACE_BY_CGROUP = 1 << 9,
	TRACE_ARGUMENTS = 1 << 10, /* send the registers of arguments */
	TRACE_STRINGS = 1 << 11,   /* and what those point to that are strings */
	TRACE_REGS = 1 << 12,      /* send all registers */
	TRACE_TOP = 1 << 13,       /* count by who or where, send nothing */
	TRACE_LEAVE_OWN = 1 << 14, /* kvet's own hits are filtered */
	TRACE_LOCKED = 1 << 15, /* no program may read the kernel's memory: a lockdown forbids it */
};

struct trace_config {
	__u32 flags;
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 cpu;
	__u32 sample;       /* of so many hits on a CPU, one counts; 0: each does */
	__u64 rate;         /* events of a site in a second; 0: any number */
	__u64 min_duration; /* ns */
	char comm[TRACE_COMM_SIZE];
	__u32 own_pid; /* with TRACE_LEAVE_OWN: the process, as the initial PID namespace has it */
	__u32 top_by;  /* enum trace_top */
};

/* What TRACE_TOP counts by. */
enum trace_top {
	TRACE_TOP_COMM,
	TRACE_TOP_PID,
	TRACE_TOP_STACK,
};

struct trace_top_key {
	__u32 site;
	__u32 pid;   /* by PID: the process */
	__s64 stack; /* by stack: its number in the map of stacks, or a negative errno */
	char comm[TRACE_COMM_SIZE];
};

/* One hit, as it goes through the ring buffer. */
struct trace_event {
	__u64 boot_ns;
	__u64 mono_ns;
	__u64 ip;
	__u64 cgroup;
	__u64 value;       /* with TRACE_RETURN: what the function returned */
	__u64 duration_ns; /* with TRACE_RETURN: since its entry; ~0: that was not seen */
	__u32 site;
	__u32 cpu;
	__u32 pid; /* of the thread group: what user space calls the process */
	__u32 tid;
	__u32 uid;
	__s32 stack_size; /* bytes of frames that are there, or a negative errno */
	char comm[TRACE_COMM_SIZE];
};

/* The same with its stack, and with all else: what was not asked for is not written. */
struct trace_stack_event {
	struct trace_event event;
	__u64 frames[TRACE_STACK_MOST];
};

struct trace_full_event {
	struct trace_event event;
	__u64 frames[TRACE_STACK_MOST];
	__u64 args[TRACE_ARGS];
	__u64 registers[TRACE_REGISTERS]; /* struct pt_regs, as far as there are any */
	__s32 string_sizes[TRACE_ARGS]; /* with the NUL; 0: it is no string; or a negative errno */
	char strings[TRACE_ARGS][TRACE_STRING];
};

/* Whether hits count. With TRACE_RETURN, calls that began meanwhile are followed to their returns
 * in each phase. */
enum trace_phase {
	TRACE_WAITING, /* not all sites are armed yet */
	TRACE_RUNNING,
	TRACE_ENDING, /* no more, but a call that returns now is not under way any more */
};

/* Counted for each site on each CPU: hits = counted + filtered + limited + lost, and counted is
 * what went into the ring buffer, unless nothing does. */
struct trace_counters {
	__u64 hits;
	__u64 counted;
	__u64 filtered; /* of another process, user, CPU, or too short */
	__u64 limited;  /* by the sample or the rate */
	__u64 lost;     /* the ring buffer was full, or what counts by who */
	__u64 own;      /* of those filtered: kvet's own */
};

/* A site's events in this second, on all CPUs. */
struct trace_window {
	__u64 second;
	__u64 events;
};

/* With TRACE_RETURN, counted for each site on each CPU: calls that began since tracing did, and
 * pass the filters. entered = returned + drained + unseen + unkept + those in the map of calls. */
struct trace_returns {
	__u64 entered;
	__u64 returned; /* while tracing ran */
	__u64 drained;  /* thereafter, until all was disarmed */
	__u64 unseen;   /* are over, and did not return to the kernel's probe */
	__u64 unkept;   /* the map had no room for them */
};

/* Whose calls of which site are under way. All idle tasks are thread 0: those go by their CPU,
 * written as a process without a thread, which there is none. */
struct trace_call {
	__u64 pid_tid;
	__u64 site;
};

/* Calls of one function in each other that all have their durations. */
#define TRACE_NESTED 8

/* A call is known by its frame, the place of its return address on the stack: whatever was entered
 * behind it is over when it returns, or when another call has its place. */
struct trace_frame {
	__u64 at;
	__u64 began;
};

/* A thread's calls of one site, each in the one before it. */
struct trace_calls {
	struct trace_frame frames[TRACE_NESTED];
	__u64 caller;  /* where the last one returns to; 0: not known */
	__u32 depth;   /* frames that there are, the last call's last */
	__u32 dropped; /* calls in front of them, for which there was no room any more */
	__u32 counted; /* of all of them, so many are in trace_returns.entered */
	__u32 unused;
};

/* A site's durations on all CPUs: slot n counts those from 2^n ns on, slot 0 from 0 on. */
struct trace_histogram {
	__u64 slots[TRACE_SLOTS];
};

#endif
