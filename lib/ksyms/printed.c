/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel prints of an address: "SYM+0xOFF/0xSIZE [MODULE]". The kernel has no sizes
 * either, and computes SIZE in three ways (kernel: kallsyms_lookup_size_offset()).
 */
#include "ksyms/table.h"

/* The smallest page: an end of any larger page is also an end of one of this size. */
#define PAGE_MASK 4095ULL

/* Whether size bytes from the row on hold no other symbol; of_module: none of the same module. */
static bool is_alone(const struct kvet_ksyms *table, uint32_t row, uint64_t size, bool of_module)
{
	uint64_t first = table->addresses[row] + 1, end = table->addresses[row] + size;
	struct kvet_ksyms_range range = kvet_ksyms_between(table, first, end);

	if (size && end < first)
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

/*
 * A module's symbol extends to the module's next one, but at most to the end of the module's text,
 * which is the end of a page. For data after the text that end is before the symbol, so SIZE is
 * negative; for an address in data without a symbol, OFF is greater than SIZE
 * (find_kallsyms_symbol()).
 */
static bool module_agrees(const struct kvet_ksyms *table, uint32_t row, uint64_t offset,
			  uint64_t size)
{
	uint64_t end = table->addresses[row] + size;
	bool with_text = !(end & PAGE_MASK);

	if (offset > size || (int64_t)size < 0)
		return with_text && is_alone(table, row, offset, true);
	return (with_text || ends_at_own(table, row, size)) && is_alone(table, row, size, true);
}

bool kvet_ksyms_printed(const struct kvet_ksyms *table, uint32_t row, uint64_t offset,
			bool has_size, uint64_t size)
{
	bool sized = table->sized && table->sizes[row];

	if (!has_size)
		return !offset || offset < (sized ? table->sizes[row] : table->extents[row]);
	if (offset <= size && (size == table->extents[row] || (sized && size == table->sizes[row])))
		return true;
	if (!size || !table->modules[row] || ksyms_is_absolute(table->types[row]))
		return false;
	/* BPF programs and trampolines have their own length. */
	if (ksyms_is_image(table, row))
		return offset <= size && is_alone(table, row, size, false);
	return module_agrees(table, row, offset, size);
}
