// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A tracer of the kind that works on its author's kernel. `scripts/vm try` shows what becomes of it
 *on five:
 *
 *	clang -target bpf -O2 -g -I/usr/include/$(uname -m)-linux-gnu -c tests/examples/tracer.bpf.c
 *	scripts/vm try tracer.bpf.o
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct task_struct {
	unsigned int __state;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, unsigned long long);
	__type(value, unsigned long long);
} started SEC(".maps");

SEC("kprobe/do_sys_openat2") int open_begins(void *ctx)
{
	unsigned long long id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_boot_ns();

	return (int)bpf_map_update_elem(&started, &id, &now, BPF_ANY);
}

/* The other clock. */
SEC("kretprobe/do_sys_openat2") int open_ends(void *ctx)
{
	unsigned long long id = bpf_get_current_pid_tgid(), *at;

	at = bpf_map_lookup_elem(&started, &id);
	return at ? (int)(bpf_ktime_get_ns() - *at) : 0;
}

/* The member was `state` before 5.14. */
SEC("tp_btf/sched_switch") int switches(unsigned long long *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return (int)BPF_CORE_READ(task, __state);
}

SEC("kprobe.multi/vfs_*") int file_calls(void *ctx)
{
	return 0;
}

/* A compiler made finish_task_switch.isra.0 of it. */
SEC("kprobe/finish_task_switch") int switched(void *ctx)
{
	return 0;
}

SEC("fentry/c_start") int proc_opens(void *ctx)
{
	return 0;
}

SEC("lsm/file_open") int file_opens(void *ctx)
{
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_openat") int call_begins(void *ctx)
{
	return (int)bpf_get_attach_cookie(ctx);
}
