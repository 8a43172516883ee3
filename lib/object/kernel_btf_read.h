/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BTF ids of the functions and typedefs that programs are loaded for: all that lib/object asks of
 * the kernel's BTF. */
#ifndef KVET_OBJECT_KERNEL_BTF_READ_H
#define KVET_OBJECT_KERNEL_BTF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>

struct kvet_btf_wanted {
	char name[280];
	bool is_typedef;
	uint32_t id; /* out: 0 if the kernel has none */
	int module;  /* out: a descriptor of the module's BTF, 0 for the kernel proper */
	/* out: of the function, or of what the tracepoint calls, in registers of 8 bytes */
	uint32_t arguments;
};

/*
 * Looks all of them up in the kernel's BTF, and, if one is missing, in that of its modules, whose
 * descriptors stay open. Errors: those of kvet_btf_read() for the kernel proper; -ENOMEM. Touches
 * the kernel.
 */
int kvet_object_btf_find(struct kvet_btf_wanted *wanted, size_t count, struct kvet_cause *err);

#endif
