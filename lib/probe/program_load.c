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

static struct kvet_bpf_program program_of(const struct kvet_program_spec *spec, const int *modules,
					  const struct bpf_insn *insns, size_t count)
{
	return (struct kvet_bpf_program){
		.type = (enum bpf_prog_type)spec->type,
		.attach = (enum bpf_attach_type)spec->attach,
		.flags = spec->flags,
		/* Compared before 5.0, ignored since. */
		.version = spec->type == BPF_PROG_TYPE_KPROBE ? kvet_probe_version_code() : 0,
		.btf_id = spec->btf_id,
		.replaces_fd = (uint32_t)spec->replaces_fd,
		.btf_fd = (uint32_t)spec->btf.fd,
		.func = spec->btf.func,
		.modules = modules,
		.insns = insns,
		.count = count,
	};
}

/* Returns the program, or -1. */
static int load_with(struct kvet_loader *loader, const struct kvet_program_spec *spec,
		     const int *modules, const struct bpf_insn *insns, size_t count,
		     struct kvet_probe_attempt *attempt)
{
	const struct kvet_bpf_program program = program_of(spec, modules, insns, count);
	int fd;

	memset(attempt, 0, sizeof(*attempt));
	fd = kvet_loader_program(loader, &program, attempt->log, sizeof(attempt->log));
	attempt->errnum = fd < 0 ? -fd : 0;
	attempt->log_cut = attempt->errnum == ENOSPC;
	kvet_verifier_log_strip(attempt->log, sizeof(attempt->log));
	return fd < 0 ? -1 : fd;
}

static int load(struct kvet_loader *loader, const struct kvet_program_spec *spec,
		const struct bpf_insn *insns, size_t count, struct kvet_probe_attempt *attempt)
{
	return load_with(loader, spec, NULL, insns, count, attempt);
}

/* Stores the program in *out, or closes it. */
static void hand_out(int fd, int *out)
{
	if (out)
		*out = fd;
	else if (fd >= 0)
		close(fd);
}

void kvet_program_load_insns(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			     const int *modules, const struct bpf_insn *insns, size_t count,
			     struct kvet_probe_attempt *attempt)
{
	hand_out(load_with(loader, spec, modules, insns, count, attempt), NULL);
}

int kvet_program_load_logged(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			     const struct bpf_insn *insns, size_t count,
			     const struct kvet_program_log *log)
{
	struct kvet_bpf_program program = program_of(spec, NULL, insns, count);
	int fd;

	memset(log->text, 0, log->size);
	program.log_level = log->level;
	fd = kvet_loader_program(loader, &program, log->text, log->size);
	kvet_verifier_log_strip(log->text, log->size);
	hand_out(fd, NULL);
	return fd < 0 ? -fd : 0;
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
