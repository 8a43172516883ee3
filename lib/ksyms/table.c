/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/order.h"
#include "ksyms/table.h"

#define ROWS_FIRST (1U << 10)

/* Enough slots for the names of an ordinary kernel, so that they need not grow. And the upper bound
 * for a source's own estimate. */
#define SLOT_BITS      18
#define SLOT_BITS_MOST 24

/* If the next symbol belongs to another module, or there is none, a symbol may extend to the end of
 * its page: modules are mapped in whole pages. */
#define PAGE_MASK 4095ULL

AUTO_DEFINE(kvet_ksyms)

/* A text shows at its first size that it has sizes: rows before that one have none. */
static int start_sizes(struct kvet_ksyms *table)
{
	table->sizes = calloc(table->room, sizeof(*table->sizes));
	table->sized = table->sizes;
	return table->sized ? 0 : -ENOMEM;
}

static int resize_rows(struct kvet_ksyms *table, size_t room)
{
	if (!ARRAY_RESIZE(table->addresses, room) || !ARRAY_RESIZE(table->names, room) ||
	    !ARRAY_RESIZE(table->modules, room) || !ARRAY_RESIZE(table->types, room) ||
	    (table->sized && !ARRAY_RESIZE(table->sizes, room)) ||
	    (table->unlinked && !ARRAY_RESIZE(table->unloaded, room)))
		return -ENOMEM;
	table->room = room;
	return 0;
}

int kvet_ksyms_module(struct kvet_ksyms *table, const char *name, size_t len, uint16_t last,
		      uint16_t *module, struct kvet_cause *err)
{
	const char *known;
	uint32_t number;
	int ret;

	*module = KSYMS_NO_MODULE;
	if (!name)
		return 0;
	*module = last;
	known = last ? ksyms_name(&table->strings, table->module_names[last - 1]) : NULL;
	if (known && !strncmp(known, name, len) && !known[len])
		return 0;
	ret = kvet_ksyms_names_add(&table->strings, kvet_hash_string(name, len), name, len, &number,
				   err);
	if (ret)
		return ret;
	for (size_t i = 0; i < table->module_count; i++) {
		*module = (uint16_t)(i + 1);
		if (table->module_names[i] == number)
			return 0;
	}
	if (table->module_count == UINT16_MAX)
		return kvet_reject(err, E2BIG, "kallsyms", "more than 65535 modules");
	if (!ARRAY_MORE(table->module_names, table->module_count))
		return kvet_fail_memory(err);
	table->module_names[table->module_count++] = number;
	*module = (uint16_t)table->module_count;
	return 0;
}

static int add(struct kvet_ksyms *table, const struct ksyms_row *row, uint32_t hash,
	       struct kvet_cause *err)
{
	size_t at = table->count;
	uint16_t last = at ? table->modules[at - 1] : KSYMS_NO_MODULE;
	int ret;

	if (at == UINT32_MAX)
		return kvet_reject(err, E2BIG, "kallsyms", "more than 2^32 symbols");
	if (at == table->room && resize_rows(table, at ? at * 2 : ROWS_FIRST))
		return kvet_fail_memory(err);
	if (row->size && !table->sized && start_sizes(table))
		return kvet_fail_memory(err);
	ret = kvet_ksyms_names_add(&table->strings, hash, row->name, row->name_len,
				   &table->names[at], err);
	if (!ret)
		ret = kvet_ksyms_module(table, row->module, row->module_len, last,
					&table->modules[at], err);
	if (ret)
		return ret;
	table->mapping += ksyms_is_apart(row->name, row->name_len, row->module);
	table->addresses[at] = row->address;
	table->types[at] = row->type;
	if (table->sized)
		table->sizes[at] = row->size;
	if (table->unlinked)
		table->unloaded[at] = row->unloaded;
	table->count++;
	return 0;
}

int kvet_ksyms_add(struct kvet_ksyms *table, const struct ksyms_row *rows, size_t count,
		   struct kvet_cause *err)
{
	uint32_t hashes[KSYMS_BATCH];
	int ret = 0;

	for (size_t i = 0; i < count; i++) {
		hashes[i] = kvet_hash_string(rows[i].name, rows[i].name_len);
		hash_expect(&table->strings.hash, hashes[i]);
	}
	for (size_t i = 0; i < count && !ret; i++)
		ret = add(table, &rows[i], hashes[i], err);
	return ret;
}

uint32_t kvet_ksyms_extent(uint64_t address, char type, uint64_t after, bool same_module)
{
	/* 0 for the last page of the address space: its end wraps around. */
	uint64_t page_end = (address | PAGE_MASK) + 1;

	if (ksyms_is_absolute(type))
		return 0;
	/* No symbol is 4 GiB long: the gap is not part of it. */
	if (!after || after - address > UINT32_MAX ||
	    (!same_module && page_end && after > page_end))
		after = page_end;
	return (uint32_t)(after - address);
}

static int find_extents(struct kvet_ksyms *table)
{
	/* marks[m]: the last run in which module m had a symbol. */
	AUTO_FREE size_t *marks = calloc(table->module_count + 1, sizeof(*marks));
	size_t start = 0, end, next;

	table->extents = calloc(table->count + 1, sizeof(*table->extents));
	if (!marks || !table->extents)
		return -ENOMEM;
	if (table->hidden || !ksyms_placed(table))
		return 0;
	for (end = ksyms_run_end(table, 0); start < ksyms_placed(table); start = end, end = next) {
		uint64_t after = 0;

		next = end;
		if (end < ksyms_placed(table)) {
			next = ksyms_run_end(table, end);
			after = table->addresses[table->by_address[end]];
		}
		for (size_t i = end; i < next; i++)
			marks[table->modules[table->by_address[i]]] = end;
		for (size_t i = start; i < end; i++) {
			uint32_t row = table->by_address[i];

			table->extents[row] =
				kvet_ksyms_extent(table->addresses[row], table->types[row], after,
						  after && marks[table->modules[row]] == end);
		}
	}
	return 0;
}

/* Rows by name: a counting sort, which keeps the order of their addresses. */
static int order_names(struct kvet_ksyms *table)
{
	size_t names = table->strings.count;
	uint32_t sum = 0;

	table->by_name = malloc((table->count + 1) * sizeof(*table->by_name));
	table->starts = calloc(names + 2, sizeof(*table->starts));
	if (!table->by_name || !table->starts)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++)
		table->starts[table->names[i] + 2]++;
	for (size_t n = 0; n <= names; n++) {
		sum += table->starts[n + 1];
		table->starts[n + 1] = sum;
	}
	for (size_t i = 0; i < table->count; i++) {
		uint32_t row = table->by_address[i];

		table->by_name[table->starts[table->names[row] + 1]++] = row;
	}
	return 0;
}

/* Moves mapping symbols to the end of the order by address. */
static int set_apart(struct kvet_ksyms *table)
{
	AUTO_FREE uint32_t *apart = malloc(table->mapping * sizeof(*apart));
	size_t placed = 0, count = 0;

	if (!apart)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++) {
		uint32_t row = table->by_address[i];

		if (ksyms_row_is_apart(table, row))
			apart[count++] = row;
		else
			table->by_address[placed++] = row;
	}
	memcpy(table->by_address + placed, apart, count * sizeof(*apart));
	return 0;
}

static int order_addresses(struct kvet_ksyms *table)
{
	size_t fence = 0;

	table->fence_count = (table->count >> KSYMS_FENCE_BITS) + 1;
	table->by_address = malloc((table->count + 1) * sizeof(*table->by_address));
	table->fences = malloc(table->fence_count * sizeof(*table->fences));
	if (!table->by_address || !table->fences ||
	    kvet_ksyms_order(table->addresses, table->by_address, table->count))
		return -ENOMEM;
	if (table->mapping && set_apart(table))
		return -ENOMEM;
	for (size_t i = 0; i < ksyms_placed(table); i += 1U << KSYMS_FENCE_BITS)
		table->fences[fence++] = table->addresses[table->by_address[i]];
	table->fence_count = fence;
	return 0;
}

static void find_text(struct kvet_ksyms *table)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, "_text");

	for (size_t i = 0; i < range.count && !table->hidden; i++) {
		if (table->modules[range.rows[i]])
			continue;
		table->text = table->addresses[range.rows[i]];
		table->has_text = true;
	}
}

int kvet_ksyms_finish(struct kvet_ksyms *table, struct kvet_cause *err)
{
	uint64_t any = 0;

	for (size_t i = 0; i < table->count; i++)
		any |= table->addresses[i];
	table->hidden = ksyms_hides(table->kind, table->count, any);
	/* If shrinking fails, only the spare room is not freed. */
	if (table->count)
		(void)resize_rows(table, table->count);
	kvet_ksyms_names_shrink(&table->strings);
	if (order_addresses(table) || order_names(table) || find_extents(table))
		return kvet_fail_memory(err);
	find_text(table);
	return 0;
}

struct kvet_ksyms *kvet_ksyms_empty(const struct ksyms_source *source)
{
	struct kvet_ksyms *table = calloc(1, sizeof(*table));

	if (table) {
		table->kind = source->kind;
		table->sized = source->sizes;
		table->unlinked = source->unlinked;
	}
	return table;
}

/* Which rows a table takes: those of these modules; NULL: of all modules, but not of the kernel
 * proper. */
struct keep {
	const char *const *modules;
	size_t count;
};

static bool is_kept(const struct keep *keep, const struct ksyms_row *row)
{
	if (!row->name || !keep->modules)
		return row->name && row->module;
	for (size_t i = 0; i < keep->count; i++) {
		const char *name = keep->modules[i];
		size_t len = strlen(name);

		if (row->module ? len == row->module_len && !memcmp(name, row->module, len)
				: ksyms_is_kernel(name, len))
			return true;
	}
	return false;
}

static size_t sift(const struct keep *keep, struct ksyms_row *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (is_kept(keep, &rows[i]))
			rows[kept++] = rows[i];
	return kept;
}

/* Adds the rows of a source that are kept (NULL: all); *any becomes the addresses of all of them,
 * ored. */
static int add_rows(struct kvet_ksyms *table, struct ksyms_source *source, const struct keep *keep,
		    uint64_t *any, struct kvet_cause *err)
{
	struct ksyms_row rows[KSYMS_BATCH];
	size_t count;
	int ret;

	for (;;) {
		ret = source->next(source, rows, &count, err);
		if (ret || !count)
			break;
		table->seen += count;
		for (size_t i = 0; i < count; i++)
			*any |= rows[i].address;
		ret = kvet_ksyms_add(table, rows, keep ? sift(keep, rows, count) : count, err);
		if (ret)
			break;
	}
	table->seen += source->passed;
	return ret;
}

static int build(struct kvet_ksyms **out, struct ksyms_source *source, const struct keep *keep,
		 struct kvet_cause *err)
{
	AUTO(kvet_ksyms) *table = kvet_ksyms_empty(source);
	unsigned int slot_bits = SLOT_BITS;
	uint64_t any = 0;
	int ret;

	if (!table)
		return kvet_fail_memory(err);
	while (slot_bits < SLOT_BITS_MOST && source->expected > (3UL << slot_bits) / 4)
		slot_bits++;
	if (!keep && kvet_ksyms_names_reserve(&table->strings, slot_bits))
		return kvet_fail_memory(err);
	ret = add_rows(table, source, keep, &any, err);
	if (!ret)
		ret = kvet_ksyms_finish(table, err);
	if (ret)
		return ret;
	table->hidden = ksyms_hides(table->kind, table->seen, any);
	*out = TAKE(table);
	return 0;
}

int kvet_ksyms_build(struct kvet_ksyms **out, struct ksyms_source *source, struct kvet_cause *err)
{
	return build(out, source, NULL, err);
}

int kvet_ksyms_build_modules(struct kvet_ksyms **out, struct ksyms_source *source,
			     const char *const *modules, size_t count, struct kvet_cause *err)
{
	return build(out, source, &(struct keep){ modules, count }, err);
}

/* Copies the rows before the first one of a module: nearly always all of the kernel proper's. They
 * were added first, and so were their names. */
static int copy_kernel(struct kvet_ksyms *table, const struct kvet_ksyms *old)
{
	uint32_t names = 0;
	size_t count = 0;

	for (; count < old->count && old->modules[count] == KSYMS_NO_MODULE; count++) {
		const char *name = ksyms_row_name(old, (uint32_t)count);

		names = old->names[count] >= names ? old->names[count] + 1 : names;
		table->mapping += ksyms_is_apart(name, strlen(name), false);
	}
	/* Room for the modules' rows too, of which there are often as many as before. */
	if (resize_rows(table, old->count + 1) ||
	    kvet_ksyms_names_first(&table->strings, &old->strings, names))
		return -ENOMEM;
	memcpy(table->addresses, old->addresses, count * sizeof(*table->addresses));
	memcpy(table->names, old->names, count * sizeof(*table->names));
	memcpy(table->modules, old->modules, count * sizeof(*table->modules));
	memcpy(table->types, old->types, count * sizeof(*table->types));
	table->count = count;
	return 0;
}

/* A row of the kernel proper after those of modules, which no kernel writes. */
static int copy_late(struct kvet_ksyms *table, const struct kvet_ksyms *old, struct kvet_cause *err)
{
	int ret = 0;

	for (uint32_t row = (uint32_t)table->count; row < old->count && !ret; row++) {
		const char *name = ksyms_row_name(old, row);

		if (old->modules[row] == KSYMS_NO_MODULE)
			ret = kvet_ksyms_add(table,
					     &(struct ksyms_row){ .address = old->addresses[row],
								  .name = name,
								  .name_len = strlen(name),
								  .type = old->types[row] },
					     1, err);
	}
	return ret;
}

int kvet_ksyms_renew(struct kvet_ksyms **out, const struct kvet_ksyms *old,
		     struct ksyms_source *source, struct kvet_cause *err)
{
	AUTO(kvet_ksyms) *table = kvet_ksyms_empty(source);
	const struct keep modules = { 0 };
	uint64_t any = 0;
	int ret;

	if (!table || copy_kernel(table, old))
		return kvet_fail_memory(err);
	ret = copy_late(table, old, err);
	if (!ret)
		ret = add_rows(table, source, &modules, &any, err);
	if (!ret && ksyms_hides(table->kind, table->seen, any) && !old->hidden)
		ret = kvet_reject(err, EACCES, "kallsyms",
				  "the kernel hides the addresses now, but did not before");
	if (!ret)
		ret = kvet_ksyms_finish(table, err);
	if (ret)
		return ret;
	table->seen = table->count;
	*out = TAKE(table);
	return 0;
}

void kvet_ksyms_free(struct kvet_ksyms *table)
{
	if (!table)
		return;
	free(table->addresses);
	free(table->extents);
	free(table->names);
	free(table->modules);
	free(table->types);
	free(table->sizes);
	free(table->unloaded);
	free(table->module_names);
	free(table->by_address);
	free(table->by_name);
	free(table->starts);
	free(table->fences);
	kvet_ksyms_names_free(&table->strings);
	for (size_t i = 0; i < table->only_count; i++)
		free(table->only[i]);
	free(table->only);
	kvet_ksyms_loaded_free(table->loaded);
	free(table);
}
