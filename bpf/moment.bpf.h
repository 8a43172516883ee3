/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a program of bpf/trace.bpf.c runs, and how it reads what a function was given and returns:
 * a kprobe's context has registers, a trampoline's has the arguments and then the value. */
#ifndef KVET_BPF_MOMENT_BPF_H
#define KVET_BPF_MOMENT_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "architecture.bpf.h"
#include "trace_event.h"

/* No helper gets the address of one: the compiler would have to keep it, and ask at run time what
 * it knows. */
struct moment {
	struct pt_regs *ctx; /* in a trampoline only for helpers */
	__u32 site;
	int trampoline;
	__u32 arguments; /* in a trampoline: how many the function has */
	__u32 shape;     /* a constant: the flags of struct trace_config that the program knows */
};

static __always_inline __u32 this_site(void)
{
	__u32 site;

	asm volatile("%0 = %1" : "=r"(site) : "i"(TRACE_SITE_MARK));
	return site;
}

/* If the kernel has cookies (5.15), one program serves all sites. */
static __always_inline __u32 cookie_site(void *ctx)
{
	return (__u32)bpf_get_attach_cookie(ctx);
}

static __always_inline struct moment at_probe(struct pt_regs *ctx, __u32 site)
{
	return (struct moment){ .ctx = ctx, .site = site };
}

static __always_inline struct moment in_trampoline(struct pt_regs *ctx)
{
	__u32 mark = this_site();

	return (struct moment){ .ctx = ctx,
				.site = mark & TRACE_SITE_MOST,
				.trampoline = 1,
				.arguments = mark >> TRACE_SITE_BITS };
}

/* The key of what a program has to itself on its CPU: kprobe programs do not nest, but those of
 * different trampolines do. */
static __always_inline __u32 own_room(const struct moment *at)
{
	return at->trampoline ? at->site : 0;
}

/* What identifies a call: the place of its return address on the stack. A trampoline's context is
 * on the stack too, and is the same at the entry and at the return. */
static __always_inline __u64 frame_at_entry(const struct moment *at)
{
	return at->trampoline ? (__u64)at->ctx : PT_REGS_SP(at->ctx);
}

static __always_inline __u64 frame_at_return(const struct moment *at)
{
	return at->trampoline ? (__u64)at->ctx : PT_REGS_SP(at->ctx) - RETURN_SIZE;
}

/* The return address of the function that is being entered; 0: not known. Under a lockdown for
 * confidentiality the kernel's memory cannot be read, but its stack can be walked, which takes
 * longer. */
static __always_inline __u64 caller_of(const struct moment *at, int locked)
{
	__u64 frames[2] = { 0 }; /* the function itself, and its caller */

	if (at->trampoline)
		return 0;
	if (!RETURN_SIZE)
		return LINK_REGISTER(at->ctx);
	if (locked)
		bpf_get_stack(at->ctx, frames, sizeof(frames), 0);
	else
		bpf_probe_read_kernel(&frames[1], sizeof(frames[1]), (void *)PT_REGS_SP(at->ctx));
	return frames[1];
}

/* 0: not known; user space knows it for a trampoline, by the site. */
static __always_inline __u64 ip_of(const struct moment *at)
{
	return at->trampoline ? 0 : PT_REGS_IP(at->ctx);
}

/* Read as memory: the verifier lets a program read only some types of values from a trampoline's
 * context itself. */
static __always_inline __u64 value_of(const struct moment *at)
{
	__u64 value = 0;

	if (!at->trampoline)
		return PT_REGS_RC(at->ctx);
	bpf_probe_read_kernel(&value, sizeof(value),
			      (void *)((__u64)at->ctx + at->arguments * sizeof(value)));
	return value;
}

/* The registers of arguments; in a trampoline, those that the function does not have are
 * undefined. */
static __always_inline void arguments_of(const struct moment *at, __u64 values[TRACE_ARGS])
{
	struct pt_regs *ctx = at->ctx;

	if (at->trampoline) {
		bpf_probe_read_kernel(values, TRACE_ARGS * sizeof(*values), ctx);
		return;
	}
	values[0] = PT_REGS_PARM1(ctx);
	values[1] = PT_REGS_PARM2(ctx);
	values[2] = PT_REGS_PARM3(ctx);
	values[3] = PT_REGS_PARM4(ctx);
	values[4] = PT_REGS_PARM5(ctx);
	values[5] = ARGUMENT_6(ctx);
}

/* One of them; in a trampoline, one that the function has. Each is read on its own, because the
 * verifier does not let a program compute where in its context it reads. */
static __always_inline __u64 argument_of(const struct moment *at, __u32 place)
{
	struct pt_regs *ctx = at->ctx;
	__u64 value = 0;

	if (at->trampoline) {
		bpf_probe_read_kernel(&value, sizeof(value),
				      (void *)((__u64)ctx + place * sizeof(value)));
		return value;
	}
#define ARGUMENT_IF(number, register)           \
	if (place == (number)) {                \
		value = (register);             \
		asm volatile("" : "+r"(value)); \
	}
	ARGUMENT_IF(0, PT_REGS_PARM1(ctx))
	ARGUMENT_IF(1, PT_REGS_PARM2(ctx))
	ARGUMENT_IF(2, PT_REGS_PARM3(ctx))
	ARGUMENT_IF(3, PT_REGS_PARM4(ctx))
	ARGUMENT_IF(4, PT_REGS_PARM5(ctx))
	ARGUMENT_IF(5, ARGUMENT_6(ctx))
#undef ARGUMENT_IF
	return value;
}

#endif
