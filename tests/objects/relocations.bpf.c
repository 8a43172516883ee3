// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Each kind of CO-RE relocation, of what a kernel has and of what it lacks. What kvet makes of them
 * is compared with what libbpf writes: tests/vm/oracle/relocations.c.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define RELOCATED __attribute__((preserve_access_index))

struct list_head {
	struct list_head *next, *prev;
} RELOCATED;

struct mm_struct {
	int flags_of_tomorrow;
	unsigned long start_code;
} RELOCATED;

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct mm_struct *mm;
	struct list_head children;
	unsigned int sched_reset_on_fork : 1;
	unsigned int in_execve : 1;
	unsigned int no_cgroup_migration : 1;
} RELOCATED;

/* Of another size and sign than the kernel's. */
struct task_struct___sizes {
	unsigned long long pid;
	unsigned int flags;
	short prio;
	int start_time;
} RELOCATED;

struct task_struct___old {
	volatile long state;
} RELOCATED;

struct task_struct___new {
	unsigned int __state;
} RELOCATED;

struct sk_buff {
	unsigned int len;
	unsigned char pkt_type : 3;
	unsigned char cloned : 1;
	unsigned char ip_summed : 2;
} RELOCATED;

/* Its last member has no size. */
struct bpf_prog_array_item {
	void *prog;
} RELOCATED;
struct bpf_prog_array {
	struct bpf_prog_array_item items[0];
} RELOCATED;

struct of_tomorrow {
	int member;
} RELOCATED;

enum bpf_func_id___some {
	BPF_FUNC_ktime_get_ns___some = 1,
	BPF_FUNC_ktime_get_coarse_ns___some = 2,
	BPF_FUNC_of_tomorrow = 9999,
};

enum pid_type___other {
	PIDTYPE_SID___other = 77,
};

typedef int pid_t;
union bpf_attr___some {
	int map_type;
} RELOCATED;

/* --- fields --------------------------------------------------------------------------------- */

SEC("socket") int offsets(void *ctx)
{
	struct task_struct *task = ctx;
	long sum = 0;

	sum += bpf_core_field_offset(task->pid);
	sum += bpf_core_field_offset(task->comm);
	sum += bpf_core_field_offset(task->comm[3]);
	sum += bpf_core_field_offset(task->children.prev);
	sum += bpf_core_field_offset(task[1].tgid);
	sum += bpf_core_field_offset(task->mm);
	return (int)sum;
}

SEC("socket") int sizes(void *ctx)
{
	struct task_struct *task = ctx;
	struct task_struct___sizes *other = ctx;

	return (int)(bpf_core_field_size(task->comm) + bpf_core_field_size(task->children) +
		     bpf_core_field_size(other->pid) + bpf_core_field_size(other->prio));
}

SEC("socket") int guards(void *ctx)
{
	struct task_struct___old *old = ctx;
	struct task_struct___new *new = ctx;
	struct of_tomorrow *none = ctx;
	struct mm_struct *mm = ctx;
	int sum = 0;

	sum += bpf_core_field_exists(old->state) ? 1 : 2;
	sum += bpf_core_field_exists(new->__state) ? 4 : 8;
	sum += bpf_core_field_exists(none->member) ? 16 : 32;
	sum += bpf_core_field_exists(mm->flags_of_tomorrow) ? 64 : 128;
	return sum;
}

/* Loads of the context itself, whose sizes the kernel's types decide. */
SEC("socket") int loads(void *ctx)
{
	struct task_struct *task = ctx;
	struct task_struct___sizes *other = ctx;
	struct mm_struct *mm = ctx;

	return (int)(task->pid + other->pid + other->flags + other->prio + other->start_time +
		     mm->start_code);
}

SEC("socket") int stores(void *ctx)
{
	struct task_struct *task = ctx;

	task->pid = 7;
	task->tgid = (int)(long)task->mm;
	return 0;
}

SEC("socket") int bit_fields(void *ctx)
{
	struct task_struct *task = ctx;
	struct sk_buff *skb = ctx;

	return (int)(BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork) +
		     BPF_CORE_READ_BITFIELD_PROBED(task, in_execve) +
		     BPF_CORE_READ_BITFIELD_PROBED(task, no_cgroup_migration) +
		     BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type) +
		     BPF_CORE_READ_BITFIELD_PROBED(skb, ip_summed));
}

SEC("socket") int chains(void *ctx)
{
	struct task_struct *task = ctx;

	return (int)BPF_CORE_READ(task, mm, start_code);
}

SEC("socket") int elements(void *ctx)
{
	struct bpf_prog_array *array = ctx;

	return (int)(bpf_core_field_offset(array->items[0].prog) +
		     bpf_core_field_offset(array->items[5].prog));
}

/* --- types and enumerators ------------------------------------------------------------------ */

SEC("socket") int types(void *ctx)
{
	return (int)(bpf_core_type_exists(struct task_struct) +
		     bpf_core_type_exists(struct of_tomorrow) + bpf_core_type_exists(pid_t) +
		     bpf_core_type_exists(union bpf_attr___some) +
		     bpf_core_type_exists(enum pid_type___other) +
		     bpf_core_type_size(struct task_struct) +
		     bpf_core_type_size(struct of_tomorrow) + bpf_core_type_id_local(pid_t) +
		     bpf_core_type_id_kernel(struct list_head));
}

SEC("socket") int enumerators(void *ctx)
{
	return (int)(bpf_core_enum_value(enum pid_type___other, PIDTYPE_SID___other) +
		     bpf_core_enum_value_exists(enum bpf_func_id___some,
						BPF_FUNC_ktime_get_ns___some) +
		     bpf_core_enum_value_exists(enum bpf_func_id___some,
						BPF_FUNC_ktime_get_coarse_ns___some) +
		     bpf_core_enum_value_exists(enum bpf_func_id___some, BPF_FUNC_of_tomorrow));
}

SEC("socket") int enumerator_missing(void *ctx)
{
	return (int)bpf_core_enum_value(enum bpf_func_id___some, BPF_FUNC_of_tomorrow);
}

/* --- functions that are called -------------------------------------------------------------- */

static __attribute__((noinline)) int called(struct task_struct *task)
{
	return bpf_core_field_offset(task->tgid) + bpf_core_field_exists(task->comm);
}

SEC("socket") int calls(void *ctx)
{
	return called(ctx);
}
