// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that call kernel functions as they are meant to be called: KFUNC__TYPE. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* No program looks at its context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct task_struct {
	int pid;
};

struct bpf_cpumask {
	int usage;
};

struct bpf_key {
	void *key;
};

/* Weak: a kernel that does not have one refuses the program, not the object. */
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;
extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *task) __ksym __weak;
extern struct bpf_cpumask *bpf_cpumask_create(void) __ksym __weak;
extern void bpf_cpumask_release(struct bpf_cpumask *mask) __ksym __weak;
extern struct bpf_key *bpf_lookup_system_key(unsigned long long id) __ksym __weak;
extern void bpf_key_put(struct bpf_key *key) __ksym __weak;

static __always_inline void call_bpf_rcu_read_lock(void)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
}

static __always_inline void call_bpf_task_from_pid(void)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (task)
		bpf_task_release(task);
}

static __always_inline void call_bpf_cpumask_create(void)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();

	if (mask)
		bpf_cpumask_release(mask);
}

static __always_inline void call_bpf_lookup_system_key(void)
{
	struct bpf_key *key = bpf_lookup_system_key(1);

	if (key)
		bpf_key_put(key);
}

#define ON(section, type, kfunc)                    \
	SEC(section) int kfunc##__##type(void *ctx) \
	{                                           \
		call_##kfunc();                     \
		return 0;                           \
	}

#define ON_ALL(kfunc)                                    \
	ON("socket", socket_filter, kfunc)               \
	ON("kprobe/vfs_read", kprobe, kfunc)             \
	ON("tp/sched/sched_switch", tracepoint, kfunc)   \
	ON("raw_tp/sched_switch", raw_tracepoint, kfunc) \
	ON("perf_event", perf_event, kfunc)              \
	ON("fentry/vfs_read", fentry, kfunc)             \
	ON("lsm/file_open", lsm, kfunc)                  \
	ON("xdp", xdp, kfunc)                            \
	ON("tc", sched_cls, kfunc)                       \
	ON("cgroup_skb/egress", cgroup_skb, kfunc)       \
	ON("cgroup/dev", cgroup_device, kfunc)           \
	ON("syscall", syscall, kfunc)

ON_ALL(bpf_rcu_read_lock)
ON_ALL(bpf_task_from_pid)
ON_ALL(bpf_cpumask_create)
ON_ALL(bpf_lookup_system_key)
