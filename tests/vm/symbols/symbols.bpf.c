// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Addresses as the kernel itself prints them: an iterator over a map that holds them. Linux 5.9
 * has it, and bpf_seq_printf() knows %pB from there on, %pS since 5.13.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *map;
	void *key;
	void *value;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} addresses SEC(".maps");

static const char plain[] = "S %lu %pS\nB %lu %pB\nN %lu 0x%lx\n";
/* %pB looks up the byte before: for the next address it is %pS, and one more. */
static const char older[] = "T %lu %pB\nB %lu %pB\nN %lu 0x%lx\n";

static __always_inline void print(struct bpf_iter__bpf_map_elem *ctx, const char *format,
				  __u32 size, __u64 more)
{
	__u64 address, args[6];

	if (!ctx->value)
		return;
	address = *(__u64 *)ctx->value;
	if (!address)
		return;
	args[0] = args[2] = args[3] = args[4] = args[5] = address;
	args[1] = address + more;
	bpf_seq_printf(ctx->meta->seq, format, size, args, sizeof(args));
}

SEC("iter/bpf_map_elem")
int print_plain(struct bpf_iter__bpf_map_elem *ctx)
{
	print(ctx, plain, sizeof(plain), 0);
	return 0;
}

SEC("iter/bpf_map_elem")
int print_older(struct bpf_iter__bpf_map_elem *ctx)
{
	print(ctx, older, sizeof(older), 1);
	return 0;
}
