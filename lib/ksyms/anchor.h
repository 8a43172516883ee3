/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stays where it is from one boot to the next, in two tables. */
#ifndef KVET_KSYMS_ANCHOR_H
#define KVET_KSYMS_ANCHOR_H

#include "ksyms/table.h"

/* A symbol that both tables have once: the kernel proper, or a module, lies around it. */
struct ksyms_anchor {
	const char *name; /* NULL: there is none */
	uint64_t before, after;
};

struct ksyms_anchors {
	struct ksyms_anchor kernel;
	struct ksyms_anchor *modules; /* by the number of the module in the first table */
};

/*
 * Of the kernel proper _text, or else _stext, or else the first function that both have once. Of a
 * module its first such function; none where one of the tables is a module's own file and the
 * other is not, since the kernel loads its sections in an order of its own, nor for what the kernel
 * makes at run time. None at all if a table is hidden. The caller frees anchors->modules. Errors:
 * -ENOMEM.
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
