/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel prints of an address: "SYM+0xOFF/0xSIZE [MODULE]". It has no sizes either, and
 * finds SIZE in three ways (kernel: kallsyms_lookup_size_offset()).
 */
#include "ksyms/table.h"

/* A page of whatever size ends where one of this size does. */
#define PAGE_MASK 4095ULL

/* Whether size bytes from the row on hold no other symbol, of_module: of the same module. */
static bool is_alone(const struct kvet_ksyms *table, uint32_t row, uint64_t size, bool of_module)
{
	uint64_t first = table->addresses[row] + 1, end = table->addresses[row] + size;
	struct kvet_ksyms_range range = kvet_ksyms_between(table, first, end);

	if (end < first)
		return false;
	for (size_t i = 0; i < range.count; i++)
		if (!of_module || table->modules[range.rows[i]] == table->modules[row])
			return false;
	return true;
}

static bool ends_at_own(const struct kvet_ksyms *table, uint32_t row, uint64_t size)
{
	struct kvet_ksyms_range range = kvet_ksyms_at(table, table->addresses[row] + size);

	for (size_t i = 0; i < range.count; i++)
		if (table->modules[range.rows[i]] == table->modules[row])
			return true;
	return false;
}

static bool size_agrees(const struct kvet_ksyms *table, uint32_t row, uint64_t size)
{
	uint64_t end = table->addresses[row] + size;

	if (size == table->extents[row] || (table->sized && size == table->sizes[row]))
		return true;
	if (!size || !table->modules[row] || ksyms_is_absolute(table->types[row]))
		return false;
	/* BPF programs and trampolines: their own length. */
	if (ksyms_is_image(table, row))
		return is_alone(table, row, size, false);
	/*
	 * A module's symbol reaches to the module's next one, but no further than to the end of the
	 * module's text, which is the end of a page. For data behind the text that end lies before
	 * the symbol, and SIZE is a negative number (find_kallsyms_symbol()).
	 */
	if ((int64_t)size < 0)
		return !(end & PAGE_MASK);
	return (!(end & PAGE_MASK) || ends_at_own(table, row, size)) &&
	       is_alone(table, row, size, true);
}

bool kvet_ksyms_printed(const struct kvet_ksyms *table, uint32_t row, uint64_t offset,
			bool has_size, uint64_t size)
{
	if (has_size)
		return size_agrees(table, row, size) && offset <= size;
	return !offset || offset < (table->sized && table->sizes[row] ? table->sizes[row]
								      : table->extents[row]);
}
