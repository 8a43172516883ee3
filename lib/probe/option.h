/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a kernel is built with decides which types and helpers it has. Pure. */
#ifndef KVET_PROBE_OPTION_H
#define KVET_PROBE_OPTION_H

#include <stddef.h>

/*
 * The options of the kernel's configuration that a type, and a helper for programs of it, rest
 * on: "CONFIG_BPF_KPROBE_OVERRIDE". The nth of them, from 0, or NULL. Those of the type stand
 * first.
 */
const char *kvet_option_of(int helper, int type, size_t nth);

#endif
