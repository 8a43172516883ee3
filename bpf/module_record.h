/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The record that bpf/modules.bpf.c sends of each module that comes or goes. */
#ifndef KVET_BPF_MODULE_RECORD_H
#define KVET_BPF_MODULE_RECORD_H

#include <linux/types.h>

/* The kernel's names have at most 55 characters (kernel: MODULE_NAME_LEN). */
#define MODULE_NAME_SIZE 64
#define MODULE_COMM_SIZE 16

struct module_record {
	__u64 boot_ns;
	__u64 mono_ns;
	char name[MODULE_NAME_SIZE];
	char comm[MODULE_COMM_SIZE];
	__u32 loaded; /* 0: it goes */
	__u32 padding;
};

#endif
