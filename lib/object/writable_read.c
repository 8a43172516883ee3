/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How much of the buffer that its first argument points to a raw tracepoint lets programs access:
 * what the kernel keeps of each (struct bpf_raw_event_map), read by a program of kvet's own. Asking
 * by a link would attach.
 */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "object/target_read.h"

/* struct bpf_raw_event_map, as it has been since 4.17; the number of arguments is compared with
 * that of the kernel's BTF. */
struct event {
	uint64_t tracepoint, function;
	uint32_t arguments, writable;
};

#define TAIL offsetof(struct event, arguments)
#define MOV(dst, src)                                                                   \
	{                                                                               \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (dst), .src_reg = (src) \
	}
#define SET(dst, value)                                                               \
	{                                                                             \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (dst), .imm = (value) \
	}

/* Returns the two words that an event ends with, as arguments << 16 | writable; or 0. */
static uint32_t read_event(const struct kvet_host *host, uint64_t address)
{
	const uint64_t from = address + TAIL;
	const struct bpf_insn insns[] = {
		/* bpf_probe_read_kernel(fp - 8, 8, from) */
		MOV(BPF_REG_1, BPF_REG_10),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		SET(BPF_REG_2, 8),
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = BPF_REG_3,
		  .imm = (int32_t)(uint32_t)from },
		{ .imm = (int32_t)(uint32_t)(from >> 32) },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		/* if it failed, return 0 */
		SET(BPF_REG_1, 0),
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 2 },
		MOV(BPF_REG_0, BPF_REG_1),
		{ .code = BPF_JMP | BPF_EXIT },
		/* return arguments << 16 | writable */
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
		  .dst_reg = BPF_REG_0,
		  .src_reg = BPF_REG_10,
		  .off = -8 },
		{ .code = BPF_ALU64 | BPF_LSH | BPF_K, .dst_reg = BPF_REG_0, .imm = 16 },
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_10,
		  .off = -4 },
		{ .code = BPF_ALU64 | BPF_OR | BPF_X, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct kvet_bpf_program program = {
		.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.name = "kvet_event",
		.insns = insns,
		.count = sizeof(insns) / sizeof(*insns),
	};
	LIBBPF_OPTS(bpf_test_run_opts, run);
	AUTO_CLOSE int prog = kvet_bpf_own_program(host, &program, NULL);

	return prog < 0 || bpf_prog_test_run_opts(prog, &run) ? 0 : run.retval;
}

/* Returns 0 if it is not known. */
static uint64_t address_of(struct kvet_targets *targets, const char *name)
{
	const struct kvet_ksyms *table = kvet_target_table(targets);
	struct kvet_ksyms_range found = { .count = 0 };
	char symbol[160];

	snprintf(symbol, sizeof(symbol), "__bpf_trace_tp_map_%s", name);
	if (table)
		found = kvet_ksyms_by_name(table, symbol);
	return found.count == 1 ? kvet_ksyms_row(table, found.rows[0]).address : 0;
}

void kvet_target_buffer(struct kvet_targets *targets, const char *name,
			const struct kvet_target_hint *hint, struct kvet_target_answer *answer)
{
	uint64_t address = address_of(targets, name);
	uint32_t event = address ? read_event(targets->host, address) : 0;
	uint32_t writable = event & UINT16_MAX;

	if (event && event >> 16 == hint->arguments) {
		if (hint->buffer_end <= writable)
			return;
		answer->verdict = KVET_NO;
		answer->reason = KVET_OBJECT_ACCESS;
		kvet_cause_fill(&answer->cause, 0, "the kernel's list of raw tracepoints",
				"it accesses %u bytes of what the first argument points to, and "
				"raw tracepoint '%s' allows %u",
				hint->buffer_end, name, writable);
		if (!writable)
			kvet_cause_remedy(&answer->cause,
					  "use SEC(\"raw_tp/%s\") and bpf_probe_read_kernel()",
					  name);
		return;
	}
	answer->verdict = KVET_UNDETERMINED;
	answer->reason = KVET_OBJECT_TARGET_UNKNOWN;
	kvet_cause_fill(&answer->cause, 0, "the kernel's list of raw tracepoints",
			"cannot be read, so it is unknown how much of what its first argument "
			"points to '%s' lets programs access",
			name);
}
