// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs as a tracer's author writes them, each for a cell of `kvet probe helpers`. Its name
 * says which: TYPE__HELPER__WITH, a TYPE with _s at its end being sleepable; WITH is the map that
 * it needs, or "object". tests/vm/oracle/cells.sh loads them one by one, and compares.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The members that are used of the kernel's. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct sock;
struct socket {
	struct sock *sk;
};
struct inode;
struct file {
	struct inode *f_inode;
};
#pragma clang attribute pop

#define MAP(name, kind, ...)        \
	struct {                    \
		__uint(type, kind); \
		__VA_ARGS__         \
	} name SEC(".maps")

MAP(queue, BPF_MAP_TYPE_QUEUE, __uint(max_entries, 1); __type(value, int););
MAP(ring, BPF_MAP_TYPE_RINGBUF, __uint(max_entries, 4096););
MAP(stacks, BPF_MAP_TYPE_STACK_TRACE, __uint(max_entries, 1); __uint(key_size, 4);
    __uint(value_size, 1016););
MAP(events, BPF_MAP_TYPE_PERF_EVENT_ARRAY, __uint(max_entries, 1); __uint(key_size, 4);
    __uint(value_size, 4););
MAP(programs, BPF_MAP_TYPE_PROG_ARRAY, __uint(max_entries, 1); __uint(key_size, 4);
    __uint(value_size, 4););
MAP(cgroups, BPF_MAP_TYPE_CGROUP_ARRAY, __uint(max_entries, 1); __uint(key_size, 4);
    __uint(value_size, 4););
MAP(socks, BPF_MAP_TYPE_SK_STORAGE, __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int);
    __type(value, int););
MAP(inodes, BPF_MAP_TYPE_INODE_STORAGE, __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int);
    __type(value, int););
MAP(numbers, BPF_MAP_TYPE_ARRAY, __uint(max_entries, 1); __type(key, int); __type(value, int););

struct locked {
	struct bpf_spin_lock lock;
	int v;
};
MAP(locks, BPF_MAP_TYPE_ARRAY, __uint(max_entries, 1); __type(key, int);
    __type(value, struct locked););

struct timed {
	struct bpf_timer timer;
};
MAP(timers, BPF_MAP_TYPE_ARRAY, __uint(max_entries, 1); __type(key, int);
    __type(value, struct timed););

struct node {
	long v;
	struct bpf_spin_lock lock;
};
extern void *bpf_obj_new_impl(__u64 id, void *meta) __ksym __weak;
extern void bpf_obj_drop_impl(void *p, void *meta) __ksym __weak;

#define ALWAYS static __attribute__((always_inline)) int

ALWAYS lookup(void)
{
	int key = 0;

	return bpf_map_lookup_elem(&numbers, &key) != NULL;
}

ALWAYS push(void)
{
	int v = 1;

	return (int)bpf_map_push_elem(&queue, &v, 0);
}

ALWAYS pop(void)
{
	int v;

	return (int)bpf_map_pop_elem(&queue, &v);
}

ALWAYS peek(void)
{
	int v;

	return (int)bpf_map_peek_elem(&queue, &v);
}

ALWAYS output(void)
{
	int v = 1;

	return (int)bpf_ringbuf_output(&ring, &v, sizeof(v), 0);
}

ALWAYS submit(void)
{
	int *v = bpf_ringbuf_reserve(&ring, sizeof(*v), 0);

	if (v) {
		*v = 1;
		bpf_ringbuf_submit(v, 0);
	}
	return 0;
}

ALWAYS lock_map(void)
{
	int key = 0;
	struct locked *value = bpf_map_lookup_elem(&locks, &key);

	if (value) {
		bpf_spin_lock(&value->lock);
		value->v++;
		bpf_spin_unlock(&value->lock);
	}
	return 0;
}

ALWAYS lock_object(void)
{
	struct node *node = bpf_obj_new_impl(bpf_core_type_id_local(struct node), NULL);

	if (node) {
		bpf_spin_lock(&node->lock);
		node->v++;
		bpf_spin_unlock(&node->lock);
		bpf_obj_drop_impl(node, NULL);
	}
	return 0;
}

ALWAYS init_timer(void)
{
	int key = 0;
	struct timed *value = bpf_map_lookup_elem(&timers, &key);

	return value ? (int)bpf_timer_init(&value->timer, &timers, 1) : 0;
}

ALWAYS emit(void *ctx)
{
	int v = 1;

	return (int)bpf_perf_event_output(ctx, &events, 0, &v, sizeof(v));
}

#define CELL(section, name, statement)   \
	SEC(section) int name(void *ctx) \
	{                                \
		(void)ctx;               \
		statement;               \
		return 0;                \
	}

/* What any sleepable or other program may ask for, in each type. */
#define CELLS(section, type)                                      \
	CELL(section, type##__map_lookup_elem__numbers, lookup()) \
	CELL(section, type##__map_push_elem__queue, push())       \
	CELL(section, type##__map_pop_elem__queue, pop())         \
	CELL(section, type##__map_peek_elem__queue, peek())       \
	CELL(section, type##__ringbuf_output__ring, output())     \
	CELL(section, type##__ringbuf_submit__ring, submit())     \
	CELL(section, type##__ringbuf_query__ring, bpf_ringbuf_query(&ring, 0))

CELLS("syscall", syscall)
CELLS("lsm.s/bprm_committed_creds", lsm_s)
CELLS("lsm/bprm_committed_creds", lsm)
CELLS("uprobe.s", kprobe_s)
CELLS("kprobe/vfs_read", kprobe)
CELLS("tc", sched_cls)

#define LOCKS(section, type)                                    \
	CELL(section, type##__spin_lock__locks, lock_map())     \
	CELL(section, type##__spin_lock__object, lock_object()) \
	CELL(section, type##__timer_init__timers, init_timer())

LOCKS("kprobe/vfs_read", kprobe)
LOCKS("tracepoint/sched/sched_switch", tracepoint)
LOCKS("perf_event", perf_event)
LOCKS("raw_tp/sched_switch", raw_tracepoint)
LOCKS("socket", socket_filter)
LOCKS("tc", sched_cls)
LOCKS("syscall", syscall)

#define EVENTS(section, type)                                                        \
	CELL(section, type##__get_stackid__stacks, bpf_get_stackid(ctx, &stacks, 0)) \
	CELL(section, type##__perf_event_output__events, emit(ctx))                  \
	CELL(section, type##__current_task_under_cgroup__cgroups,                    \
	     bpf_current_task_under_cgroup(&cgroups, 0))                             \
	CELL(section, type##__tail_call__programs, bpf_tail_call(ctx, &programs, 0))

EVENTS("kprobe/vfs_read", kprobe)
EVENTS("uprobe.s", kprobe_s)
EVENTS("perf_event", perf_event)
EVENTS("tracepoint/sched/sched_switch", tracepoint)

SEC("lsm.s/socket_post_create")
int BPF_PROG(lsm_s__sk_storage_get__socks, struct socket *socket)
{
	struct sock *sk = socket->sk;

	(void)ctx;
	if (sk)
		bpf_sk_storage_get(&socks, sk, 0, 0);
	return 0;
}

SEC("lsm.s/file_open")
int BPF_PROG(lsm_s__inode_storage_get__inodes, struct file *file)
{
	(void)ctx;
	bpf_inode_storage_get(&inodes, file->f_inode, 0, 0);
	return 0;
}
