/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a frame of a text to the rows that it can mean. Pure. */
#ifndef KVET_KSYMS_FRAME_H
#define KVET_KSYMS_FRAME_H

#include "ksyms/table.h"
#include "ksyms/words.h"

/* Of one table, for one thread. Clear but for the first two, it is ready. */
struct ksyms_frame_rows {
	const struct kvet_ksyms *table;
	struct kvet_ksyms_filter filter;
	uint32_t *rows; /* of the last frame */
	size_t count;

	uint32_t *dotted; /* numbers of the names with a suffix, sorted; made when first needed */
	size_t dotted_count;
	bool has_dotted;
};

/*
 * Finds the rows of a frame: those of its name that the kernel would print so. Where there is
 * none, those of the name with or without the dot of 64-bit PowerPC's code, or, if SIZE agrees,
 * with the ".llvm.HASH" of a kernel whose link time optimisation the log leaves out. kernel_only:
 * where modules are, is not known. Returns 0 or -ENOMEM.
 */
int kvet_ksyms_frame_find(struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
			  bool kernel_only);
void kvet_ksyms_frame_rows_free(struct ksyms_frame_rows *found);

#endif
