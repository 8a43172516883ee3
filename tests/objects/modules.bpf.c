// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that call kernel functions of a module, nf_conntrack: KFUNC__TYPE. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct nf_conn {
	unsigned long status;
};

struct bpf_ct_opts {
	int netns_id;
	int error;
	unsigned char protocol, direction, reserved[2];
};

extern struct nf_conn *bpf_xdp_ct_lookup(struct xdp_md *ctx, struct bpf_sock_tuple *tuple,
					 unsigned int tuple_size, struct bpf_ct_opts *opts,
					 unsigned int opts_size) __ksym;
extern void bpf_ct_release(struct nf_conn *connection) __ksym;

static __always_inline int lookup(void *ctx)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_ct_opts opts = { .netns_id = -1, .protocol = 6 };
	struct nf_conn *found;

	found = bpf_xdp_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	if (found)
		bpf_ct_release(found);
	return XDP_PASS;
}

SEC("xdp") int bpf_xdp_ct_lookup__xdp(struct xdp_md *ctx)
{
	return lookup(ctx);
}

SEC("tc") int bpf_xdp_ct_lookup__sched_cls(struct __sk_buff *ctx)
{
	return lookup(ctx);
}

SEC("kprobe/vfs_read") int bpf_xdp_ct_lookup__kprobe(void *ctx)
{
	return lookup(ctx);
}

/* What it looks up is never given back. */
SEC("xdp") int kept(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_ct_opts opts = { .netns_id = -1, .protocol = 6 };

	return bpf_xdp_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts)) ? XDP_PASS
										       : XDP_DROP;
}

SEC("xdp") int calls_none(struct xdp_md *ctx)
{
	return XDP_PASS;
}
