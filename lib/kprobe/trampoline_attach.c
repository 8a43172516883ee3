/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Trampolines in this kernel (kernel: kernel/bpf/trampoline.c). */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <bpf/bpf.h>

#include "bpf/info_read.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/trampoline.h"

/* With more sites than this, an index of BTF is worth its time. */
#define UNINDEXED_MOST 5

/* Reads the kernel's BTF, once. Returns whether there is one. */
static bool has_btf(struct kvet_kprobe_ways *ways)
{
	if (ways->btf || ways->btf_cause.evidence[0])
		return ways->btf != NULL;
	if (kvet_btf_read(&ways->btf, NULL, KVET_BTF_KERNEL, NULL, &ways->btf_cause))
		return false;
	/* Without memory for it, looking up takes longer. */
	if (ways->wish.sites > UNINDEXED_MOST)
		(void)kvet_btf_index(ways->btf, NULL);
	return true;
}

/* The programs read the kernel's memory, which a lockdown for confidentiality forbids, as it does
 * the kprobe PMU. */
static bool is_readable(const struct kvet_kprobe_ways *ways, struct kvet_cause *cause)
{
	const char *lockdown = ways->facts->lockdown;

	if (!strcmp(lockdown, "none") || !strcmp(lockdown, "integrity") ||
	    (ways->facts->pmu_type >= 0 && ways->pmu == KVET_YES))
		return true;
	kvet_cause_fill(cause, 0, "/sys/kernel/security/lockdown",
			"the kernel is, or may be, locked down (confidentiality): fentry programs "
			"cannot read a value");
	kvet_cause_remedy(cause, "--backend auto");
	return false;
}

enum kvet_verdict kvet_trampoline_find(struct kvet_kprobe_ways *ways,
				       const struct kvet_kprobe_site *site,
				       struct kvet_trampoline *trampoline, struct kvet_cause *cause)
{
	struct kvet_kprobe_lists lists;

	if (!is_readable(ways, cause))
		return KVET_UNDETERMINED;
	if (!has_btf(ways)) {
		*cause = ways->btf_cause;
		return KVET_UNDETERMINED;
	}
	if (kvet_trampoline_suits(site, ways->btf, ways->wish.returns, trampoline, cause) !=
	    KVET_YES)
		return KVET_NO;
	kvet_kprobe_lists_read(&ways->host, ways->facts, site, &lists);
	if (lists.traceable == 1 && lists.blacklisted == 0)
		return KVET_YES;
	if (lists.traceable == 0 || lists.blacklisted == 1) {
		kvet_kprobe_explain_untraceable(
			0,
			lists.blacklisted == 1 ? "kprobes/blacklist" : "available_filter_functions",
			site, &lists, cause);
		return KVET_NO;
	}
	kvet_cause_fill(cause, 0, "debugfs, tracefs",
			"%s cannot be read: whether a trampoline would harm is not known",
			lists.blacklisted < 0 ? "kprobes/blacklist" : "available_filter_functions");
	return KVET_UNDETERMINED;
}

enum kvet_verdict kvet_trampoline_guards(int prog_fd, struct kvet_cause *cause)
{
	if (kvet_bpf_counts_recursion(prog_fd))
		return KVET_YES;
	kvet_cause_fill(cause, 0, "bpf(BPF_OBJ_GET_INFO_BY_FD)",
			"this kernel does not keep fentry programs from running in themselves "
			"(before 5.12)");
	kvet_cause_remedy(cause, "--backend auto");
	return KVET_NO;
}

enum kvet_verdict kvet_trampoline_ask(struct kvet_kprobe_ways *ways,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause)
{
	/* return 0; */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_TRACING,
					    .attach = returns ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY,
					    .name = "kvet_idle",
					    .insns = insns,
					    .count = sizeof(insns) / sizeof(*insns) };
	struct kvet_trampoline trampoline;
	enum kvet_verdict verdict = kvet_trampoline_find(ways, site, &trampoline, cause);
	AUTO_CLOSE int prog = -1;

	if (verdict != KVET_YES)
		return verdict;
	program.btf_id = trampoline.btf_id;
	prog = kvet_bpf_own_program(&ways->host, &program, cause);
	return prog < 0 ? KVET_UNDETERMINED : kvet_trampoline_guards(prog, cause);
}

int kvet_trampoline_attach(int prog_fd, struct kvet_cause *cause)
{
	int link, errnum;

	errno = 0;
	link = bpf_raw_tracepoint_open(NULL, prog_fd);
	errnum = errno;
	if (link < 0) {
		kvet_cause_fill(cause, errnum, "bpf(BPF_RAW_TRACEPOINT_OPEN)", "%s",
				strerror(errnum));
		return -1;
	}
	return link;
}
