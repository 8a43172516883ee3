/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The functions at an offset of a file. Pure. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "usyms/file.h"

void kvet_usyms_file_deinit(struct usyms_file *file)
{
	free(file->segments);
	free(file->symbols);
	text_free(&file->names);
	*file = (struct usyms_file){ 0 };
}

bool kvet_usyms_file_add(struct usyms_file *file, uint64_t start, uint64_t size, const char *name)
{
	size_t at = file->names.used, len = strcspn(name, "@");

	if (!len || !size || start + size < start)
		return true;
	if (!ARRAY_MORE(file->symbols, file->symbol_count) || !text_add(&file->names, name, len) ||
	    !text_add(&file->names, "", 1))
		return false;
	file->symbols[file->symbol_count++] =
		(struct usyms_symbol){ .start = start, .end = start + size, .name = at };
	return true;
}

static const char *name_of(const struct usyms_file *file, const struct usyms_symbol *symbol)
{
	return file->names.bytes + symbol->name;
}

static int by_start(const void *a, const void *b, void *file)
{
	const struct usyms_symbol *first = a, *second = b;

	if (first->start != second->start)
		return first->start < second->start ? -1 : 1;
	return strcmp(name_of(file, first), name_of(file, second));
}

void kvet_usyms_file_sort(struct usyms_file *file)
{
	size_t kept = 0;
	uint64_t reach = 0;

	if (!file->symbol_count)
		return;
	qsort_r(file->symbols, file->symbol_count, sizeof(*file->symbols), by_start, file);
	for (size_t i = 0; i < file->symbol_count; i++) {
		struct usyms_symbol *symbol = &file->symbols[i];

		if (symbol->end > reach)
			reach = symbol->end;
		if (kept && !by_start(&file->symbols[kept - 1], symbol, file)) {
			/* The tables of a file and of its debug file may differ in the size. */
			if (symbol->end > file->symbols[kept - 1].end)
				file->symbols[kept - 1].end = symbol->end;
			file->symbols[kept - 1].reach = reach;
			continue;
		}
		file->symbols[kept] = *symbol;
		file->symbols[kept++].reach = reach;
	}
	file->symbol_count = kept;
}

static bool to_address(const struct usyms_file *file, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct usyms_segment *segment = &file->segments[i];

		if (offset >= segment->offset && offset - segment->offset < segment->size) {
			*address = segment->address + (offset - segment->offset);
			return true;
		}
	}
	return false;
}

bool kvet_usyms_file_has(const struct usyms_file *file, uint64_t offset)
{
	uint64_t address;

	return to_address(file, offset, &address);
}

/* How many functions begin at or below an address. */
static size_t count_up_to(const struct usyms_file *file, uint64_t address)
{
	size_t low = 0, high = file->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->symbols[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool kvet_usyms_file_names(const struct usyms_file *file, uint64_t offset, bool returned, char *buf,
			   size_t size)
{
	uint64_t address, back = returned && offset ? 1 : 0;
	size_t last, first, used = 0;

	if (!to_address(file, offset - back, &address))
		return false;
	last = count_up_to(file, address);
	for (first = last; first && file->symbols[first - 1].reach > address;)
		first--;
	for (size_t i = first; i < last && used < size; i++) {
		const struct usyms_symbol *symbol = &file->symbols[i];
		bool more = i + 1 < last && file->symbols[i + 1].start == symbol->start &&
			    file->symbols[i + 1].end > address;

		if (symbol->end <= address)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? "|" : "",
					 name_of(file, symbol));
		/* Aliases have one offset, which is behind the last one. */
		if (!more && used < size)
			used += (size_t)snprintf(buf + used, size - used, "+0x%" PRIx64,
						 address + back - symbol->start);
	}
	return used;
}
