// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A congestion control: three programs and the map that registers them. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* They do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct sock;
struct tcp_congestion_ops {
	unsigned int (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, unsigned int ack, unsigned int acked);
	unsigned int (*undo_cwnd)(struct sock *sk);
	char name[16];
};

SEC("struct_ops/kvet_ssthresh") unsigned int kvet_ssthresh(unsigned long long *ctx)
{
	return 2;
}

SEC("struct_ops/kvet_avoid") void kvet_avoid(unsigned long long *ctx)
{
}

SEC("struct_ops/kvet_undo") unsigned int kvet_undo(unsigned long long *ctx)
{
	return 2;
}

SEC(".struct_ops")
struct tcp_congestion_ops operations = {
	.ssthresh = (void *)kvet_ssthresh,
	.cong_avoid = (void *)kvet_avoid,
	.undo_cwnd = (void *)kvet_undo,
	.name = "kvet",
};
