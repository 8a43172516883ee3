/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the rows that a frame of a text can mean. Pure. */
#ifndef KVET_KSYMS_FRAME_H
#define KVET_KSYMS_FRAME_H

#include "ksyms/table.h"
#include "ksyms/words.h"

/* For one table and one thread. It starts with all but the first two members zero. */
struct ksyms_frame_rows {
	const struct kvet_ksyms *table;
	struct kvet_ksyms_filter filter;
	uint32_t *rows; /* of the last frame */
	size_t count;

	uint32_t *dotted; /* numbers of the names with a suffix, sorted; built on first use */
	size_t dotted_count;
	bool has_dotted;
};

/*
 * Finds the rows of a frame: those of its name that the kernel would print so. If there is none,
 * those of the name with or without the dot of 64-bit PowerPC's code; or, if SIZE agrees, with
 * ".llvm.HASH", the suffix of link time optimisation, which logs leave out. kernel_only: the
 * addresses of modules are unknown. Returns 0 or -ENOMEM.
 */
int kvet_ksyms_frame_find(struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
			  bool kernel_only);
void kvet_ksyms_frame_rows_free(struct ksyms_frame_rows *found);

#endif
