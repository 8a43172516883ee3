/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The load attempt. Touches the kernel. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/helper_load.h"
#include "probe/version_code.h"

/* The verifier gives up with EAGAIN as soon as a signal is pending. */
#define TRIES 5

/* Enumerators of Linux 6.4 that older headers lack. */
#define NETFILTER_TYPE   32
#define NETFILTER_ATTACH 45

static const struct bpf_insn set_r0 = { .code = BPF_ALU64 | BPF_MOV | BPF_K };
static const struct bpf_insn leave = { .code = BPF_JMP | BPF_EXIT };

/* The types whose bare program loads only with an attach type or a flag of its own
 * (kernel/bpf/syscall.c, bpf_prog_load_check_attach(), and check_attach_btf_id() of the
 * verifier for syscall); all others load with 0. */
static void set_type(union bpf_attr *attr, int type)
{
	attr->prog_type = (uint32_t)type;
	switch (type) {
	case BPF_PROG_TYPE_KPROBE:
		/* Compared before 5.0, ignored since. */
		attr->kern_version = kvet_probe_version_code();
		break;
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
		attr->expected_attach_type = BPF_CGROUP_INET4_CONNECT;
		break;
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		attr->expected_attach_type = BPF_CGROUP_GETSOCKOPT;
		break;
	case BPF_PROG_TYPE_SK_LOOKUP:
		attr->expected_attach_type = BPF_SK_LOOKUP;
		break;
	case NETFILTER_TYPE:
		attr->expected_attach_type = NETFILTER_ATTACH;
		break;
	case BPF_PROG_TYPE_SYSCALL:
		attr->prog_flags = BPF_F_SLEEPABLE;
		break;
	default:
		break;
	}
}

/* A kernel of before 4.14 may begin its log with zero bytes. */
static void strip_zeros(struct kvet_probe_attempt *attempt)
{
	size_t skip = 0;

	attempt->log[sizeof(attempt->log) - 1] = '\0';
	while (skip < sizeof(attempt->log) && !attempt->log[skip])
		skip++;
	if (skip && skip < sizeof(attempt->log)) {
		memmove(attempt->log, attempt->log + skip, sizeof(attempt->log) - skip);
		memset(attempt->log + sizeof(attempt->log) - skip, 0, skip);
	}
}

static void try_once(int type, const struct bpf_insn *insns, size_t count,
		     struct kvet_probe_attempt *attempt)
{
	/* No more of the attributes than is used, so that no kernel finds them too long. */
	unsigned int size = offsetof(union bpf_attr, expected_attach_type) +
			    sizeof(((union bpf_attr *)0)->expected_attach_type);
	union bpf_attr attr;
	long fd;
	int errnum;

	memset(&attr, 0, sizeof(attr));
	memset(attempt, 0, sizeof(*attempt));
	set_type(&attr, type);
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)count;
	attr.license = (uintptr_t) "Dual BSD/GPL"; /* GPL-compatible to the kernel */
	attr.log_level = 1;
	attr.log_buf = (uintptr_t)attempt->log;
	attr.log_size = sizeof(attempt->log);
	errno = 0;
	fd = syscall(__NR_bpf, BPF_PROG_LOAD, &attr, size);
	errnum = errno;
	if (fd >= 0)
		close((int)fd);
	attempt->errnum = fd < 0 ? errnum : 0;
	attempt->log_cut = attempt->errnum == ENOSPC;
	strip_zeros(attempt);
}

static void try_again(int type, const struct bpf_insn *insns, size_t count,
		      struct kvet_probe_attempt *attempt)
{
	for (int i = 0; i < TRIES; i++) {
		try_once(type, insns, count, attempt);
		if (attempt->errnum != EAGAIN)
			return;
	}
}

/*
 * Before 5.11 a program is charged to RLIMIT_MEMLOCK, and one that does not fit is refused
 * with EPERM, as a want of privilege is. The limit is asked at the moment of the load, and
 * programs just closed still count, until RCU has let go of them.
 */
static void load(int type, const struct bpf_insn *insns, size_t count,
		 struct kvet_probe_attempt *attempt)
{
	struct rlimit limit, raised = { RLIM_INFINITY, RLIM_INFINITY };

	try_again(type, insns, count, attempt);
	if (attempt->errnum != EPERM || attempt->log[0])
		return;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return;
	if (setrlimit(RLIMIT_MEMLOCK, &raised)) {
		raised = (struct rlimit){ limit.rlim_max, limit.rlim_max };
		if (limit.rlim_cur == limit.rlim_max || setrlimit(RLIMIT_MEMLOCK, &raised))
			return;
	}
	try_again(type, insns, count, attempt);
	setrlimit(RLIMIT_MEMLOCK, &limit);
}

void kvet_probe_load_helper(int type, int helper, struct kvet_probe_attempt *attempt)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = helper },
		set_r0,
		leave,
	};

	load(type, insns, sizeof(insns) / sizeof(*insns), attempt);
}

void kvet_probe_load_null(int type, struct kvet_probe_attempt *attempt)
{
	const struct bpf_insn insns[] = { set_r0, leave };

	load(type, insns, sizeof(insns) / sizeof(*insns), attempt);
}
