/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One pass from the first instruction to the last, without the branches, as in context.c: what each
 * register holds is what the last instruction before has written to it.
 */
#include <string.h>

#include "object/fixed_offset.h"

enum holds {
	OTHER,
	CONTEXT,
	STACK,
	POINTER, /* loaded from the context */
	NUMBER,
	MOVED, /* an address plus a number */
};

struct registers {
	struct {
		enum holds holds;
		uint32_t number; /* of NUMBER and MOVED */
	} of[MAX_BPF_REG];
};

static void forget_arguments(struct registers *registers)
{
	for (size_t i = BPF_REG_0; i <= BPF_REG_5; i++)
		registers->of[i].holds = OTHER;
}

/* probe_read, probe_read_str, and the two for kernel memory. */
static bool reads_kernel(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
	       (insn->imm == 4 || insn->imm == 45 || insn->imm == 113 || insn->imm == 115);
}

static void move(struct registers *registers, const struct bpf_insn *insn)
{
	if (BPF_SRC(insn->code) == BPF_X) {
		registers->of[insn->dst_reg] = registers->of[insn->src_reg];
		return;
	}
	registers->of[insn->dst_reg].holds = insn->imm > 0 ? NUMBER : OTHER;
	registers->of[insn->dst_reg].number = (uint32_t)insn->imm;
}

/* The stack is the program's own. */
static void add(struct registers *registers, const struct bpf_insn *insn)
{
	enum holds *holds = &registers->of[insn->dst_reg].holds;
	bool immediate = BPF_SRC(insn->code) == BPF_K;
	bool known = immediate ? insn->imm > 0 : registers->of[insn->src_reg].holds == NUMBER;

	if (*holds == STACK || *holds == CONTEXT)
		return;
	if (!known || *holds == NUMBER) {
		*holds = OTHER;
		return;
	}
	*holds = MOVED;
	registers->of[insn->dst_reg].number =
		immediate ? (uint32_t)insn->imm : registers->of[insn->src_reg].number;
}

static void step(struct registers *registers, const struct bpf_insn *insn)
{
	uint8_t kind = BPF_CLASS(insn->code);

	if (insn->code == (BPF_JMP | BPF_CALL)) {
		forget_arguments(registers);
	} else if (kind == BPF_ALU64 && BPF_OP(insn->code) == BPF_MOV && !insn->off) {
		move(registers, insn);
	} else if (kind == BPF_ALU64 && BPF_OP(insn->code) == BPF_ADD) {
		add(registers, insn);
	} else if (kind == BPF_LDX) {
		registers->of[insn->dst_reg].holds =
			registers->of[insn->src_reg].holds == CONTEXT &&
					BPF_SIZE(insn->code) == BPF_DW
				? POINTER
				: OTHER;
	} else if (kind == BPF_ALU || kind == BPF_ALU64 || kind == BPF_LD) {
		registers->of[insn->dst_reg].holds = OTHER;
	}
}

uint32_t kvet_fixed_offset_find(const struct bpf_insn *insns, size_t count, bool typed,
				uint32_t least)
{
	struct registers registers = { 0 };

	registers.of[BPF_REG_1].holds = CONTEXT;
	registers.of[BPF_REG_10].holds = STACK;
	for (size_t i = 0; i < count; i++) {
		const struct bpf_insn *insn = &insns[i];

		if (insn->dst_reg >= MAX_BPF_REG || insn->src_reg >= MAX_BPF_REG)
			return 0;
		if (reads_kernel(insn) && registers.of[BPF_REG_3].holds == MOVED &&
		    registers.of[BPF_REG_3].number >= least)
			return registers.of[BPF_REG_3].number;
		if (typed && BPF_CLASS(insn->code) == BPF_LDX && insn->off > 0 &&
		    registers.of[insn->src_reg].holds == POINTER && (uint32_t)insn->off >= least)
			return (uint32_t)insn->off;
		step(&registers, insn);
		i += insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	return 0;
}
