/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "bpf/own_load.h"
#include "bpf/tasks_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/btf.h"

/* The members of the context, and the first member of the meta data (kernel:
 * kernel/bpf/task_iter.c, include/linux/bpf.h). */
#define CONTEXT_META 0
#define CONTEXT_TASK 8
#define META_SEQ     0

#define CONTEXT BPF_REG_6
#define TASK    BPF_REG_7
#define LENGTH  15

static struct bpf_insn load(uint8_t width, int to, int from, uint32_t offset)
{
	return (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | width,
				  .dst_reg = (uint8_t)to & 15,
				  .src_reg = (uint8_t)from & 15,
				  .off = (short)offset };
}

static struct bpf_insn store(uint8_t width, int to, int from, int offset)
{
	return (struct bpf_insn){ .code = BPF_STX | BPF_MEM | width,
				  .dst_reg = (uint8_t)to & 15,
				  .src_reg = (uint8_t)from & 15,
				  .off = (short)offset };
}

static struct bpf_insn move(int to, int from)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X,
				  .dst_reg = (uint8_t)to & 15,
				  .src_reg = (uint8_t)from & 15 };
}

/* Builds a program that writes the members of each task, which are at these offsets, to the
 * iterator's reader. */
static void write_program(const uint32_t offsets[2], unsigned int size,
			  struct bpf_insn insns[LENGTH])
{
	const int record = -2 * (int)size;
	const uint8_t width = size == 8 ? BPF_DW : BPF_W;
	const struct bpf_insn program[LENGTH] = {
		move(CONTEXT, BPF_REG_1),
		load(BPF_DW, TASK, CONTEXT, CONTEXT_TASK),
		/* At the end there is no task. */
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = TASK, .off = 10 },
		load(width, BPF_REG_1, TASK, offsets[0]),
		store(width, BPF_REG_10, BPF_REG_1, record),
		load(width, BPF_REG_1, TASK, offsets[1]),
		store(width, BPF_REG_10, BPF_REG_1, record + (int)size),
		load(BPF_DW, BPF_REG_1, CONTEXT, CONTEXT_META),
		load(BPF_DW, BPF_REG_1, BPF_REG_1, META_SEQ),
		move(BPF_REG_2, BPF_REG_10),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = record },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = -record },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_seq_write },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	memcpy(insns, program, sizeof(program));
}

/* Finds the iterator's function and the offsets of the members. */
static int find_members(const struct kvet_host *host, const struct kvet_bpf_task_members *members,
			uint32_t *function, uint32_t offsets[2], struct kvet_cause *err)
{
	AUTO(kvet_btf) *btf = NULL;
	uint32_t task;
	int ret = kvet_btf_read(&btf, host, KVET_BTF_KERNEL, NULL, err);

	if (ret)
		return ret;
	*function = kvet_btf_find(btf, BTF_KIND_FUNC, "bpf_iter_task");
	task = kvet_btf_find(btf, BTF_KIND_STRUCT, "task_struct");
	for (int i = 0; i < 2; i++) {
		struct kvet_btf_member member;

		if (!*function || !kvet_btf_member(btf, task, members->names[i], &member))
			return kvet_reject(err, EOPNOTSUPP, KVET_BTF_VMLINUX,
					   "this kernel has no BPF iterator over tasks");
		offsets[i] = member.offset / 8;
	}
	return 0;
}

int kvet_bpf_tasks(const struct kvet_host *host, const char *name,
		   const struct kvet_bpf_task_members *members, union bpf_iter_link_info *over,
		   struct kvet_cause *err)
{
	struct bpf_insn insns[LENGTH];
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_TRACING,
					    .attach = BPF_TRACE_ITER,
					    .name = name,
					    .insns = insns,
					    .count = LENGTH };
	AUTO_CLOSE int prog = -1;
	uint32_t offsets[2];
	int ret = find_members(host, members, &program.btf_id, offsets, err);

	if (ret)
		return ret;
	write_program(offsets, members->size, insns);
	prog = kvet_bpf_own_program(host, &program, err);
	return prog < 0 ? prog : kvet_bpf_own_iterator(host, prog, over, err);
}
