/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which build options of a kernel its program types and helpers depend on. Pure. */
#ifndef KVET_PROBE_OPTION_H
#define KVET_PROBE_OPTION_H

#include <stddef.h>

/*
 * The kernel configuration options that a type, and a helper for programs of that type, depend on
 * ("CONFIG_BPF_KPROBE_OVERRIDE"). Returns the nth of them, from 0, or NULL. Those of the type come
 * first.
 */
const char *kvet_option_of(int helper, int type, size_t nth);

#endif
