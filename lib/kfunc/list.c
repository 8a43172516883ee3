/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which functions are kfuncs, by BTF and by the symbol table. Pure. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "kfunc/kfuncs.h"

#define TAG "bpf_kfunc"

/* Symbols of include/linux/btf_ids.h, in the order of the kernel's memory: a set, then what it
 * holds. Only sets with flags (set8, Linux 6.0) hold kfuncs. */
#define ID   "__BTF_ID__"
#define SET  ID "set"
#define SET8 ID "set8__"
#define FUNC ID "func__"

/* An id and its flags; before them, their number and the flags of the set. */
#define STRIDE 8

const char *kvet_kfunc_name(const struct kvet_kfuncs *kfuncs, const struct kvet_kfunc_entry *entry)
{
	const struct kvet_btf *btf = kfuncs->places[entry->place].btf;
	const struct btf_type *type = kvet_btf_type(btf, entry->id);
	const char *name = type ? kvet_btf_string(btf, type->name_off) : NULL;

	return name ? name : "";
}

int kvet_kfunc_put(struct kvet_kfuncs *kfuncs, size_t place, uint32_t id,
		   enum kvet_kfunc_listed listed)
{
	for (size_t i = 0; i < kfuncs->count; i++)
		if (kfuncs->entries[i].place == place && kfuncs->entries[i].id == id)
			return 0;
	if (!ARRAY_MORE(kfuncs->entries, kfuncs->count))
		return -ENOMEM;
	kfuncs->entries[kfuncs->count++] = (struct kvet_kfunc_entry){ place, id, listed };
	return 0;
}

int kvet_kfunc_put_tagged(struct kvet_kfuncs *kfuncs, size_t place)
{
	const struct kvet_btf *btf = kfuncs->places[place].btf;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_DECL_TAG, TAG);
	int ret = 0;

	for (; id && !ret; id = kvet_btf_next(btf, id)) {
		uint32_t function = kvet_btf_type(btf, id)->type;

		/* Modules tag their own functions only. */
		if (function >= btf->first && kvet_btf_prototype(btf, function))
			ret = kvet_kfunc_put(kfuncs, place, function, KVET_KFUNC_TAGGED);
	}
	return ret;
}

static bool starts(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static int by_address(const void *a, const void *b)
{
	const struct kvet_symbol *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	/* A set begins where nothing else is. */
	return strcmp(one->name, other->name);
}

/* The place of a symbol, or place_count: its module has no BTF. */
static size_t place_of(const struct kvet_kfuncs *kfuncs, const struct kvet_symbol *symbol)
{
	const char *module = symbol->module ? symbol->module : "";
	size_t i = 0;

	while (i < kfuncs->place_count && strcmp(kfuncs->places[i].name, module) != 0)
		i++;
	return i;
}

/* Adds the function of a symbol: "__BTF_ID__func__NAME__123". */
static int put_symbol(struct kvet_kfuncs *kfuncs, const struct kvet_symbol *symbol)
{
	size_t place = place_of(kfuncs, symbol), len;
	char name[256];
	uint32_t id = 0;

	len = (size_t)snprintf(name, sizeof(name), "%s", symbol->name + strlen(FUNC));
	if (len >= sizeof(name))
		return 0;
	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	if (len < 3 || name[len - 1] != '_' || name[len - 2] != '_')
		return 0;
	name[len - 2] = '\0';
	if (place < kfuncs->place_count && kfuncs->places[place].btf)
		id = kvet_btf_find(kfuncs->places[place].btf, BTF_KIND_FUNC, name);
	return id ? kvet_kfunc_put(kfuncs, place, id, KVET_KFUNC_IN_SET) : 0;
}

/* After the last member of a set, a list may follow, whose ids have no flags: 4 bytes each. */
static bool is_member(const struct kvet_symbol *symbol, const struct kvet_symbol *next,
		      uint64_t end)
{
	return symbol->address == end && (!next || next->address - end >= STRIDE);
}

int kvet_kfunc_put_sets(struct kvet_kfuncs *kfuncs, const struct kvet_ksyms *table, size_t *sets)
{
	size_t rows = kvet_ksyms_count(table), count = 0;
	AUTO_FREE struct kvet_symbol *symbols = calloc(rows + 1, sizeof(*symbols));
	bool inside = false;
	uint64_t end = 0; /* of the members so far */
	int ret = 0;

	*sets = 0;
	if (!symbols)
		return -ENOMEM;
	/* A set has two symbols: one is the name that the kernel's source has for it. */
	for (size_t i = 0; i < rows; i++) {
		symbols[count] = kvet_ksyms_row(table, (uint32_t)i);
		count += starts(symbols[count].name, ID);
	}
	qsort(symbols, count, sizeof(*symbols), by_address);
	for (size_t i = 0; i < count && !ret; i++) {
		if (starts(symbols[i].name, SET)) {
			inside = starts(symbols[i].name, SET8);
			*sets += inside;
			end = symbols[i].address + STRIDE;
		} else if (inside &&
			   is_member(&symbols[i], i + 1 < count ? &symbols[i + 1] : NULL, end)) {
			end += STRIDE;
			if (starts(symbols[i].name, FUNC))
				ret = put_symbol(kfuncs, &symbols[i]);
		} else {
			inside = false;
		}
	}
	return ret;
}
