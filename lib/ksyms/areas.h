/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of a table's rows a number of a log can point into. Pure. */
#ifndef KVET_KSYMS_AREAS_H
#define KVET_KSYMS_AREAS_H

#include "ksyms/table.h"

/*
 * What a table shows of the kernel's address space. A log is full of numbers that are no
 * addresses: registers, flags, counters, offsets. They are small, and so are some symbols' values:
 * the per-CPU variables of vmlinux and System.map start at 0 (x86 before Linux 6.15), the vectors
 * of 32-bit Arm are in the first pages, and s390's _text is at 0.
 */
struct ksyms_areas {
	uint64_t image;     /* the kernel proper, from its lowest text; UINT64_MAX: none */
	uint64_t image_end; /* _end: what follows is used only while booting */
	uint64_t per_cpu;   /* the template of the per-CPU variables, which no CPU uses */
	uint64_t per_cpu_end;
	uint64_t lowest; /* below it nothing is an address: the image's start, or a module's */
};

/* No address of the kernel is below: the range that NULL pointers reach is not mapped. */
#define KSYMS_NULL_END (64ULL << 10)

void kvet_ksyms_areas(const struct kvet_ksyms *table, struct ksyms_areas *areas);

/* Whether code or data of the kernel, a module, a BPF program or a trampoline can be at the row's
 * address in a running kernel: only then may a number point to it. */
bool kvet_ksyms_in_areas(const struct kvet_ksyms *table, const struct ksyms_areas *areas,
			 uint32_t row);

#endif
