// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* As objects were written before libbpf 1.0: maps without BTF, and sections by their beginning. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct definition {
	unsigned int type, key_size, value_size, max_entries, map_flags;
};

/* iproute2's is longer, and the shortest ends before the flags. */
struct long_definition {
	struct definition definition;
	unsigned int id, pinning;
};
struct short_definition {
	unsigned int type, key_size, value_size, max_entries;
};

struct definition numbers SEC("maps") = { BPF_MAP_TYPE_HASH, 4, 8, 16, 1 };
struct long_definition others SEC("maps") = { { BPF_MAP_TYPE_ARRAY, 4, 16, 2, 0 }, 1, 2 };
/* A trie requires BPF_F_NO_PREALLOC. */
struct definition prefixes SEC("maps") = { BPF_MAP_TYPE_LPM_TRIE, 8, 8, 16, BPF_F_NO_PREALLOC };
struct short_definition tomorrow SEC("maps/more") = { 199, 4, 4, 1 };

SEC("xdp_own_name") int sees_map(struct xdp_md *ctx)
{
	long key = 0, *value = bpf_map_lookup_elem(&numbers, &key);

	return value ? (int)*value & 1 : 1;
}

SEC("xdp") int sees_other_map(struct xdp_md *ctx)
{
	int key = 1, *value = bpf_map_lookup_elem(&others, &key);

	return value ? value[3] & 1 : 1;
}

SEC("socket") int sees_trie(struct __sk_buff *ctx)
{
	long key = 0;

	return bpf_map_lookup_elem(&prefixes, &key) != 0;
}

/* Beyond the 8 bytes of a value. */
SEC("socket/own_name") int past_value(struct __sk_buff *ctx)
{
	long key = 0, *value = bpf_map_lookup_elem(&numbers, &key);

	return value ? (int)value[1] : 1;
}

SEC("socket") int uses_refused_map(struct __sk_buff *ctx)
{
	int key = 0;

	return bpf_map_lookup_elem(&tomorrow, &key) != 0;
}

/* The section says less than it seems: no type that begins like it has such a context. */
SEC("xdpdump_own") int guessed(unsigned long long *ctx)
{
	return (int)ctx[100];
}
