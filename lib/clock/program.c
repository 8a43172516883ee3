/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stddef.h>

#include "clock/program.h"

/* Kept over helper calls (kernel: Documentation/bpf/instruction-set). */
#define VALUE BPF_REG_6

static struct bpf_insn *read_into(struct bpf_insn *at, int helper, size_t offset)
{
	*at++ = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = helper };
	*at++ = (struct bpf_insn){ .code = BPF_STX | BPF_MEM | BPF_DW,
				   .dst_reg = VALUE,
				   .src_reg = BPF_REG_0,
				   .off = (short)offset };
	return at;
}

static struct bpf_insn *begin(struct bpf_insn *at, int map_fd)
{
	*at++ = (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM,
				   .dst_reg = VALUE,
				   .src_reg = BPF_PSEUDO_MAP_VALUE,
				   .imm = map_fd };
	*at++ = (struct bpf_insn){ .imm = 0 };
	return at;
}

static void end(struct bpf_insn *at)
{
	*at++ = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	*at++ = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
}

void kvet_clock_program(int helper, int map_fd, struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH])
{
	struct bpf_insn *at = begin(insns, map_fd);

	for (size_t i = 0; i < KVET_CLOCK_CHUNK; i++) {
		size_t base = i * sizeof(struct kvet_clock_sample);

		at = read_into(at, BPF_FUNC_ktime_get_ns,
			       base + offsetof(struct kvet_clock_sample, before_ns));
		at = read_into(at, helper, base + offsetof(struct kvet_clock_sample, clock_ns));
		at = read_into(at, BPF_FUNC_ktime_get_ns,
			       base + offsetof(struct kvet_clock_sample, after_ns));
	}
	end(at);
}

void kvet_clock_program_batch(int helper, int map_fd,
			      struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH])
{
	struct bpf_insn *at = begin(insns, map_fd);

	at = read_into(at, BPF_FUNC_ktime_get_ns, offsetof(struct kvet_clock_sample, before_ns));
	for (size_t i = 0; i < KVET_CLOCK_BATCH; i++)
		*at++ = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = helper };
	at = read_into(at, BPF_FUNC_ktime_get_ns, offsetof(struct kvet_clock_sample, clock_ns));
	at = read_into(at, BPF_FUNC_ktime_get_ns, offsetof(struct kvet_clock_sample, after_ns));
	end(at);
}
