/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel knows of its tasks, by its BPF iterator over them. Touches the kernel. */
#ifndef KVET_BPF_TASKS_LOAD_H
#define KVET_BPF_TASKS_LOAD_H

#include <linux/bpf.h>
#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>

/* Two members of struct task_struct, with the same size. */
struct kvet_bpf_task_members {
	const char *names[2];
	unsigned int size; /* bytes: 4 or 8 */
};

/*
 * Starts an iterator over the tasks that `over` names (NULL: over all). A read of it returns
 * records of the two members, one after the other. program is a name for the kernel's lists.
 * Returns a descriptor to read from, the caller's, or a negative errno. Errors: those of
 * kvet_btf_read(), kvet_bpf_own_program() and kvet_bpf_own_iterator(); -EOPNOTSUPP if the kernel
 * has no such iterator or no such members.
 */
int kvet_bpf_tasks(const struct kvet_host *host, const char *program,
		   const struct kvet_bpf_task_members *members, union bpf_iter_link_info *over,
		   struct kvet_cause *err);

#endif
