/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_SYSCALL_H
#define KVET_KPROBE_SYSCALL_H

#include <stddef.h>

#include "host/btf.h"

/* The name of the function that is in it. It is none of C, so no kernel has it. */
#define KVET_SYSCALL_FUNCTION "syscall:"

/*
 * Makes BTF with one function, which takes what tracefs says that a system call takes (the text of
 * events/syscalls/sys_enter_NAME/format), by the kernel's types, which it has as its base. The
 * caller frees; NULL: no memory. Types that the kernel does not have are void behind pointers, else
 * long. Pure.
 */
char *kvet_syscall_btf(const struct kvet_btf *kernel, const char *format, size_t *size);

#endif
