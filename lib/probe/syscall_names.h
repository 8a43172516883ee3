/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls by number, as this build's headers know them. Pure. */
#ifndef KVET_PROBE_SYSCALL_NAMES_H
#define KVET_PROBE_SYSCALL_NAMES_H

#include <stdbool.h>

/* "openat", or NULL. */
const char *kvet_syscall_name(long number);

bool kvet_syscall_is_bpf(long number);

/* "BPF_PROG_LOAD", or NULL. */
const char *kvet_bpf_command_name(unsigned long command);

/* Which argument of the system call is a path, or -1. */
int kvet_syscall_path_argument(long number);

#endif
