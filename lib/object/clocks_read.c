/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * In a translated program, a call holds the distance to the helper's function instead of its
 * number, so programs of kvet's own show first how each looks.
 */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/info_read.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "object/clocks_read.h"

static const int32_t helpers[KVET_OBJECT_CLOCK_COUNT] = {
	[KVET_OBJECT_MONOTONIC] = 5, [KVET_OBJECT_BOOTTIME] = 125, [KVET_OBJECT_TAI] = 208,
	[KVET_OBJECT_COARSE] = 160,  [KVET_OBJECT_JIFFIES] = 118,
};

static bool is_helper_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg;
}

static bool is_address(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* Sees how one helper looks; jiffies are read from memory, without a call. */
static void learn_one(struct kvet_clock_calls *clocks, enum kvet_object_clock clock)
{
	/* One of these offers it, if the kernel has it. */
	static const enum bpf_prog_type types[] = { BPF_PROG_TYPE_SOCKET_FILTER,
						    BPF_PROG_TYPE_CGROUP_SKB };
	const struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = helpers[clock] },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	AUTO_FREE struct bpf_insn *insns = NULL;
	AUTO_CLOSE int fd = -1;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types) && fd < 0; i++)
		fd = kvet_bpf_own_program(NULL,
					  &(struct kvet_bpf_program){
						  .type = types[i],
						  .insns = program,
						  .count = sizeof(program) / sizeof(*program),
					  },
					  NULL);
	insns = fd < 0 ? NULL : kvet_bpf_program_translated(fd, &count);
	for (size_t i = 0; i < count; i++) {
		if (is_helper_call(&insns[i]))
			clocks->calls[clock] = insns[i].imm;
		if (is_address(&insns[i]) && i + 1 < count && clock == KVET_OBJECT_JIFFIES) {
			clocks->jiffies[0] = insns[i].imm;
			clocks->jiffies[1] = insns[i + 1].imm;
		}
	}
}

static bool is_jiffies(const struct kvet_clock_calls *clocks, const struct bpf_insn *insn)
{
	return is_address(insn) && (clocks->jiffies[0] || clocks->jiffies[1]) &&
	       insn[0].imm == clocks->jiffies[0] && insn[1].imm == clocks->jiffies[1];
}

bool kvet_clock_calls_find(struct kvet_clock_calls *known, const struct bpf_insn *insns,
			   size_t count, unsigned int *clocks)
{
	for (int i = 0; i < KVET_OBJECT_CLOCK_COUNT && !known->learnt; i++)
		learn_one(known, (enum kvet_object_clock)i);
	known->learnt = true;
	/* Every kernel has this one: where its call shows nothing, no call does. */
	if (!known->calls[KVET_OBJECT_MONOTONIC])
		return false;
	*clocks = 0;
	for (size_t i = 0; i < count; i++) {
		for (int n = 0; n < KVET_OBJECT_CLOCK_COUNT; n++)
			if (is_helper_call(&insns[i]) && known->calls[n] &&
			    insns[i].imm == known->calls[n])
				*clocks |= 1U << n;
		if (i + 1 < count && is_jiffies(known, &insns[i]))
			*clocks |= 1U << KVET_OBJECT_JIFFIES;
		i += is_address(&insns[i]);
	}
	return true;
}
