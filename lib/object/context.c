/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One pass from the first instruction to the last, without the
 * branches: what the verifier has accepted holds the context in a register on every way to a read
 * of it, and compilers copy it once.
 */
#include <stdbool.h>

#include "object/context.h"

#define ARGUMENTS 0x3e /* registers 1 to 5, which a call spoils */

static uint32_t width(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

static uint32_t read_end(const struct bpf_insn *insn)
{
	return insn->off < 0 ? 0 : (uint32_t)insn->off + width(insn);
}

uint32_t kvet_context_end(const struct bpf_insn *insns, size_t count)
{
	uint32_t holds = 1 << BPF_REG_1, end = 0;

	for (size_t i = 0; i < count; i++) {
		const struct bpf_insn *insn = &insns[i];
		uint8_t kind = BPF_CLASS(insn->code);
		uint32_t to = 1U << insn->dst_reg;
		bool held = holds & 1U << insn->src_reg;

		if (kind == BPF_LDX && held && read_end(insn) > end)
			end = read_end(insn);
		if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && held && !insn->off)
			holds |= to;
		else if (kind == BPF_LDX || kind == BPF_LD || kind == BPF_ALU || kind == BPF_ALU64)
			holds &= ~to;
		else if (insn->code == (BPF_JMP | BPF_CALL))
			holds &= ~(uint32_t)(ARGUMENTS | 1);
		else if (insn->code == (BPF_JMP | BPF_EXIT) && i + 1 < count)
			holds &= ~(uint32_t)(1 << BPF_REG_1); /* perhaps a function begins */
		i += insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	return end;
}
