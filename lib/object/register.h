/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of a register before an instruction is executed. Pure. */
#ifndef KVET_OBJECT_REGISTER_H
#define KVET_OBJECT_REGISTER_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

enum kvet_register_kind {
	KVET_REGISTER_UNSEEN,  /* no path has led here */
	KVET_REGISTER_NUMBER,  /* number */
	KVET_REGISTER_POINTER, /* not 0 */
	KVET_REGISTER_DATA,    /* the address of byte number in section which; not 0 */
	KVET_REGISTER_EXTERN,  /* that of extern which; not 0 */
	KVET_REGISTER_ANY,
};

struct kvet_register {
	enum kvet_register_kind kind;
	uint32_t which;
	uint64_t number;
};

/* What is known where two paths meet. */
struct kvet_register kvet_register_join(struct kvet_register a, struct kvet_register b);

/* What an instruction of BPF_ALU or BPF_ALU64 leaves in its register; other is the second operand,
 * register or constant. */
struct kvet_register kvet_register_compute(const struct bpf_insn *insn, struct kvet_register value,
					   struct kvet_register other);

/* Whether a conditional jump is taken: 1 always, 0 never, -1 unknown. */
int kvet_register_jumps(const struct bpf_insn *insn, struct kvet_register value,
			struct kvet_register other);

static inline struct kvet_register kvet_register_number(uint64_t number)
{
	return (struct kvet_register){ KVET_REGISTER_NUMBER, 0, number };
}

static inline struct kvet_register kvet_register_any(void)
{
	return (struct kvet_register){ KVET_REGISTER_ANY, 0, 0 };
}

/* How many bytes a load or store is of, by its code. */
static inline uint32_t kvet_access_size(uint8_t code)
{
	switch (BPF_SIZE(code)) {
	case BPF_DW:
		return 8;
	case BPF_W:
		return 4;
	case BPF_H:
		return 2;
	default:
		return 1;
	}
}

#endif
