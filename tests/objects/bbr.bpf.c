// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A congestion control that calls a kernel function of another one, which is a module: tcp_bbr. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct sock {
	int unused;
};

extern unsigned int bbr_undo_cwnd(struct sock *sk) __ksym;

SEC("struct_ops/bbr_undo_cwnd__struct_ops")
unsigned int bbr_undo_cwnd__struct_ops(unsigned long long *ctx)
{
	return bbr_undo_cwnd((struct sock *)ctx[0]);
}

SEC("struct_ops/ssthresh") unsigned int ssthresh(unsigned long long *ctx)
{
	return 2;
}

SEC("struct_ops/avoid") void avoid(unsigned long long *ctx)
{
}

struct tcp_congestion_ops {
	unsigned int (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, unsigned int ack, unsigned int acked);
	unsigned int (*undo_cwnd)(struct sock *sk);
	char name[16];
};

SEC(".struct_ops")
struct tcp_congestion_ops operations = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)bbr_undo_cwnd__struct_ops,
	.name = "kvet_bbr",
};
