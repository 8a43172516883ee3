/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/task_number.bpf.c and lib/trace/ share. */
#ifndef KVET_BPF_TASK_NUMBER_RECORD_H
#define KVET_BPF_TASK_NUMBER_RECORD_H

#include <linux/types.h>

struct task_number_record {
	__u32 pid, tid; /* in the initial PID namespace */
};

#endif
