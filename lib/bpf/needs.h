/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which capabilities a call of bpf(2) requires (kernel: kernel/bpf/syscall.c), as lists that end
 * with -1. CAP_SYS_ADMIN includes them all, and is required instead of CAP_BPF and CAP_PERFMON
 * before Linux 5.8: kvet_refusal_explain() knows. Pure.
 */
#ifndef KVET_BPF_NEEDS_H
#define KVET_BPF_NEEDS_H

/* BPF_PROG_LOAD of a type: bpf_prog_load(), is_perfmon_prog_type(), is_net_admin_prog_type(). For
 * socket_filter and cgroup_skb, CAP_BPF only if kernel.unprivileged_bpf_disabled is not 0. */
const int *kvet_bpf_program_needs(int type);

/* BPF_MAP_CREATE of a type: map_create(). Likewise for maps that every process may create. */
const int *kvet_bpf_map_needs(int type);

/* Commands that ask for no more than the sysctl does: BPF_LINK_CREATE and BPF_ITER_CREATE for a
 * program that could be loaded, BPF_PROG_TEST_RUN. */
const int *kvet_bpf_call_needs(void);

#endif
