/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet's own process number as a BPF program sees it, whatever PID namespace or /proc kvet runs
 * in. */
#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "trace/session.h"

void kvet_trace_leave_own(struct kvet_trace *trace)
{
	/* return bpf_get_current_pid_tgid() >> 32; */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_pid_tgid },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = BPF_REG_0, .imm = 32 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static const struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_RAW_TRACEPOINT,
							 .name = "kvet_own",
							 .insns = insns,
							 .count = sizeof(insns) / sizeof(*insns) };
	LIBBPF_OPTS(bpf_test_run_opts, run);
	AUTO_CLOSE int prog = kvet_bpf_own_program(&trace->host, &program, NULL);

	/* If the program cannot be run on demand (before 5.10), no hit is filtered as kvet's own:
	 * getpid(2) may be the number of another process outside, and its hits would be lost. */
	if (prog < 0 || bpf_prog_test_run_opts(prog, &run) || !run.retval)
		return;
	trace->config.flags |= TRACE_LEAVE_OWN;
	trace->config.own_pid = run.retval;
}
