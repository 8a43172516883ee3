/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/trace.bpf.c and lib/trace/ share. Little padding, no pointers. */
#ifndef KVET_BPF_TRACE_EVENT_H
#define KVET_BPF_TRACE_EVENT_H

#include <linux/bpf.h>
#include <linux/types.h>

#define TRACE_COMM_SIZE  16 /* TASK_COMM_LEN */
#define TRACE_STACK_MOST 64 /* frames */
#define TRACE_ARGS       6  /* arguments that come in registers */
#define TRACE_STRING     64 /* bytes of a string argument, with the NUL */
#define TRACE_REGISTERS  34 /* enough for any architecture */
#define TRACE_SLOTS      64 /* of a histogram */
#define TRACE_PRINTS     8  /* expressions */
#define TRACE_STEPS      8  /* pointers that an expression follows */
#define TRACE_CONDITIONS 8
#define TRACE_TEXT       256  /* bytes of a text that is compared, with the NUL */
#define TRACE_ERRNO_MOST 4095 /* kernel: include/linux/err.h, MAX_ERRNO */

/* The immediate that the loader replaces by the site's number. One copy of the program is loaded
 * for each site: that requires neither cookies (5.15) nor a guess from the instruction pointer. */
#define TRACE_SITE_MARK 0x51735173

/* In a trampoline, the bits above the site's number tell how many arguments the function has. */
#define TRACE_SITE_BITS 24
#define TRACE_SITE_MOST ((1U << TRACE_SITE_BITS) - 1)

/* What the programs do: written into their read-only data before they are loaded, so that the
 * verifier removes the code for the rest. */
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
	TRACE_ARGUMENTS = 1 << 10, /* send the registers of arguments, as they were at the entry */
	TRACE_STRINGS = 1 << 11,   /* send the strings that arguments point to */
	TRACE_REGS = 1 << 12,      /* send all registers */
	TRACE_TOP = 1 << 13,       /* count by task or stack, send nothing */
	TRACE_LEAVE_OWN = 1 << 14, /* kvet's own hits are filtered */
	TRACE_LOCKED = 1 << 15,    /* a lockdown forbids programs to read the kernel's memory */
	TRACE_BY_TREE = 1 << 16,   /* pid and its descendants */
	TRACE_BY_PIDNS = 1 << 17,  /* tasks of one PID namespace */
	TRACE_PRINT = 1 << 18,     /* send what expressions on arguments lead to */
	TRACE_WHERE = 1 << 19,     /* hits must meet conditions that can be asked at the entry */
	TRACE_WHERE_RETURN = 1 << 20, /* the same, at the return; requires TRACE_RETURN */
	TRACE_WHERE_READS = 1 << 21,  /* conditions read the kernel's memory */
	TRACE_USER_STACK = 1 << 22,   /* send, or count by, the stack of the process */
	TRACE_SYSCALLS = 1 << 23,     /* some sites are system calls' wrappers */
	TRACE_NEST = 1 << 24,         /* send calls of the roots, and what is called in them */
	TRACE_NUMBERS = 1 << 25,      /* tasks have the numbers of the reader's PID namespace */
};

/* The shapes of programs: the flags that they know. A light program has an eighth of the
 * instructions, and the kernel's time to load one is by those. */
#define TRACE_ANY (~0U)
#define TRACE_HEAVY                                                                       \
	(TRACE_STACK | TRACE_USER_STACK | TRACE_ARGUMENTS | TRACE_STRINGS | TRACE_REGS |  \
	 TRACE_TOP | TRACE_PRINT | TRACE_WHERE | TRACE_WHERE_RETURN | TRACE_WHERE_READS | \
	 TRACE_SYSCALLS | TRACE_NEST)
#define TRACE_LIGHT (TRACE_ANY & ~TRACE_HEAVY)

/* What a condition asks. */
enum trace_subject {
	TRACE_SUBJECT_ARGUMENT, /* what an expression on an argument leads to */
	TRACE_SUBJECT_RETURN,   /* the returned value, or what it leads to */
	TRACE_SUBJECT_ERRNO,    /* the errno that is returned; 0: none is */
	TRACE_SUBJECT_DURATION, /* ns */
	TRACE_SUBJECT_COMM,
	TRACE_SUBJECT_PID, /* the thread group */
	TRACE_SUBJECT_UID,
	TRACE_SUBJECT_CPU,
};

/* How it is compared. A text: whether it matches the pattern, or does not (TRACE_IS_UNEQUAL). */
enum trace_operation {
	TRACE_IS_EQUAL,
	TRACE_IS_UNEQUAL,
	TRACE_IS_LESS,
	TRACE_IS_MOST,
	TRACE_IS_GREATER,
	TRACE_IS_LEAST,
	TRACE_IS_BITS,
	TRACE_IS_GLOB,
};

/* What is the same of a condition at all sites: the verifier removes the code for the rest. */
struct trace_question {
	__u16 subject;  /* enum trace_subject */
	__u8 operation; /* enum trace_operation */
	__u8 is_text;
};

struct trace_config {
	__u32 flags;
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 cpu;
	__u32 sample;       /* one hit in this many counts on each CPU; 0: all */
	__u64 rate;         /* events of a site in a second; 0: no limit */
	__u64 min_duration; /* ns */
	char comm[TRACE_COMM_SIZE];
	__u32 own_pid; /* with TRACE_LEAVE_OWN: kvet's process in the initial PID namespace */
	__u32 top_by;  /* enum trace_top */
	/* With TRACE_BY_PIDNS: the file system's device, as the kernel has it, and the inode. */
	__u64 pidns_dev;
	__u64 pidns_ino;
	__u32 prints;     /* with TRACE_PRINT: expressions of each site */
	__u32 conditions; /* with TRACE_WHERE and TRACE_WHERE_RETURN */
	struct trace_question questions[TRACE_CONDITIONS];
	__u64 reader_dev; /* with TRACE_NUMBERS: the same of the reader's */
	__u64 reader_ino;
	__u32 roots;      /* with TRACE_NEST: the first sites, whose calls begin a nest */
	__u32 nest_calls; /* calls of a nest that are sent */
};

/* The key that TRACE_TOP counts by. */
enum trace_top {
	TRACE_TOP_COMM,
	TRACE_TOP_PID,
	TRACE_TOP_STACK,
};

struct trace_top_key {
	__u32 site;
	__u32 pid;   /* the process, if hits are counted by process, or with TRACE_USER_STACK */
	__s64 stack; /* if by stack: its number in the map of stacks, or a negative errno */
	__s64 user_stack; /* with TRACE_USER_STACK: the same in the map of user stacks */
	char comm[TRACE_COMM_SIZE];
};

/* One hit, as sent through the ring buffer. */
struct trace_event {
	__u64 boot_ns;
	__u64 mono_ns;
	__u64 ip;
	__u64 cgroup;
	__u64 value;       /* with TRACE_RETURN: the returned value */
	__u64 duration_ns; /* with TRACE_RETURN: since the entry; ~0: that was not seen */
	__u32 site;
	__u32 cpu;
	/* The thread group, which user space calls the process. With TRACE_NUMBERS, 0 for a task of
	 * another PID namespace. */
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__s32 stack_size; /* bytes of frames, or a negative errno */
	char comm[TRACE_COMM_SIZE];
};

/* The same with its stack, and with everything: members that no flag asks for are not written. */
struct trace_stack_event {
	struct trace_event event;
	__u64 frames[TRACE_STACK_MOST];
};

/* With TRACE_USER_STACK: the stack of the process. Of each frame the kernel finds the file's build
 * id and the offset in it, or only the address. */
struct trace_user_stack {
	__s64 size; /* bytes of frames, or a negative errno */
	struct bpf_stack_build_id frames[TRACE_STACK_MOST];
};

struct trace_user_event {
	struct trace_stack_event event;
	struct trace_user_stack user;
};

/* What an expression leads to, from the register of an argument on: each of the first offsets is
 * added, and a pointer is read there; then the next one is added. */
enum trace_path_form {
	TRACE_PATH_NONE,   /* nothing: the expression is none of this site's */
	TRACE_PATH_VALUE,  /* size bytes there; 0: the last pointer itself */
	TRACE_PATH_STRING, /* the same is a pointer to a string, which is copied */
	TRACE_PATH_TEXT,   /* a string is there */
};

/* The place of what the function returns. */
#define TRACE_RETURNED 0xffffffff

struct trace_path {
	__u32 form;
	__u32 place; /* of the argument, or TRACE_RETURNED */
	__u32 pointers;
	__u32 size;
	__u32 offsets[TRACE_STEPS + 1];
	__u32 user; /* the memory is the process's */
};

/* A condition at a site. The path's form is TRACE_PATH_NONE if it never holds there. */
struct trace_term {
	struct trace_path path;
	__u64 value; /* what is compared with */
	__u32 width; /* bits of the number, from shift on */
	__u32 shift;
	__u32 is_signed;
	__u32 unused;
};

/* What a byte of a text makes of the set of places in a pattern: lib/kprobe/pattern.h. */
struct trace_cell {
	__u64 step, stay;
};

struct trace_pattern {
	struct trace_cell cells[256];
	__u64 accept, open;
};

struct trace_text {
	char bytes[TRACE_TEXT];
};

struct trace_print {
	__u64 value;  /* the bytes, as memory has them; if it failed, the address */
	__u32 failed; /* nothing could be read at that address */
	__s32 size;   /* of the text, with the NUL; 0: there is none; or a negative errno */
	char text[TRACE_STRING];
};

/* The strings and prints are last: what the flags do not ask for is not kept. */
struct trace_arguments {
	__u64 values[TRACE_ARGS];
	__s32 string_sizes[TRACE_ARGS]; /* with the NUL; 0: not a string; or a negative errno */
	char strings[TRACE_ARGS][TRACE_STRING];
	struct trace_print prints[TRACE_PRINTS];
};

/* With TRACE_RETURN: what is known of the arguments of a call that has returned. */
enum trace_entry {
	TRACE_ENTRY_SEEN,   /* all */
	TRACE_ENTRY_UNSEEN, /* nothing: its entry was not noted */
	TRACE_ENTRY_NESTED, /* nothing: TRACE_NESTED calls were nested in it */
	TRACE_ENTRY_UNKEPT, /* nothing: the map had no room */
	TRACE_ENTRY_COUNT
};

struct trace_full_event {
	struct trace_event event;
	__u64 frames[TRACE_STACK_MOST];
	__u64 registers[TRACE_REGISTERS]; /* struct pt_regs, then undefined */
	__u64 entry;                      /* enum trace_entry */
	struct trace_arguments arguments; /* undefined unless entry is TRACE_ENTRY_SEEN */
};

/* With TRACE_USER_STACK, also with the prints if there are none. */
struct trace_full_user_event {
	struct trace_full_event full;
	struct trace_user_stack user;
};

/* With TRACE_NEST: a call of a root, with depth and order 0, or in it. */
struct trace_nest_event {
	struct trace_event event;
	__u64 root;  /* the same for all calls of a nest, together with the thread */
	__u32 depth; /* calls that it was in, from the root on */
	__u32 order; /* of its entry, in the nest */
	/* Of a root: calls that were noted, itself included, and those that had no room. */
	__u32 calls;
	__u32 cut;
	__u64 arguments[TRACE_ARGS];
};

/* Otherwise without TRACE_PRINT, the record ends before the prints. */
#define TRACE_FULL_WITHOUT_PRINTS __builtin_offsetof(struct trace_full_event, arguments.prints)

/* Whether hits count. With TRACE_RETURN, calls are followed to their returns in every phase. */
enum trace_phase {
	TRACE_WAITING, /* not all sites are armed yet */
	TRACE_RUNNING,
	TRACE_ENDING, /* hits no longer count, but calls still return */
};

/* Counters of each site on each CPU: hits = counted + filtered + limited + lost. counted hits are
 * those sent, unless the flags say to send nothing. */
struct trace_counters {
	__u64 hits;
	__u64 counted;
	__u64 filtered; /* a filter turned them away */
	__u64 limited;  /* the sample or the rate turned them away */
	__u64 lost;     /* the ring buffer, or the map of --top, had no room */
	__u64 own;      /* kvet's own, included in filtered */
	__u64 unread;   /* what a condition asks could not be read, included in filtered */
};

/* A site's events in the current second, on all CPUs. */
struct trace_window {
	__u64 second;
	__u64 events;
};

/* With TRACE_RETURN, counters of each site on each CPU: calls that began after the start of tracing
 * and pass the filters. entered = returned + drained + unseen + unkept + those in the map of
 * calls. */
struct trace_returns {
	__u64 entered;
	__u64 returned; /* in TRACE_RUNNING */
	__u64 drained;  /* in TRACE_ENDING, until everything was disarmed */
	__u64 unseen;   /* over without a return that the probe saw */
	__u64 unkept;   /* the map had no room for them */
};

/* The key of the map of calls: thread and site. All idle tasks are thread 0: their key is the CPU,
 * in the place of a process without a thread, which no other task has. */
struct trace_call {
	__u64 pid_tid;
	__u64 site;
};

/* How many nested calls of a function have durations. */
#define TRACE_NESTED 8

/* A call is identified by its frame, the address of its return address on the stack: when it
 * returns, or when another call has the same frame, every call that was entered after it is
 * over. */
struct trace_frame {
	__u64 at;
	__u64 began;
};

/* A thread's calls of one site, each nested in the one before it. */
struct trace_calls {
	struct trace_frame frames[TRACE_NESTED];
	__u64 caller;  /* return address of the last one; 0: not known */
	__u32 depth;   /* how many frames there are; the last call's is the last */
	__u32 dropped; /* outer calls that have no room in frames */
	__u32 counted; /* how many of all these are in trace_returns.entered */
	__u32 moved;   /* how often the frames moved down by one, to make room */
	__u32 lasts;   /* the entry stays in the map when no call is under way */
	__u32 unused;
};

/* How many entries of the map of calls stay in it, for the next call of the same thread: to make
 * and to delete one takes longer than all else that is done for a call. Those of threads that have
 * ended stay too. */
#define TRACE_LASTING_MOST 4096

/* The key of the map of arguments: a call of these, by its frame. A frame that moves down keeps its
 * slot, (moved + its index) % TRACE_NESTED. */
struct trace_kept_key {
	struct trace_call call;
	__u64 slot;
};

/* The arguments of a call under way. Those of a call that did not return remain until its thread
 * uses the slot again, so `began` tells whether they are this call's. */
struct trace_kept {
	__u64 began;
	struct trace_arguments arguments;
};

/* How many calls in each other are followed in a nest. */
#define TRACE_NEST_MOST 32

/* The kernel's stacks have at least this size, and are aligned to it. */
#define TRACE_STACK_SIZE 16384ULL

struct trace_nest_frame {
	__u64 at;
	__u64 began;
	__u32 site;
	__u32 order;
	__u64 arguments[TRACE_ARGS];
};

/* A root under way in a thread, and the calls in it. */
struct trace_nest {
	struct trace_nest_frame frames[TRACE_NEST_MOST];
	__u64 root;
	__u64 frame; /* of the call that is being looked at */
	__u32 depth;
	__u32 calls;
	__u32 cut;
	__u32 unused;
};

/* A site's durations on all CPUs: slot n counts those from 2^n ns, slot 0 those from 0. */
struct trace_histogram {
	__u64 slots[TRACE_SLOTS];
};

#endif
