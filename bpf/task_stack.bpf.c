// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Writes the kernel's stacks of some threads, as binary records. /proc/PID/stack would not do: it
 * leaves out the functions that sleep, which are the ones that matter.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "task_stack_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid, tgid;
	int on_cpu; /* only in kernels for several CPUs */
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

/* The threads, by number: max_entries is set before the object is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} wanted SEC(".maps");

/* Static, because it is too large for the stack; there is one reader at a time. */
struct task_stack_record record = { 0 };

SEC("iter/task")
int kvet_task_stack(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 tid;

	if (!task)
		return 0;
	tid = (__u32)task->pid;
	if (!bpf_map_lookup_elem(&wanted, &tid))
		return 0;
	record.pid = (__u32)task->tgid;
	record.tid = tid;
	/* An int, in newer kernels a byte: read in its real size. */
	record.running = 0;
	if (bpf_core_field_exists(task->on_cpu))
		record.running = BPF_CORE_READ_BITFIELD(task, on_cpu) != 0;
	record.size = (__s32)bpf_get_task_stack(task, record.frames, sizeof(record.frames), 0);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
