/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_BTF_LOAD), bpf(BPF_MAP_CREATE). */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "bpf/late.h"
#include "bpf/map_shape.h"
#include "probe/map_load.h"

/* A struct that the kernel finds in the map's values through their BTF: its name and its
 * members. */
struct field {
	const char *name;
	unsigned int size;
	unsigned int count;
};

static const struct field lock = { "bpf_spin_lock", 4, 1 };
static const struct field timer = { "bpf_timer", 8, 2 };
/* The values of a local storage require a type, any type. */
static const struct field plain = { "plain", 4, 1 };

static const struct spec {
	uint32_t type;
	const struct field *field; /* NULL: its values are numbers */
} specs[KVET_MAP_COUNT] = {
	[KVET_MAP_ARRAY] = { BPF_MAP_TYPE_ARRAY, NULL },
	[KVET_MAP_HASH] = { BPF_MAP_TYPE_HASH, NULL },
	[KVET_MAP_LRU_HASH] = { BPF_MAP_TYPE_LRU_HASH, NULL },
	[KVET_MAP_PERCPU_ARRAY] = { BPF_MAP_TYPE_PERCPU_ARRAY, NULL },
	[KVET_MAP_PERCPU_HASH] = { BPF_MAP_TYPE_PERCPU_HASH, NULL },
	[KVET_MAP_LRU_PERCPU_HASH] = { BPF_MAP_TYPE_LRU_PERCPU_HASH, NULL },
	[KVET_MAP_QUEUE] = { BPF_MAP_TYPE_QUEUE, NULL },
	[KVET_MAP_STACK] = { BPF_MAP_TYPE_STACK, NULL },
	[KVET_MAP_BLOOM_FILTER] = { BPF_MAP_TYPE_BLOOM_FILTER, NULL },
	[KVET_MAP_RINGBUF] = { BPF_MAP_TYPE_RINGBUF, NULL },
	[KVET_MAP_USER_RINGBUF] = { BPF_MAP_TYPE_USER_RINGBUF, NULL },
	[KVET_MAP_STACK_TRACE] = { BPF_MAP_TYPE_STACK_TRACE, NULL },
	[KVET_MAP_PERF_EVENT_ARRAY] = { BPF_MAP_TYPE_PERF_EVENT_ARRAY, NULL },
	[KVET_MAP_PROG_ARRAY] = { BPF_MAP_TYPE_PROG_ARRAY, NULL },
	[KVET_MAP_CGROUP_ARRAY] = { BPF_MAP_TYPE_CGROUP_ARRAY, NULL },
	[KVET_MAP_CGROUP_STORAGE] = { BPF_MAP_TYPE_CGROUP_STORAGE, NULL },
	[KVET_MAP_PERCPU_CGROUP_STORAGE] = { BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, NULL },
	[KVET_MAP_DEVMAP] = { BPF_MAP_TYPE_DEVMAP, NULL },
	[KVET_MAP_DEVMAP_HASH] = { BPF_MAP_TYPE_DEVMAP_HASH, NULL },
	[KVET_MAP_CPUMAP] = { BPF_MAP_TYPE_CPUMAP, NULL },
	[KVET_MAP_XSKMAP] = { BPF_MAP_TYPE_XSKMAP, NULL },
	[KVET_MAP_SOCKMAP] = { BPF_MAP_TYPE_SOCKMAP, NULL },
	[KVET_MAP_SOCKHASH] = { BPF_MAP_TYPE_SOCKHASH, NULL },
	[KVET_MAP_REUSEPORT_SOCKARRAY] = { BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, NULL },
	[KVET_MAP_SK_STORAGE] = { BPF_MAP_TYPE_SK_STORAGE, &plain },
	[KVET_MAP_INODE_STORAGE] = { BPF_MAP_TYPE_INODE_STORAGE, &plain },
	[KVET_MAP_TASK_STORAGE] = { BPF_MAP_TYPE_TASK_STORAGE, &plain },
	[KVET_MAP_CGRP_STORAGE] = { KVET_MAP_TYPE_CGRP_STORAGE, &plain },
	[KVET_MAP_LOCK_ARRAY] = { BPF_MAP_TYPE_ARRAY, &lock },
	[KVET_MAP_LOCK_HASH] = { BPF_MAP_TYPE_HASH, &lock },
	[KVET_MAP_TIMER_ARRAY] = { BPF_MAP_TYPE_ARRAY, &timer },
	[KVET_MAP_TIMER_HASH] = { BPF_MAP_TYPE_HASH, &timer },
	[KVET_MAP_TIMER_LRU_HASH] = { BPF_MAP_TYPE_LRU_HASH, &timer },
};

/* "struct { struct NAME field; }". Returns its id, and that of the key's int. */
static int describe(struct btf *btf, const struct field *field, int *key)
{
	uint32_t size = field->size * field->count;
	int number, inner, value;

	*key = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	number = field->size == 4 ? *key : btf__add_int(btf, "unsigned long", field->size, 0);
	inner = btf__add_struct(btf, field->name, size);
	if (*key < 0 || number < 0 || inner < 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < field->count; i++)
		if (btf__add_field(btf, i ? "b" : "a", number, 8 * field->size * i, 0))
			return -ENOMEM;
	value = btf__add_struct(btf, "value", size);
	if (value < 0 || btf__add_field(btf, "field", inner, 0, 0))
		return -ENOMEM;
	return value;
}

static int create(struct kvet_loader *loader, union bpf_attr *attr, struct kvet_cause *err)
{
	int fd = kvet_loader_call(loader, BPF_MAP_CREATE, attr,
				  offsetof(union bpf_attr, btf_vmlinux_value_type_id));

	return fd >= 0 ? fd
		       : kvet_fail(err, -fd, "bpf(BPF_MAP_CREATE)", "%s", kvet_errno_text(-fd));
}

static int create_typed(struct kvet_loader *loader, union bpf_attr *attr, const struct field *field,
			struct kvet_cause *err)
{
	struct btf *btf = btf__new_empty();
	AUTO_CLOSE int btf_fd = -1;
	int key, value = btf ? describe(btf, field, &key) : -ENOMEM;

	if (value < 0) {
		btf__free(btf);
		return kvet_fail_memory(err);
	}
	btf_fd = kvet_loader_btf(loader, btf, err);
	if (btf_fd < 0)
		return btf_fd;
	attr->btf_fd = (uint32_t)btf_fd;
	attr->btf_key_type_id = (uint32_t)key;
	attr->btf_value_type_id = (uint32_t)value;
	attr->value_size = field->size * field->count;
	return create(loader, attr, err);
}

int kvet_map_type_of(enum kvet_map_kind kind)
{
	return (int)specs[kind].type;
}

int kvet_map_load(struct kvet_loader *loader, enum kvet_map_kind kind, struct kvet_cause *err)
{
	const struct spec *spec = &specs[kind];
	union bpf_attr attr;

	kvet_map_shape(spec->type, &attr);
	return spec->field ? create_typed(loader, &attr, spec->field, err)
			   : create(loader, &attr, err);
}
