/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs were loaded for. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_SETTINGS_BPF_H
#define KVET_BPF_TRACE_SETTINGS_BPF_H

#include "trace_event.h"

const volatile struct trace_config config = { 0 };

/* The same for the compiler, which does not know the values, but may keep what it has read: the
 * verifier removes the branches for what is not asked, but not the reads that precede them. */
static __always_inline const struct trace_config *settings(void)
{
	const volatile struct trace_config *own = &config;

	asm("" : "+r"(own));
	return (const struct trace_config *)own;
}

#endif
