// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sends the name of each module that is loaded or unloaded. The kernel arms the probes that wait
 * for a module before it says that the module is loaded, and runs the module's first function after
 * that (kernel: kernel/module, load_module()).
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "module_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* What the kernel hands to the two tracepoints: tracefs, events/module/NAME/format. */
struct load_point {
	__u64 common;
	__u32 taints;
	__u32 name; /* its size and, in the lower half, where in the record it is */
};

struct free_point {
	__u64 common;
	__u32 name;
};

/* Some hundred modules: kvet reads them as they come. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} changes SEC(".maps");

/* Modules that were unloaded, and records for which the buffer had no room. */
volatile __u64 unloaded, lost;

static __always_inline int send(const void *point, __u32 name, __u32 loaded)
{
	struct module_record *record = bpf_ringbuf_reserve(&changes, sizeof(*record), 0);

	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	record->boot_ns = bpf_ktime_get_boot_ns();
	record->mono_ns = bpf_ktime_get_ns();
	record->loaded = loaded;
	record->padding = 0;
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	bpf_probe_read_kernel_str(record->name, sizeof(record->name),
				  (const char *)point + (name & 0xffff));
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("tracepoint/module/module_load")
int kvet_module_load(struct load_point *point)
{
	return send(point, point->name, 1);
}

SEC("tracepoint/module/module_free")
int kvet_module_free(struct free_point *point)
{
	/* The kernel drops the module's symbols after this (kernel: kernel/module, free_module()).
	 */
	__sync_fetch_and_add(&unloaded, 1);
	return send(point, point->name, 0);
}
