/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_BTF_LOAD), bpf(BPF_MAP_CREATE). */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/map_load.h"

enum kvet_map_kind kvet_map_kind_of(int helper)
{
	switch (helper) {
	case BPF_FUNC_spin_lock:
	case BPF_FUNC_spin_unlock:
		return KVET_MAP_SPIN_LOCK;
	case BPF_FUNC_timer_init:
	case BPF_FUNC_timer_set_callback:
	case BPF_FUNC_timer_start:
	case BPF_FUNC_timer_cancel:
		return KVET_MAP_TIMER;
	case BPF_FUNC_get_stackid:
		return KVET_MAP_STACKS;
	case BPF_FUNC_perf_event_read:
	case BPF_FUNC_perf_event_read_value:
	case BPF_FUNC_perf_event_output:
	case BPF_FUNC_skb_output:
	case BPF_FUNC_xdp_output:
		return KVET_MAP_PERF_EVENTS;
	case BPF_FUNC_tail_call:
		return KVET_MAP_PROGRAMS;
	case BPF_FUNC_current_task_under_cgroup:
	case BPF_FUNC_skb_under_cgroup:
		return KVET_MAP_CGROUPS;
	default:
		return KVET_MAP_NONE;
	}
}

/* "struct { struct NAME field; }", where the struct has count members of size bytes each. */
static int describe(struct btf *btf, const char *name, int size, int count, int *key)
{
	int number, inner, value;

	*key = btf__add_int(btf, "unsigned int", 4, 0);
	number = size == 4 ? *key : btf__add_int(btf, "unsigned long", (size_t)size, 0);
	inner = btf__add_struct(btf, name, (uint32_t)(size * count));
	if (*key < 0 || number < 0 || inner < 0)
		return -ENOMEM;
	for (int i = 0; i < count; i++)
		if (btf__add_field(btf, i ? "b" : "a", number, (uint32_t)(8 * size * i), 0))
			return -ENOMEM;
	value = btf__add_struct(btf, "value", (uint32_t)(size * count));
	if (value < 0 || btf__add_field(btf, "field", inner, 0, 0))
		return -ENOMEM;
	return value;
}

/* An array whose values hold one such struct: what the kernel finds by the BTF. */
static int load_typed(const char *name, int size, int count, struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct btf *btf = btf__new_empty();
	AUTO_CLOSE int btf_fd = -1;
	const void *raw = NULL;
	int value, key, fd, errnum;
	uint32_t bytes;

	value = btf ? describe(btf, name, size, count, &key) : -ENOMEM;
	raw = value > 0 ? btf__raw_data(btf, &bytes) : NULL;
	if (!raw) {
		btf__free(btf);
		return kvet_fail_memory(err);
	}
	errno = 0;
	btf_fd = bpf_btf_load(raw, bytes, NULL);
	errnum = errno;
	btf__free(btf);
	if (btf_fd < 0)
		return kvet_fail(err, errnum, "bpf(BPF_BTF_LOAD)", "%s", strerror(errnum));
	opts.btf_fd = (uint32_t)btf_fd;
	opts.btf_key_type_id = (uint32_t)key;
	opts.btf_value_type_id = (uint32_t)value;
	errno = 0;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "kvet", 4, (uint32_t)(size * count), 1, &opts);
	errnum = errno;
	return fd >= 0 ? fd : kvet_fail(err, errnum, "bpf(BPF_MAP_CREATE)", "%s", strerror(errnum));
}

static int load_plain(enum bpf_map_type type, uint32_t value_size, struct kvet_error *err)
{
	int fd, errnum;

	errno = 0;
	fd = bpf_map_create(type, "kvet", 4, value_size, 1, NULL);
	errnum = errno;
	return fd >= 0 ? fd : kvet_fail(err, errnum, "bpf(BPF_MAP_CREATE)", "%s", strerror(errnum));
}

int kvet_map_load(enum kvet_map_kind kind, struct kvet_error *err)
{
	switch (kind) {
	case KVET_MAP_SPIN_LOCK:
		return load_typed("bpf_spin_lock", 4, 1, err);
	case KVET_MAP_TIMER:
		return load_typed("bpf_timer", 8, 2, err);
	case KVET_MAP_STACKS:
		return load_plain(BPF_MAP_TYPE_STACK_TRACE, 8, err);
	case KVET_MAP_PERF_EVENTS:
		return load_plain(BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, err);
	case KVET_MAP_PROGRAMS:
		return load_plain(BPF_MAP_TYPE_PROG_ARRAY, 4, err);
	case KVET_MAP_CGROUPS:
		return load_plain(BPF_MAP_TYPE_CGROUP_ARRAY, 4, err);
	case KVET_MAP_NONE:
	case KVET_MAP_COUNT:
		break;
	}
	return kvet_fail(err, EINVAL, "bpf(BPF_MAP_CREATE)", "no such map");
}
