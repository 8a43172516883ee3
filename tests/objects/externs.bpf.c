// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each of these externs makes libbpf refuse the whole object; and one map, too. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

extern int kfunc_of_tomorrow(void) __ksym;
extern int kfunc_perhaps(void) __ksym __weak;
extern const char symbol_of_tomorrow __ksym;
/* Its name ends like the other, so that the two may share one string. */
int an_extra_symbol_of_tomorrow;
extern int CONFIG_OF_TOMORROW __kconfig;
extern int CONFIG_PERHAPS __kconfig __weak;

/* No kernel has so many types. */
struct {
	__uint(type, 199);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, int);
} map_of_tomorrow SEC(".maps");

struct page_of_bytes {
	char bytes[4096];
};

/* 256 GiB; one entry shows as much. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 26);
	__type(key, long);
	__type(value, struct page_of_bytes);
} huge SEC(".maps");

SEC("raw_tp/sched_switch") int map_huge(void *ctx)
{
	long key = 0;

	return bpf_map_lookup_elem(&huge, &key) != 0;
}

SEC("struct_ops/operation") int operation(void *ctx)
{
	return 0;
}

struct operations_of_tomorrow {
	int (*operation)(void *ctx);
};

SEC(".struct_ops")
struct operations_of_tomorrow operations = { .operation = operation };

SEC("raw_tp/sched_switch") int good(void *ctx)
{
	return 0;
}

SEC("raw_tp/sched_switch") int kfunc_missing(void *ctx)
{
	return kfunc_of_tomorrow();
}

SEC("raw_tp/sched_switch") int kfunc_guarded(void *ctx)
{
	if (kfunc_perhaps)
		return kfunc_perhaps();
	return 0;
}

SEC("raw_tp/sched_switch") int ksym_missing(void *ctx)
{
	return (int)(long)&symbol_of_tomorrow;
}

/* By way of a function of its own. */
static __attribute__((noinline)) int option(void)
{
	return CONFIG_OF_TOMORROW;
}

SEC("raw_tp/sched_switch") int kconfig_missing(void *ctx)
{
	return option();
}

SEC("raw_tp/sched_switch") int kconfig_weak(void *ctx)
{
	return CONFIG_PERHAPS;
}

SEC("raw_tp/sched_switch") int map_refused(void *ctx)
{
	int key = 0;

	return bpf_map_lookup_elem(&map_of_tomorrow, &key) != 0;
}
