/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The starts of all tasks, from the kernel's BPF iterator over tasks: nothing else in the kernel
 * keeps both MONOTONIC and BOOTTIME of a past moment.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kvet/refusal.h>

#include "bpf/own_load.h"
#include "clock/history.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/btf.h"

/* The members of the context, the meta data and the task, and the first member of the meta data
 * (kernel: kernel/bpf/task_iter.c, include/linux/bpf.h). */
#define CONTEXT_META 0
#define CONTEXT_TASK 8
#define META_SEQ     0

#define CONTEXT BPF_REG_6
#define TASK    BPF_REG_7
#define LENGTH  15

/* At least this much is read at a time. */
#define PIECE (64U << 10)

static struct bpf_insn load(int to, int from, size_t offset)
{
	return (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_DW,
				  .dst_reg = (uint8_t)to & 15,
				  .src_reg = (uint8_t)from & 15,
				  .off = (short)offset };
}

static struct bpf_insn move(int to, int from)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X,
				  .dst_reg = (uint8_t)to & 15,
				  .src_reg = (uint8_t)from & 15 };
}

/* Builds a program that writes a struct kvet_clock_start for each task to the iterator's reader. */
static void write_program(size_t mono_at, size_t boot_at, struct bpf_insn insns[LENGTH])
{
	const short start = -(short)sizeof(struct kvet_clock_start);
	const struct bpf_insn program[LENGTH] = {
		move(CONTEXT, BPF_REG_1),
		load(TASK, CONTEXT, CONTEXT_TASK),
		/* At the end there is no task. */
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = TASK, .off = 10 },
		load(BPF_REG_1, TASK, mono_at),
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_10,
		  .src_reg = BPF_REG_1,
		  .off = start },
		load(BPF_REG_1, TASK, boot_at),
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_10,
		  .src_reg = BPF_REG_1,
		  .off = start + 8 },
		load(BPF_REG_1, CONTEXT, CONTEXT_META),
		load(BPF_REG_1, BPF_REG_1, META_SEQ),
		move(BPF_REG_2, BPF_REG_10),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = start },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_3,
		  .imm = sizeof(struct kvet_clock_start) },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_seq_write },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	memcpy(insns, program, sizeof(program));
}

static int load_program(const struct kvet_host *host, struct kvet_cause *err)
{
	struct kvet_btf_member start, boot;
	struct bpf_insn insns[LENGTH];
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_TRACING,
					    .attach = BPF_TRACE_ITER,
					    .name = "kvet_starts",
					    .insns = insns,
					    .count = LENGTH };
	AUTO(kvet_btf) *btf = NULL;
	uint32_t task;
	int ret = kvet_btf_read(&btf, host, KVET_BTF_KERNEL, NULL, err);

	if (ret)
		return ret;
	program.btf_id = kvet_btf_find(btf, BTF_KIND_FUNC, "bpf_iter_task");
	task = kvet_btf_find(btf, BTF_KIND_STRUCT, "task_struct");
	if (!program.btf_id || !kvet_btf_member(btf, task, "start_time", &start) ||
	    !kvet_btf_member(btf, task, "start_boottime", &boot))
		return kvet_reject(err, EOPNOTSUPP, "/sys/kernel/btf/vmlinux",
				   "this kernel has no BPF iterator over tasks");
	write_program(start.offset / 8, boot.offset / 8, insns);
	return kvet_bpf_own_program(host, &program, err);
}

static int open_iterator(const struct kvet_host *host, struct kvet_cause *err)
{
	AUTO_CLOSE int prog = load_program(host, err);

	return prog < 0 ? prog : kvet_bpf_own_iterator(host, prog, NULL, err);
}

int kvet_clock_history_read(const struct kvet_host *host, struct kvet_clock_history **history,
			    struct kvet_cause *err)
{
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	size_t used = 0, room = 0;

	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	fd = open_iterator(host, err);
	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t got;
		int errnum;

		if (!ARRAY_RESERVE(bytes, room, used + PIECE))
			return kvet_fail_memory(err);
		got = read(fd, bytes + used, room - used);
		errnum = errno;
		if (got < 0 && errnum != EINTR && errnum != EAGAIN)
			return kvet_fail(err, errnum, "read", "the BPF iterator over tasks: %s",
					 strerror(errnum));
		if (!got)
			break;
		used += got > 0 ? (size_t)got : 0;
	}
	return kvet_clock_history_of((const struct kvet_clock_start *)bytes,
				     used / sizeof(struct kvet_clock_start), history, err);
}
