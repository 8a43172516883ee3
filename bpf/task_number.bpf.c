// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Writes the numbers of an iterator's tasks in the initial PID namespace. The iterator looks up
 * tasks by their numbers in the namespace of the process that made it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "task_number_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid, tgid;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

SEC("iter/task")
int kvet_task_number(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_number_record record;

	if (!task)
		return 0;
	record.pid = (__u32)task->tgid;
	record.tid = (__u32)task->pid;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
