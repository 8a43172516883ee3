/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where each architecture keeps what a probe reads, if libbpf's macros do not say. */
#ifndef KVET_BPF_ARCHITECTURE_BPF_H
#define KVET_BPF_ARCHITECTURE_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_tracing.h>

/* The part of struct pt_regs that user space knows: all of it on x86, its beginning elsewhere. */
#define KNOWN_REGISTERS(ctx) sizeof(*__PT_REGS_CAST(ctx))

/* The sixth argument: libbpf 1.1 has macros for five. On s390 it is on the stack. */
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

/* How much a return takes off the stack: x86 keeps the return address there, others in a register,
 * whose macro for s390 is misspelt in libbpf 1.1. */
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

/* Where the registers that a system call's wrapper gets keep its arguments. Those that the kernel
 * has replaced by then are kept apart, after what user space knows of struct pt_regs. */
#if defined(__TARGET_ARCH_x86)
#define SYSCALL_ARGUMENT_1(regs) (&PT_REGS_PARM1(regs))
#define SYSCALL_ARGUMENT_4(regs) (&__PT_REGS_CAST(regs)->r10)
#elif defined(__TARGET_ARCH_s390)
#define SYSCALL_ARGUMENT_1(regs) ((const __u64 *)(regs) + 19) /* orig_gpr2 */
#elif defined(__TARGET_ARCH_riscv)
#define SYSCALL_ARGUMENT_1(regs) ((const __u64 *)(regs) + 35) /* orig_a0 */
#else
#define SYSCALL_ARGUMENT_1(regs) (&PT_REGS_PARM1(regs))
#endif
#if !defined(SYSCALL_ARGUMENT_4)
#define SYSCALL_ARGUMENT_4(regs) (&PT_REGS_PARM4(regs))
#endif
#if defined(__TARGET_ARCH_s390)
#define SYSCALL_ARGUMENT_6(regs) (&__PT_REGS_CAST(regs)->gprs[7])
#else
#define SYSCALL_ARGUMENT_6(regs) (&ARGUMENT_6(regs))
#endif

#endif
