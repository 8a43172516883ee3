/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "object/maps_load.h"

bool kvet_map_is_refused(const struct kvet_child *child, const char *name)
{
	for (size_t i = 0; i < child->refused_count; i++)
		if (!strcmp(child->refused[i], name))
			return true;
	return false;
}

/* What the loader fills in before it loads, by the type. -1: as it is. */
static const struct fill {
	uint32_t type;
	int key, value; /* where the object has 0 */
	bool small;     /* one entry shows as much as all of them */
} fills[] = {
	{ BPF_MAP_TYPE_HASH, 4, 8, true },
	{ BPF_MAP_TYPE_PERCPU_HASH, 4, 8, true },
	{ BPF_MAP_TYPE_LRU_HASH, 4, 8, true },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 8, true },
	{ BPF_MAP_TYPE_LPM_TRIE, 8, 8, true },
	{ BPF_MAP_TYPE_STACK_TRACE, 4, 8, true },
	{ BPF_MAP_TYPE_ARRAY, 4, 8, false },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, false },
	{ BPF_MAP_TYPE_PROG_ARRAY, 4, 4, false },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, false },
	{ BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, false },
	{ BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, false },
	{ BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, false },
	{ BPF_MAP_TYPE_DEVMAP, 4, 4, false },
	{ BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, false },
	{ BPF_MAP_TYPE_SOCKMAP, 4, 4, false },
	{ BPF_MAP_TYPE_SOCKHASH, 4, 4, false },
	{ BPF_MAP_TYPE_CPUMAP, 4, 4, false },
	{ BPF_MAP_TYPE_XSKMAP, 4, 4, false },
	{ BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 8, false },
	{ BPF_MAP_TYPE_QUEUE, -1, 8, true },
	{ BPF_MAP_TYPE_STACK, -1, 8, true },
	{ BPF_MAP_TYPE_BLOOM_FILTER, -1, 8, true },
};

/* An array larger than this is created with fewer entries: the kernel really allocates it. Smaller
 * ones stay, because the verifier reasons with their bounds. */
#define ARRAY_MOST (1U << 20)

static bool has_sizes(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static void fill_map(struct bpf_map *map, const struct fill *fill)
{
	uint32_t entries = bpf_map__max_entries(map), value;

	if (fill->key > 0 && !bpf_map__key_size(map))
		bpf_map__set_key_size(map, (uint32_t)fill->key);
	if (fill->value > 0 && !bpf_map__value_size(map))
		bpf_map__set_value_size(map, (uint32_t)fill->value);
	value = bpf_map__value_size(map);
	/* libbpf itself sets the entries of a perf event array that has none. */
	if (fill->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return;
	if (!entries || fill->small)
		bpf_map__set_max_entries(map, 1);
	else if (has_sizes(fill->type) && value && entries > ARRAY_MOST / value)
		bpf_map__set_max_entries(map, ARRAY_MOST / value ? ARRAY_MOST / value : 1);
}

/* The Go loader's objects give these a type of value, for their own use. */
static void plain_map(struct bpf_map *map, uint32_t size)
{
	bpf_map__set_key_size(map, size);
	bpf_map__set_value_size(map, size);
}

static void shape_map(struct bpf_map *map)
{
	uint32_t type = bpf_map__type(map);

	if (type == BPF_MAP_TYPE_RINGBUF || type == BPF_MAP_TYPE_USER_RINGBUF) {
		plain_map(map, 0);
		bpf_map__set_max_entries(map, (uint32_t)sysconf(_SC_PAGESIZE));
		return;
	}
	if (type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		plain_map(map, 4);
	for (size_t i = 0; i < sizeof(fills) / sizeof(*fills); i++)
		if (fills[i].type == type && !bpf_map__is_internal(map))
			fill_map(map, &fills[i]);
}

void kvet_maps_shape(struct kvet_child *child)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, child->object)
	{
		const char *name = bpf_map__name(map);
		bool internal = bpf_map__is_internal(map);

		/* With a path, the load alone would pin it. */
		bpf_map__set_pin_path(map, NULL);
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		if (kvet_map_is_refused(child, name) ||
		    (!internal && !kvet_elf_refers(&child->elf, name)))
			bpf_map__set_autocreate(map, false);
		else
			shape_map(map);
	}
}

static void type_name(uint32_t type, char *buf, size_t size)
{
	const char *name = libbpf_bpf_map_type_str((enum bpf_map_type)type);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "map type %u", type);
}

void kvet_map_send(const struct kvet_child *child, const struct bpf_map *map, int errnum)
{
	struct kvet_object_map found = { .verdict = errnum ? KVET_NO : KVET_YES };

	snprintf(found.name, sizeof(found.name), "%s", bpf_map__name(map));
	type_name(bpf_map__type(map), found.type, sizeof(found.type));
	if (errnum) {
		found.cause.errnum = errnum;
		snprintf(found.cause.source, sizeof(found.cause.source), "bpf(BPF_MAP_CREATE)");
	}
	kvet_child_send(child, KVET_MESSAGE_MAP, &found, sizeof(found));
}

void kvet_maps_send_created(const struct kvet_child *child)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, child->object) if (bpf_map__fd(map) >= 0 &&
							 !bpf_map__is_internal(map))
		kvet_map_send(child, map, 0);
}
