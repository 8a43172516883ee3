/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a BPF file system delegates to the user namespace that it is mounted in: its mount
 * options delegate_cmds, delegate_maps, delegate_progs and delegate_attachs (Linux 6.9). Pure.
 */
#ifndef KVET_BPF_DELEGATION_H
#define KVET_BPF_DELEGATION_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a line of /proc/self/mountinfo is a BPF file system that delegates anything. If so, its
 * mount point and its options are written to the buffers. */
bool kvet_delegation_parse(const char *line, char *mount, size_t mount_size, char *options,
			   size_t options_size);

/*
 * Whether option ("delegate_progs") delegates what has this number in the kernel's enumeration and
 * this name in the option ("kprobe"; NULL: unknown). The kernel writes "any", names separated by
 * ":", or a mask.
 */
bool kvet_delegation_allows(const char *options, const char *option, unsigned int number,
			    const char *name);

#endif
