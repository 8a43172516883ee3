/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ksyms/areas.h"

/* The address of a symbol of the kernel proper; false if there is none. */
static bool find_place(const struct kvet_ksyms *table, const char *name, uint64_t *address)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);

	for (size_t i = 0; i < range.count; i++) {
		uint32_t row = range.rows[i];

		if (table->modules[row] || ksyms_is_absolute(table->types[row]))
			continue;
		*address = table->addresses[row];
		return true;
	}
	return false;
}

void kvet_ksyms_areas(const struct kvet_ksyms *table, struct ksyms_areas *areas)
{
	struct kvet_ksyms_range range = kvet_ksyms_between(table, KSYMS_NULL_END, UINT64_MAX);
	bool any_module = false;

	*areas = (struct ksyms_areas){ .image = UINT64_MAX, .lowest = UINT64_MAX };
	for (size_t i = 0; i < range.count && areas->image == UINT64_MAX; i++) {
		uint32_t row = range.rows[i];

		if (table->modules[row] && table->unlinked)
			continue;
		if (table->modules[row] && !any_module) {
			any_module = true;
			areas->lowest = table->addresses[row];
		}
		if (!table->modules[row] && !table->unlinked && ksyms_is_text(table->types[row]))
			areas->image = table->addresses[row];
	}
	if (areas->image < areas->lowest)
		areas->lowest = areas->image;
	if (!find_place(table, "__per_cpu_start", &areas->per_cpu) ||
	    !find_place(table, "__per_cpu_end", &areas->per_cpu_end))
		areas->per_cpu = areas->per_cpu_end = 0;
	if (!find_place(table, "_end", &areas->image_end) || areas->image_end < areas->image)
		areas->image_end = UINT64_MAX;
}

bool kvet_ksyms_in_areas(const struct kvet_ksyms *table, const struct ksyms_areas *areas,
			 uint32_t row)
{
	uint64_t address = table->addresses[row];

	if (table->hidden || table->unlinked || ksyms_is_absolute(table->types[row]) ||
	    address < KSYMS_NULL_END)
		return false;
	if (table->modules[row])
		return true;
	return address >= areas->image && address < areas->image_end &&
	       !(address >= areas->per_cpu && address < areas->per_cpu_end);
}
