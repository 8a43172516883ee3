/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One pass from the first instruction to the last, without the
 * branches: what the verifier has accepted holds the context in a register on every way to a read
 * of it, and compilers copy it once.
 */
#include <stdbool.h>

#include "object/context.h"

#define CALL_SPOILS 6 /* registers 0 to 5 */

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

enum content {
	OTHER,
	CONTEXT,
	BUFFER, /* what the first eight bytes of the context point to */
};

struct content_of {
	enum content content;
	int64_t offset; /* from its beginning: a sum of 32-bit numbers, of as many as there are */
};

struct ends {
	uint32_t context, buffer;
};

static void note_access(const struct content_of *base, const struct bpf_insn *insn,
			struct ends *ends)
{
	int64_t end = base->offset + insn->off + width(insn);
	uint32_t *most = base->content == CONTEXT ? &ends->context : &ends->buffer;

	if (base->content != OTHER && end > *most)
		*most = end < UINT32_MAX ? (uint32_t)end : UINT32_MAX;
}

/* What a load from memory makes of a register. */
static enum content loaded(const struct content_of *base, const struct bpf_insn *insn)
{
	return base->content == CONTEXT && !base->offset && !insn->off && width(insn) == 8 ? BUFFER
											   : OTHER;
}

static void follow(struct content_of *registers, const struct bpf_insn *insn, bool last)
{
	struct content_of *to = &registers[insn->dst_reg];
	const struct content_of from = registers[insn->src_reg];
	uint8_t kind = BPF_CLASS(insn->code);

	if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && !insn->off)
		*to = from;
	else if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K))
		to->offset += insn->imm;
	else if (kind == BPF_LDX)
		*to = (struct content_of){ loaded(&from, insn), 0 };
	else if (kind == BPF_LD || kind == BPF_ALU || kind == BPF_ALU64)
		to->content = OTHER;
	else if (insn->code == (BPF_JMP | BPF_CALL))
		for (int i = 0; i < CALL_SPOILS; i++)
			registers[i].content = OTHER;
	else if (insn->code == (BPF_JMP | BPF_EXIT) && !last)
		registers[BPF_REG_1].content = OTHER; /* perhaps a function begins */
}

static struct ends ends_of(const struct bpf_insn *insns, size_t count)
{
	/* The numbers of registers have four bits. */
	struct content_of registers[16] = { [BPF_REG_1] = { CONTEXT, 0 } };
	struct ends ends = { 0, 0 };

	for (size_t i = 0; i < count; i++) {
		const struct bpf_insn *insn = &insns[i];
		uint8_t kind = BPF_CLASS(insn->code);

		if (kind == BPF_LDX)
			note_access(&registers[insn->src_reg], insn, &ends);
		else if (kind == BPF_ST || kind == BPF_STX)
			note_access(&registers[insn->dst_reg], insn, &ends);
		follow(registers, insn, i + 1 == count);
		i += insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	return ends;
}

uint32_t kvet_context_end(const struct bpf_insn *insns, size_t count)
{
	return ends_of(insns, count).context;
}

uint32_t kvet_context_buffer_end(const struct bpf_insn *insns, size_t count)
{
	return ends_of(insns, count).buffer;
}
