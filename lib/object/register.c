/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "object/register.h"

static bool is_address(struct kvet_register value)
{
	return value.kind == KVET_REGISTER_POINTER || value.kind == KVET_REGISTER_DATA ||
	       value.kind == KVET_REGISTER_EXTERN;
}

struct kvet_register kvet_register_join(struct kvet_register a, struct kvet_register b)
{
	if (a.kind == KVET_REGISTER_UNSEEN)
		return b;
	if (b.kind == KVET_REGISTER_UNSEEN ||
	    (a.kind == b.kind && a.which == b.which && a.number == b.number))
		return a;
	if (is_address(a) && is_address(b))
		return (struct kvet_register){ KVET_REGISTER_POINTER, 0, 0 };
	return kvet_register_any();
}

/* Division by zero and its signed forms are left out. */
static struct kvet_register compute_number(uint8_t operation, uint64_t a, uint64_t b, bool is_wide)
{
	unsigned int shift = (unsigned int)(b & (is_wide ? 63 : 31));
	uint64_t result;

	switch (operation) {
	case BPF_ADD:
		result = a + b;
		break;
	case BPF_SUB:
		result = a - b;
		break;
	case BPF_MUL:
		result = a * b;
		break;
	case BPF_OR:
		result = a | b;
		break;
	case BPF_AND:
		result = a & b;
		break;
	case BPF_XOR:
		result = a ^ b;
		break;
	case BPF_LSH:
		result = a << shift;
		break;
	case BPF_RSH:
		result = a >> shift;
		break;
	case BPF_ARSH:
		result = is_wide ? (uint64_t)((int64_t)a >> shift)
				 : (uint64_t)(int64_t)((int32_t)a >> shift);
		break;
	case BPF_NEG:
		result = -a;
		break;
	case BPF_MOV:
		result = b;
		break;
	default:
		return kvet_register_any();
	}
	return kvet_register_number(is_wide ? result : (uint32_t)result);
}

struct kvet_register kvet_register_compute(const struct bpf_insn *insn, struct kvet_register value,
					   struct kvet_register other)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_ALU64;
	uint8_t operation = BPF_OP(insn->code);

	/* With an offset, a move extends the sign, and a division has one. */
	if (insn->off)
		return kvet_register_any();
	if (operation == BPF_MOV && is_wide)
		return other;
	if (is_wide && operation == BPF_ADD && value.kind == KVET_REGISTER_DATA &&
	    other.kind == KVET_REGISTER_NUMBER) {
		value.number += other.number;
		return value;
	}
	if ((operation != BPF_MOV && value.kind != KVET_REGISTER_NUMBER) ||
	    (operation != BPF_NEG && other.kind != KVET_REGISTER_NUMBER))
		return kvet_register_any();
	return is_wide ? compute_number(operation, value.number, other.number, true)
		       : compute_number(operation, (uint32_t)value.number, (uint32_t)other.number,
					false);
}

static int compare(uint8_t operation, uint64_t a, uint64_t b, int64_t signed_a, int64_t signed_b)
{
	switch (operation) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSET:
		return (a & b) != 0;
	case BPF_JSGT:
		return signed_a > signed_b;
	case BPF_JSGE:
		return signed_a >= signed_b;
	case BPF_JSLT:
		return signed_a < signed_b;
	case BPF_JSLE:
		return signed_a <= signed_b;
	default:
		return -1;
	}
}

int kvet_register_jumps(const struct bpf_insn *insn, struct kvet_register value,
			struct kvet_register other)
{
	bool is_wide = BPF_CLASS(insn->code) == BPF_JMP;
	uint64_t a = value.number, b = other.number;

	if (is_wide && is_address(value) && other.kind == KVET_REGISTER_NUMBER && !other.number)
		return BPF_OP(insn->code) == BPF_JEQ ? 0 : BPF_OP(insn->code) == BPF_JNE ? 1 : -1;
	if (value.kind != KVET_REGISTER_NUMBER || other.kind != KVET_REGISTER_NUMBER)
		return -1;
	if (is_wide)
		return compare(BPF_OP(insn->code), a, b, (int64_t)a, (int64_t)b);
	return compare(BPF_OP(insn->code), (uint32_t)a, (uint32_t)b, (int32_t)a, (int32_t)b);
}
