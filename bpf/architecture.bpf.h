/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where an architecture keeps what a probe looks for, as far as libbpf's macros do not say it. */
#ifndef KVET_BPF_ARCHITECTURE_BPF_H
#define KVET_BPF_ARCHITECTURE_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* What user space knows of the registers: all of struct pt_regs (x86), or how it begins. */
#define KNOWN_REGISTERS(ctx) sizeof(*__PT_REGS_CAST(ctx))

/* The sixth argument. libbpf 1.1 knows five; s390 has no more, the sixth is on the stack. */
#if defined(__TARGET_ARCH_s390)
#define ARGUMENT_6(ctx) 0
#elif defined(PT_REGS_PARM6)
#define ARGUMENT_6(ctx) PT_REGS_PARM6(ctx)
#elif defined(__TARGET_ARCH_arm64)
#define ARGUMENT_6(ctx) (__PT_REGS_CAST(ctx)->regs[5])
#elif defined(__TARGET_ARCH_riscv)
#define ARGUMENT_6(ctx) (__PT_REGS_CAST(ctx)->a5)
#else
#define ARGUMENT_6(ctx) (__PT_REGS_CAST(ctx)->r9)
#endif

/* What a function finds on its stack and takes off it as it returns: x86 calls by way of the stack,
 * the others by way of a register (whose name is misspelt for s390 in libbpf 1.1). */
#if defined(__TARGET_ARCH_x86)
#define RETURN_SIZE sizeof(__u64)
#else
#define RETURN_SIZE 0
#endif

#if defined(__TARGET_ARCH_s390)
#define LINK_REGISTER(ctx) (__PT_REGS_CAST(ctx)->gprs[14])
#else
#define LINK_REGISTER(ctx) PT_REGS_RET(ctx)
#endif

/* Where the function that is entered here returns to. Under a lockdown for confidentiality the
 * kernel does not let its memory be read, but shows its stack: which takes longer. */
static __always_inline __u64 caller_of(struct pt_regs *ctx, int locked)
{
	__u64 frames[2] = { 0 }; /* the function itself, and who called it */

	if (!RETURN_SIZE)
		return LINK_REGISTER(ctx);
	if (locked)
		bpf_get_stack(ctx, frames, sizeof(frames), 0);
	else
		bpf_probe_read_kernel(&frames[1], sizeof(frames[1]), (void *)PT_REGS_SP(ctx));
	return frames[1];
}

#endif
