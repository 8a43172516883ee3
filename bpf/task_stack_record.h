/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/task_stack.bpf.c and lib/trace/ share. */
#ifndef KVET_BPF_TASK_STACK_RECORD_H
#define KVET_BPF_TASK_STACK_RECORD_H

#include <linux/types.h>

#define TASK_STACK_MOST 128 /* frames */

/* The kernel's stack of one thread. */
struct task_stack_record {
	__u32 pid, tid; /* in the initial PID namespace */
	__s32 size;     /* bytes of frames, or a negative errno */
	__u32 running;  /* it is on a CPU, and its stack is changing */
	__u64 frames[TASK_STACK_MOST];
};

#endif
