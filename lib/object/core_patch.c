/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>

#include "object/core_resolve.h"
#include "object/register.h"

static int patch_access(const struct kvet_core_value *value, struct bpf_insn *insn, bool *invalid)
{
	static const uint8_t codes[] = { [1] = BPF_B, [2] = BPF_H, [4] = BPF_W, [8] = BPF_DW };
	uint32_t size = value->is_size;

	if (value->checked && (uint64_t)(int64_t)insn->off != value->was)
		return -EINVAL;
	if (value->is > INT16_MAX)
		return -ERANGE;
	if (value->other_size) {
		*invalid = true;
		return 0;
	}
	insn->off = (int16_t)value->is;
	if (size == value->was_size)
		return 0;
	if (kvet_access_size(insn->code) != value->was_size || !size || size > 8 ||
	    (size & (size - 1)))
		return -EINVAL;
	insn->code = (uint8_t)(BPF_MODE(insn->code) | codes[size] | BPF_CLASS(insn->code));
	return 0;
}

int kvet_core_patch(const struct kvet_core_value *value, struct bpf_insn *insn,
		    struct bpf_insn *second, bool *invalid)
{
	*invalid = value->missing;
	if (value->missing)
		return 0;
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		if (BPF_SRC(insn->code) != BPF_K ||
		    (value->checked && (uint64_t)(int64_t)insn->imm != value->was))
			return -EINVAL;
		insn->imm = (int32_t)value->is;
		return 0;
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		return patch_access(value, insn, invalid);
	case BPF_LD:
		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW) || !second || insn->src_reg ||
		    (value->checked &&
		     ((uint32_t)insn->imm | (uint64_t)(uint32_t)second->imm << 32) != value->was))
			return -EINVAL;
		insn->imm = (int32_t)value->is;
		second->imm = (int32_t)(value->is >> 32);
		return 0;
	default:
		return -EINVAL;
	}
}
