/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "feature/insns.h"

#include <string.h>

#define R0 BPF_REG_0
#define R1 BPF_REG_1
#define FP BPF_REG_10

/* Instructions as bpf_insn: code, registers, offset, immediate. */
#define SET(dst, value)                                                               \
	{                                                                             \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (dst), .imm = (value) \
	}
#define COPY(dst, src)                                                                  \
	{                                                                               \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (dst), .src_reg = (src) \
	}
#define RETURN                             \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}
#define JUMP(class, op, dst, value, far)                                                       \
	{                                                                                      \
		.code = (class) | (op) | BPF_K, .dst_reg = (dst), .off = (far), .imm = (value) \
	}

static const struct bpf_insn empty[] = { SET(R0, 0), RETURN };

static const struct bpf_insn loop[] = {
	SET(R0, 10),
	{ .code = BPF_ALU64 | BPF_SUB | BPF_K, .dst_reg = R0, .imm = 1 },
	JUMP(BPF_JMP, BPF_JNE, R0, 0, -2),
	RETURN,
};

static const struct bpf_insn call[] = {
	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 },
	RETURN,
	SET(R0, 0),
	RETURN,
};

static const struct bpf_insn v2[] = {
	SET(R0, 0),
	JUMP(BPF_JMP, BPF_JLT, R0, 1, 1),
	SET(R0, 1),
	RETURN,
};

static const struct bpf_insn v3[] = {
	SET(R0, 0),
	JUMP(BPF_JMP32, BPF_JLT, R0, 1, 1),
	SET(R0, 1),
	RETURN,
};

/* r0 = (s8)r0: an offset of 8 means the width. */
static const struct bpf_insn v4[] = {
	SET(R0, 0),
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = R0, .src_reg = R0, .off = 8 },
	RETURN,
};

static const struct bpf_insn atomic[] = {
	{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = FP, .off = -8 },
	SET(R0, 1),
	COPY(R1, FP),
	{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
	  .dst_reg = R1,
	  .src_reg = R0,
	  .off = -8,
	  .imm = BPF_ADD | BPF_FETCH },
	RETURN,
};

static size_t make_large(struct bpf_insn *insns)
{
	static const struct bpf_insn set = SET(R0, 1);
	static const struct bpf_insn end = RETURN;

	for (size_t i = 0; i <= BPF_MAXINSNS; i++)
		insns[i] = set;
	insns[BPF_MAXINSNS + 1] = end;
	return BPF_MAXINSNS + 2;
}

size_t kvet_insns_make(enum kvet_insns which, struct bpf_insn *insns)
{
#define PROGRAM(name)                                \
	{                                            \
		name, sizeof(name) / sizeof(*(name)) \
	}
	static const struct {
		const struct bpf_insn *insns;
		size_t count;
	} programs[] = {
		[KVET_INSNS_EMPTY] = PROGRAM(empty),   [KVET_INSNS_LOOP] = PROGRAM(loop),
		[KVET_INSNS_CALL] = PROGRAM(call),     [KVET_INSNS_V2] = PROGRAM(v2),
		[KVET_INSNS_V3] = PROGRAM(v3),         [KVET_INSNS_V4] = PROGRAM(v4),
		[KVET_INSNS_ATOMIC] = PROGRAM(atomic),
	};
#undef PROGRAM

	if (which == KVET_INSNS_LARGE)
		return make_large(insns);
	memcpy(insns, programs[which].insns, programs[which].count * sizeof(*insns));
	return programs[which].count;
}
