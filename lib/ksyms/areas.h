/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of a table's rows a number of a log can point into. Pure. */
#ifndef KVET_KSYMS_AREAS_H
#define KVET_KSYMS_AREAS_H

#include "ksyms/table.h"

/*
 * What a table says of the kernel's address space. A log is full of numbers that are no
 * addresses: registers, flags, counters, offsets. They are small, and so are the values of some
 * symbols that are no addresses either: per-CPU variables of vmlinux and System.map stand at 0 and
 * up (x86 before Linux 6.15), the vectors of 32-bit Arm at the first pages, s390's _text at 0.
 */
struct ksyms_areas {
	uint64_t image;     /* the kernel proper, from its lowest text; UINT64_MAX: none */
	uint64_t image_end; /* to _end: what stands behind is for the time before it runs */
	uint64_t per_cpu;   /* the template of the per-CPU variables, which no CPU uses */
	uint64_t per_cpu_end;
	uint64_t lowest; /* below it nothing is an address: the image's start, or a module's */
};

/* No address of the kernel is below: what NULL pointers reach is not mapped. */
#define KSYMS_NULL_END (64ULL << 10)

void kvet_ksyms_areas(const struct kvet_ksyms *table, struct ksyms_areas *areas);

/* Whether the row stands where code or data of the kernel, of a module, a BPF program or a
 * trampoline can be when the kernel runs: only then may a number point into it. */
bool kvet_ksyms_in_areas(const struct kvet_ksyms *table, const struct ksyms_areas *areas,
			 uint32_t row);

#endif
