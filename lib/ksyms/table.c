/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/table.h"

#define ROWS_FIRST  (1U << 16)
#define ARENA_FIRST (1U << 20)

/* Grows an array of room elements to wanted; *array changes only on success. */
static int grow(void *array, size_t wanted, size_t size)
{
	void *grown = reallocarray(*(void **)array, wanted, size);

	if (!grown)
		return -ENOMEM;
	*(void **)array = grown;
	return 0;
}

static int grow_rows(struct kvet_ksyms *table)
{
	size_t room = table->room ? table->room * 2 : ROWS_FIRST;

	if (grow(&table->addresses, room, sizeof(*table->addresses)) ||
	    grow(&table->names, room, sizeof(*table->names)) ||
	    grow(&table->modules, room, sizeof(*table->modules)) ||
	    grow(&table->types, room, sizeof(*table->types)))
		return -ENOMEM;
	table->room = room;
	return 0;
}

/* Keeps a string in the arena; *offset is where it stands. */
static int intern(struct kvet_ksyms *table, const char *string, size_t len, uint32_t *offset,
		  struct kvet_error *err)
{
	size_t start = table->arena_used ? table->arena_used : 1;

	if (start + len + 1 > UINT32_MAX)
		return kvet_fail(err, E2BIG, "kallsyms", "more than 4 GiB of names");
	while (start + len + 1 > table->arena_room) {
		size_t room = table->arena_room ? table->arena_room * 2 : ARENA_FIRST;

		if (grow(&table->arena, room, 1))
			return kvet_fail_memory(err);
		table->arena_room = room;
	}
	table->arena[0] = '\0';
	memcpy(table->arena + start, string, len);
	table->arena[start + len] = '\0';
	table->arena_used = start + len + 1;
	*offset = (uint32_t)start;
	return 0;
}

/* The kernel lists a module's symbols together, so that looking at the last one suffices;
 * where it does not, a name is kept twice and nothing else changes. */
static int intern_module(struct kvet_ksyms *table, const char *module, size_t len, uint32_t *offset,
			 struct kvet_error *err)
{
	const char *last = table->arena ? table->arena + table->last_module : "";
	int ret;

	if (table->last_module && strlen(last) == len && !memcmp(last, module, len)) {
		*offset = table->last_module;
		return 0;
	}
	ret = intern(table, module, len, offset, err);
	if (!ret)
		table->last_module = *offset;
	return ret;
}

int kvet_ksyms_add(struct kvet_ksyms *table, uint64_t address, char type, const char *name,
		   size_t name_len, const char *module, size_t module_len, struct kvet_error *err)
{
	uint32_t name_at, module_at = KSYMS_NO_MODULE;
	int ret;

	if (table->count == UINT32_MAX)
		return kvet_fail(err, E2BIG, "kallsyms", "more than 2^32 symbols");
	if (table->count == table->room && grow_rows(table))
		return kvet_fail_memory(err);
	ret = intern(table, name, name_len, &name_at, err);
	if (ret)
		return ret;
	if (module) {
		ret = intern_module(table, module, module_len, &module_at, err);
		if (ret)
			return ret;
	}
	table->addresses[table->count] = address;
	table->names[table->count] = name_at;
	table->modules[table->count] = module_at;
	table->types[table->count] = type;
	table->count++;
	return 0;
}

static int compare_address(const void *a, const void *b, void *arg)
{
	const struct kvet_ksyms *table = arg;
	uint32_t ra = *(const uint32_t *)a, rb = *(const uint32_t *)b;
	uint64_t aa = table->addresses[ra], ab = table->addresses[rb];

	if (aa != ab)
		return aa < ab ? -1 : 1;
	return ra < rb ? -1 : ra > rb;
}

static int compare_name(const void *a, const void *b, void *arg)
{
	const struct kvet_ksyms *table = arg;
	uint32_t ra = *(const uint32_t *)a, rb = *(const uint32_t *)b;
	int order = strcmp(table->arena + table->names[ra], table->arena + table->names[rb]);

	return order ? order : compare_address(a, b, arg);
}

int kvet_ksyms_finish(struct kvet_ksyms *table, struct kvet_error *err)
{
	table->by_address = calloc(table->count + 1, sizeof(*table->by_address));
	table->by_name = calloc(table->count + 1, sizeof(*table->by_name));
	if (!table->by_address || !table->by_name)
		return kvet_fail_memory(err);
	table->hidden = table->count > 0;
	for (size_t i = 0; i < table->count; i++) {
		table->by_address[i] = table->by_name[i] = (uint32_t)i;
		table->hidden = table->hidden && table->addresses[i] == 0;
	}
	qsort_r(table->by_address, table->count, sizeof(*table->by_address), compare_address,
		table);
	qsort_r(table->by_name, table->count, sizeof(*table->by_name), compare_name, table);
	return 0;
}

void kvet_ksyms_free(struct kvet_ksyms *table)
{
	if (!table)
		return;
	free(table->addresses);
	free(table->names);
	free(table->modules);
	free(table->types);
	free(table->arena);
	free(table->by_address);
	free(table->by_name);
	free(table);
}
