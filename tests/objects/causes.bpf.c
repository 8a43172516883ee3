// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs as a tracer's author writes them: one for each cause that `kvet object check` knows,
 * guarded and unguarded. tests/vm/oracle/objects.sh loads and attaches each of them for real.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define RELOCATED __attribute__((preserve_access_index))

struct task_struct {
	int pid;
} RELOCATED;
struct task_struct___later {
	int member_of_tomorrow;
} RELOCATED;

enum bpf_func_id___later {
	BPF_FUNC_of_tomorrow = 9999,
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100000);
	__type(key, int);
	__type(value, long);
} table SEC(".maps");

/* Its value size is the loader's to set. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, 4);
} stacks SEC(".maps");

const volatile int use_boottime = 1;

/* --- the load ------------------------------------------------------------------------------- */

SEC("kprobe/vfs_read") int plain(void *ctx)
{
	int key = 0;
	long *value = bpf_map_lookup_elem(&table, &key);

	return value ? (int)*value : bpf_get_stackid(ctx, &stacks, 0);
}

SEC("kprobe/vfs_read") int member(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, pid);
}

SEC("kprobe/vfs_read") int member_missing(void *ctx)
{
	struct task_struct___later *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, member_of_tomorrow);
}

SEC("kprobe/vfs_read") int member_guarded(void *ctx)
{
	struct task_struct___later *task = (void *)bpf_get_current_task();

	if (bpf_core_field_exists(task->member_of_tomorrow))
		return BPF_CORE_READ(task, member_of_tomorrow);
	return 0;
}

static long (*helper_of_tomorrow)(void) = (void *)9999;

SEC("kprobe/vfs_read") int helper_unknown(void *ctx)
{
	return (int)helper_of_tomorrow();
}

SEC("kprobe/vfs_read") int helper_guarded(void *ctx)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id___later, BPF_FUNC_of_tomorrow))
		return (int)helper_of_tomorrow();
	return 0;
}

SEC("kprobe/vfs_read") int helper_new(void *ctx)
{
	return (int)bpf_ktime_get_tai_ns();
}

SEC("kprobe/vfs_read") int helper_type(void *ctx)
{
	char bytes[8];

	return (int)bpf_skb_load_bytes(ctx, 0, bytes, sizeof(bytes));
}

SEC("kprobe/vfs_read") int helper_sleeps(void *ctx)
{
	char bytes[8];

	return (int)bpf_copy_from_user(bytes, sizeof(bytes), (void *)1);
}

SEC("kprobe/vfs_read") int out_of_bounds(void *ctx)
{
	int key = 0;
	long *value = bpf_map_lookup_elem(&table, &key);

	return value ? (int)value[3] : 0;
}

SEC("kprobe/vfs_read") int not_checked(void *ctx)
{
	int key = 0;
	long *value = bpf_map_lookup_elem(&table, &key);

	return (int)*value;
}

SEC("kprobe/vfs_read") int complex(void *ctx)
{
	long sum = 0;

	for (int i = 0; i < 1000000; i++)
		sum += bpf_get_prandom_u32() & 1 ? i : 1;
	return (int)sum;
}

SEC("uprobe.s//bin/kvet:main") int sleeps(void *ctx)
{
	char bytes[8];

	return (int)bpf_copy_from_user(bytes, sizeof(bytes), (void *)1);
}

SEC("fentry.s/vfs_read") int target_awake(void *ctx)
{
	return 0;
}

SEC("fmod_ret/vfs_read") int not_modifiable(void *ctx)
{
	return 0;
}

SEC("tp_btf/sched_switch") int argument_missing(unsigned long long *ctx)
{
	return (int)ctx[9];
}

SEC("?kprobe/vfs_read") int optional(void *ctx)
{
	return (int)helper_of_tomorrow();
}

SEC("syscall") int type_syscall(void *ctx)
{
	return 0;
}

SEC("xdp.frags") int type_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp") int type_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("lirc_mode2") int type_lirc(void *ctx)
{
	return 0;
}

/* An array belongs to the type of the first program that uses it: alone, each of these loads. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 4);
} jumps SEC(".maps");

SEC("raw_tp/sched_switch") int jump_raw(void *ctx)
{
	bpf_tail_call(ctx, &jumps, 0);
	return 0;
}

SEC("xdp") int jump_xdp(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &jumps, 0);
	return XDP_PASS;
}

/* --- targets -------------------------------------------------------------------------------- */

#define TARGET(section, name) \
	SEC(section)          \
	int name(void *ctx)   \
	{                     \
		return 0;     \
	}

TARGET("kprobe/no_such_function", kprobe_absent)
TARGET("kprobe/c_start", kprobe_ambiguous)
TARGET("kprobe/vfs_read+0x10000", kprobe_past)
TARGET("kretprobe/vfs_read", kretprobe_plain)
TARGET("kretprobe/vfs_read+0x10", kretprobe_offset)
TARGET("kprobe/start_kernel", kprobe_freed)
TARGET("kprobe.multi/vfs_read", multi)
TARGET("kprobe.multi/no_such_*", multi_absent)
TARGET("ksyscall/openat", syscall_plain)
TARGET("ksyscall/no_such_call", syscall_absent)
TARGET("fentry/vfs_read", fentry_plain)
TARGET("fexit/vfs_read", fexit_plain)
TARGET("fentry/no_such_function", fentry_absent)
TARGET("fentry/c_start", fentry_ambiguous)
TARGET("fentry/sock_put", fentry_several)
TARGET("fentry/start_kernel", fentry_freed)
TARGET("fentry/dummy_target", fentry_dummy)
TARGET("fentry", fentry_bare)
TARGET("freplace/some_program", replaces)
TARGET("tracepoint/sched/sched_switch", tracepoint_plain)
TARGET("tracepoint/no_such/tracepoint", tracepoint_absent)
TARGET("raw_tp/sched_switch", raw_plain)
TARGET("raw_tp/no_such_tracepoint", raw_absent)
TARGET("tp_btf/sched_switch", btf_plain)
TARGET("tp_btf/no_such_tracepoint", btf_absent)
TARGET("lsm/file_open", lsm_plain)
TARGET("lsm/no_such_hook", lsm_absent)
TARGET("iter/task", iterator)
TARGET("iter/bpf_map_elem", iterator_of_map)
TARGET("uprobe//bin/kvet:main", uprobe_plain)
TARGET("uprobe//bin/kvet:no_such_function", uprobe_absent)
TARGET("uprobe//no/such/file:main", uprobe_no_file)
TARGET("uprobe//proc/self/exe:main", uprobe_self)
TARGET("uprobe/no_file", uprobe_by_hand)
TARGET("kprobe/dummy_target", kprobe_dummy)
TARGET("an_own_name", section_own)

/* The tracepoint has two arguments. */
SEC("raw_tp/sys_enter") int raw_two(unsigned long long *ctx)
{
	return (int)ctx[1];
}

SEC("raw_tp/sys_enter") int raw_past(unsigned long long *ctx)
{
	return (int)ctx[2];
}

/* The format of the event ends before that. */
SEC("tracepoint/sched/sched_switch") int tracepoint_past(unsigned long long *ctx)
{
	return (int)ctx[100];
}

/* --- clocks --------------------------------------------------------------------------------- */

static __attribute__((noinline)) unsigned long long stamp(void)
{
	return bpf_ktime_get_boot_ns();
}

SEC("raw_tp/sched_switch") int clock_called(void *ctx)
{
	return (int)stamp();
}

SEC("raw_tp/sched_switch") int clock_guarded(void *ctx)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_ktime_get_boot_ns))
		return (int)bpf_ktime_get_boot_ns();
	return (int)bpf_ktime_get_ns();
}

SEC("raw_tp/sched_switch") int clock_switched(void *ctx)
{
	return (int)(use_boottime ? bpf_ktime_get_boot_ns() : bpf_ktime_get_ns());
}

SEC("raw_tp/sched_switch") int clock_jiffies(void *ctx)
{
	return (int)bpf_jiffies64();
}
