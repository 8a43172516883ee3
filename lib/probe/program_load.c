/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The load attempt. Touches the kernel. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "probe/program_load.h"
#include "bpf/verifier_log.h"
#include "probe/version_code.h"

/* The verifier gives up with EAGAIN as soon as a signal is pending. */
#define TRIES 5

/* The size of the attributes up to and including a member, so that no kernel finds them too
 * long. */
#define SIZE_TO(member) (offsetof(union bpf_attr, member) + sizeof(((union bpf_attr *)0)->member))

#define SET(reg, value)                                                               \
	{                                                                             \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (reg), .imm = (value) \
	}
#define CALL(helper)                                        \
	{                                                   \
		.code = BPF_JMP | BPF_CALL, .imm = (helper) \
	}
#define COPY(to, from)                                                                  \
	{                                                                               \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from) \
	}
#define ADD(reg, value)                                                               \
	{                                                                             \
		.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (reg), .imm = (value) \
	}
#define CALL_KERNEL(id)                                                                        \
	{                                                                                      \
		.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = (int)(id) \
	}
#define LEAVE                              \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}

/* Fills the attributes; returns how many of their bytes are used. */
static unsigned int set_program(union bpf_attr *attr, const struct kvet_program_spec *spec,
				struct bpf_func_info *func)
{
	attr->prog_type = (uint32_t)spec->type;
	attr->expected_attach_type = (uint32_t)spec->attach;
	attr->prog_flags = spec->flags;
	/* Compared before 5.0, ignored since. */
	if (spec->type == BPF_PROG_TYPE_KPROBE)
		attr->kern_version = kvet_probe_version_code();
	if (spec->btf.fd) {
		*func = (struct bpf_func_info){ .insn_off = 0, .type_id = spec->btf.func };
		attr->prog_btf_fd = (uint32_t)spec->btf.fd;
		attr->func_info_rec_size = sizeof(*func);
		attr->func_info = (uintptr_t)func;
		attr->func_info_cnt = 1;
	}
	attr->attach_btf_id = spec->btf_id;
	attr->attach_prog_fd = (uint32_t)spec->replaces_fd;
	if (spec->btf_id || spec->replaces_fd)
		return SIZE_TO(attach_prog_fd);
	return spec->btf.fd ? SIZE_TO(func_info_cnt) : SIZE_TO(expected_attach_type);
}

/* Returns the program, or -1. */
static int try_once(const struct kvet_loader *loader, const struct kvet_program_spec *spec,
		    const struct bpf_insn *insns, size_t count, struct kvet_probe_attempt *attempt)
{
	struct bpf_func_info func;
	union bpf_attr attr;
	unsigned int size;
	int fd;

	memset(&attr, 0, sizeof(attr));
	memset(attempt, 0, sizeof(*attempt));
	size = set_program(&attr, spec, &func);
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)count;
	attr.license = (uintptr_t) "Dual BSD/GPL"; /* GPL-compatible to the kernel */
	attr.log_level = 1;
	attr.log_buf = (uintptr_t)attempt->log;
	attr.log_size = sizeof(attempt->log);
	fd = kvet_loader_try(loader, BPF_PROG_LOAD, &attr, size);
	attempt->errnum = fd < 0 ? -fd : 0;
	attempt->log_cut = attempt->errnum == ENOSPC;
	kvet_verifier_log_strip(attempt->log, sizeof(attempt->log));
	return fd < 0 ? -1 : fd;
}

static int try_again(const struct kvet_loader *loader, const struct kvet_program_spec *spec,
		     const struct bpf_insn *insns, size_t count, struct kvet_probe_attempt *attempt)
{
	int fd = -1;

	for (int i = 0; i < TRIES && fd < 0; i++) {
		fd = try_once(loader, spec, insns, count, attempt);
		if (attempt->errnum != EAGAIN)
			break;
	}
	return fd;
}

static int load(struct kvet_loader *loader, const struct kvet_program_spec *spec,
		const struct bpf_insn *insns, size_t count, struct kvet_probe_attempt *attempt)
{
	int fd = try_again(loader, spec, insns, count, attempt);

	if (attempt->errnum == EPERM && !attempt->log[0] && kvet_loader_raise(loader))
		fd = try_again(loader, spec, insns, count, attempt);
	return fd;
}

/* Stores the program in *out, or closes it. */
static void hand_out(int fd, int *out)
{
	if (out)
		*out = fd;
	else if (fd >= 0)
		close(fd);
}

void kvet_program_load(struct kvet_loader *loader, const struct kvet_program_spec *spec, int helper,
		       struct kvet_probe_attempt *attempt)
{
	const struct bpf_insn insns[] = {
		CALL(helper),
		SET(BPF_REG_0, spec->exit_value),
		LEAVE,
	};

	hand_out(load(loader, spec, insns, sizeof(insns) / sizeof(*insns), attempt), NULL);
}

void kvet_program_load_with_map(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				int helper, int map_fd, struct kvet_probe_attempt *attempt)
{
	const struct bpf_insn insns[] = {
		CALL(helper),
		/* Maps are checked before the first instruction. After the call, this instruction
		 * keeps the map's address out of the log. */
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_6,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map_fd },
		{ 0 }, /* the other half of the number */
		SET(BPF_REG_0, spec->exit_value),
		LEAVE,
	};

	hand_out(load(loader, spec, insns, sizeof(insns) / sizeof(*insns), attempt), NULL);
}

void kvet_program_load_with_object(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				   const struct kvet_object_calls *calls,
				   struct kvet_probe_attempt *attempt)
{
	const struct bpf_insn insns[] = {
		SET(BPF_REG_1, (int)spec->btf.node),
		SET(BPF_REG_2, 0),
		CALL_KERNEL(calls->new),
		/* No object: exit. */
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 10 },
		COPY(BPF_REG_6, BPF_REG_0),
		COPY(BPF_REG_1, BPF_REG_6),
		ADD(BPF_REG_1, KVET_NODE_LOCK),
		CALL(BPF_FUNC_spin_lock),
		COPY(BPF_REG_1, BPF_REG_6),
		ADD(BPF_REG_1, KVET_NODE_LOCK),
		CALL(BPF_FUNC_spin_unlock),
		COPY(BPF_REG_1, BPF_REG_6),
		SET(BPF_REG_2, 0),
		CALL_KERNEL(calls->drop),
		SET(BPF_REG_0, spec->exit_value),
		LEAVE,
	};

	hand_out(load(loader, spec, insns, sizeof(insns) / sizeof(*insns), attempt), NULL);
}

void kvet_program_load_calling(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			       int helper, struct kvet_probe_attempt *attempt, int *fd)
{
	const struct bpf_insn insns[] = {
		SET(BPF_REG_2, 0),
		CALL(helper),
		SET(BPF_REG_0, spec->exit_value),
		LEAVE,
	};

	hand_out(load(loader, spec, insns, sizeof(insns) / sizeof(*insns), attempt), fd);
}

void kvet_program_load_null(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			    struct kvet_probe_attempt *attempt, int *fd)
{
	const struct bpf_insn insns[] = { SET(BPF_REG_0, spec->exit_value), LEAVE };

	hand_out(load(loader, spec, insns, sizeof(insns) / sizeof(*insns), attempt), fd);
}
