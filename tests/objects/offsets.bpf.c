// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reads of kernel memory with offsets of the build machine, and such as are the same everywhere. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct as_it_was_built {
	char before[1256];
	int pid;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct {
	int pid;
};
#pragma clang attribute pop

SEC("raw_tp/sched_switch") int relocated(unsigned long long *ctx)
{
	const struct task_struct *task = (const void *)ctx[1];
	int pid = 0;

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid);
	return pid;
}

SEC("raw_tp/sched_switch") int fixed(unsigned long long *ctx)
{
	const struct as_it_was_built *task = (const void *)ctx[1];
	int pid = 0;

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid);
	return pid;
}

/* As of a packet header. */
SEC("raw_tp/sched_switch") int header(unsigned long long *ctx)
{
	int address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), (const char *)ctx[1] + 16);
	return address;
}

/* As the first argument of a system call. */
SEC("raw_tp/sys_enter") int registers(unsigned long long *ctx)
{
	long argument = 0;

	bpf_probe_read_kernel(&argument, sizeof(argument), (const char *)ctx[0] + 112);
	return (int)argument;
}
