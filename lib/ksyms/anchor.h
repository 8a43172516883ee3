/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Symbols of two tables to measure distances from: a boot moves everything around one alike. */
#ifndef KVET_KSYMS_ANCHOR_H
#define KVET_KSYMS_ANCHOR_H

#include "ksyms/table.h"

/* A symbol of the kernel proper, or of a module, that both tables have exactly once. */
struct ksyms_anchor {
	const char *name; /* NULL: there is none */
	uint64_t before, after;
};

struct ksyms_anchors {
	struct ksyms_anchor kernel;
	struct ksyms_anchor *modules; /* by the number of the module in the first table */
};

/*
 * For the kernel proper _text, else _stext, else the first function that both tables have exactly
 * once. For a module its first such function. There is none if only one of the tables is a module's
 * own file, since the kernel reorders its sections; none for what the kernel makes at run time; and
 * none at all if a table is hidden. The caller frees anchors->modules. Errors: -ENOMEM.
 */
int kvet_ksyms_anchors_find(struct ksyms_anchors *anchors, const struct kvet_ksyms *before,
			    const struct kvet_ksyms *after);

/* The anchor for a row of the first table: places are compared by their distance from it. */
static inline const struct ksyms_anchor *
ksyms_anchor_of(const struct ksyms_anchors *anchors, const struct kvet_ksyms *before, uint32_t row)
{
	uint16_t module = before->modules[row];

	return module == KSYMS_NO_MODULE ? &anchors->kernel : &anchors->modules[module];
}

#endif
