/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/anchor.h"

/* The only row of a name in a module (NULL: the kernel proper) that has an address; false if there
 * is none, or more than one. */
static bool find_one(const struct kvet_ksyms *table, const char *name, const char *module,
		     uint32_t *row)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);
	size_t count = 0;

	for (size_t i = 0; i < range.count; i++) {
		const char *other = ksyms_row_module(table, range.rows[i]);

		if (ksyms_is_absolute(table->types[range.rows[i]]) || !module != !other ||
		    (module && strcmp(module, other) != 0))
			continue;
		*row = range.rows[i];
		count++;
	}
	return count == 1;
}

static bool try_name(struct ksyms_anchor *anchor, const struct kvet_ksyms *before,
		     const struct kvet_ksyms *after, const char *name, const char *module)
{
	uint32_t one, other;

	if (!find_one(before, name, module, &one) || !find_one(after, name, module, &other))
		return false;
	*anchor = (struct ksyms_anchor){ ksyms_row_name(before, one), before->addresses[one],
					 after->addresses[other] };
	return true;
}

static void try_row(struct ksyms_anchors *anchors, const struct kvet_ksyms *before,
		    const struct kvet_ksyms *after, uint32_t row)
{
	uint16_t module = before->modules[row];
	struct ksyms_anchor *anchor = module ? &anchors->modules[module] : &anchors->kernel;

	if (anchor->name || !ksyms_is_text(before->types[row]) || ksyms_is_image(before, row) ||
	    (module && before->unlinked != after->unlinked))
		return;
	try_name(anchor, before, after, ksyms_row_name(before, row), ksyms_row_module(before, row));
}

int kvet_ksyms_anchors_find(struct ksyms_anchors *anchors, const struct kvet_ksyms *before,
			    const struct kvet_ksyms *after)
{
	*anchors = (struct ksyms_anchors){ 0 };
	anchors->modules = calloc(before->module_count + 1, sizeof(*anchors->modules));
	if (!anchors->modules)
		return -ENOMEM;
	if (before->hidden || after->hidden)
		return 0;
	if (!try_name(&anchors->kernel, before, after, "_text", NULL))
		try_name(&anchors->kernel, before, after, "_stext", NULL);
	for (size_t i = 0; i < ksyms_placed(before); i++)
		try_row(anchors, before, after, before->by_address[i]);
	return 0;
}
