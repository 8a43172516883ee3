/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of registers, in the order of struct pt_regs (kernel: arch/.../asm/ptrace.h). */
#include <kvet/trace.h>

static const char *const names[] = {
#if defined(__x86_64__)
	"r15", "r14", "r13", "r12", "bp",      "bx", "r11", "r10",   "r9", "r8", "ax",
	"cx",  "dx",  "si",  "di",  "orig_ax", "ip", "cs",  "flags", "sp", "ss",
#elif defined(__aarch64__)
	"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",     "x10", "x11",
	"x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",    "x22", "x23",
	"x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",  "pc",  "pstate",
#elif defined(__riscv)
	"pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
	"a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
	"s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
#elif defined(__s390x__)
	/* "args" is the breaking event address; "mask" and "addr" are the program status word. */
	"args", "mask", "addr", "r0",  "r1",  "r2",  "r3",  "r4",  "r5",  "r6",
	"r7",   "r8",   "r9",   "r10", "r11", "r12", "r13", "r14", "r15",
#endif
	NULL,
};

const char *kvet_trace_register_name(size_t index)
{
	return index < sizeof(names) / sizeof(*names) ? names[index] : NULL;
}
