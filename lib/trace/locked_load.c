/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A lockdown for confidentiality keeps programs from reading the kernel's memory (kernel:
 * LOCKDOWN_BPF_READ_KERNEL). The verifier then only says that the helper is unknown, so kvet asks
 * with a program of its own. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/session.h"

/* Returns 0 or a negative errno. */
static int try_read(const struct kvet_host *host)
{
	/* u64 value; bpf_probe_read_kernel(&value, sizeof(value), NULL); return 0; */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static const struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_KPROBE,
							 .name = "kvet_reads",
							 .insns = insns,
							 .count = sizeof(insns) / sizeof(*insns) };
	AUTO_CLOSE int prog = kvet_bpf_own_program(host, &program, NULL);

	return prog < 0 ? prog : 0;
}

bool kvet_trace_reads(const struct kvet_host *host, const char *lockdown)
{
	/* A process that may load no program at all learns that from the session's own programs. */
	return !strcmp(lockdown, "none") || !strcmp(lockdown, "integrity") ||
	       try_read(host) != -EINVAL;
}

enum kvet_verdict kvet_trace_permitted(const struct kvet_host *host,
				       const struct kvet_trace_options *options,
				       struct kvet_cause *cause)
{
	const char *lockdown;
	bool known;

	bool reads =
		options->strings || options->expression_count || kvet_trace_reads_wrappers(options);

	for (size_t i = 0; i < options->condition_count; i++)
		reads = reads || options->conditions[i].reads;
	if (!reads || kvet_reach_is_death(host, KVET_CALL_BPF, cause))
		return KVET_YES;
	lockdown = kvet_host_lockdown(host);
	if (kvet_trace_reads(host, lockdown))
		return KVET_YES;
	known = !strcmp(lockdown, "confidentiality");
	kvet_cause_fill(
		cause, 0, "bpf(BPF_PROG_LOAD)",
		"%s: bpf_probe_read_kernel is refused, so what pointers lead to cannot be shown",
		known ? "the kernel is locked down (confidentiality)"
		      : "the kernel may be locked down, which cannot be read");
	kvet_cause_remedy(
		cause,
		"--args, which shows the pointers only, or boot with lockdown=integrity or none");
	return known ? KVET_NO : KVET_UNDETERMINED;
}
