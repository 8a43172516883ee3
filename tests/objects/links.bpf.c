// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A program for each way to attach one that its section does not name whole: to a cgroup, a network
 * namespace or device, a socket, an event. tests/vm/oracle/links.sh attaches each of them for real.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define LINK(section, name, value)       \
	SEC(section) int name(void *ctx) \
	{                                \
		return value;            \
	}

/* --- cgroups -------------------------------------------------------------------------------- */

LINK("cgroup/skb", cgroup_bare, 1)
LINK("cgroup_skb/ingress", cgroup_ingress, 1)
LINK("cgroup_skb/egress", cgroup_egress, 1)
LINK("cgroup/sock_create", cgroup_create, 1)
LINK("cgroup/sock_release", cgroup_release, 1)
LINK("cgroup/sock", cgroup_sock, 1)
LINK("cgroup/post_bind4", cgroup_post_bind4, 1)
LINK("cgroup/post_bind6", cgroup_post_bind6, 1)
LINK("cgroup/bind4", cgroup_bind4, 1)
LINK("cgroup/bind6", cgroup_bind6, 1)
LINK("cgroup/connect4", cgroup_connect4, 1)
LINK("cgroup/connect6", cgroup_connect6, 1)
LINK("cgroup/connect_unix", cgroup_connect_unix, 1)
LINK("cgroup/sendmsg4", cgroup_sendmsg4, 1)
LINK("cgroup/sendmsg6", cgroup_sendmsg6, 1)
LINK("cgroup/sendmsg_unix", cgroup_sendmsg_unix, 1)
LINK("cgroup/recvmsg4", cgroup_recvmsg4, 1)
LINK("cgroup/recvmsg6", cgroup_recvmsg6, 1)
LINK("cgroup/recvmsg_unix", cgroup_recvmsg_unix, 1)
LINK("cgroup/getpeername4", cgroup_getpeername4, 1)
LINK("cgroup/getpeername6", cgroup_getpeername6, 1)
LINK("cgroup/getpeername_unix", cgroup_getpeername_unix, 1)
LINK("cgroup/getsockname4", cgroup_getsockname4, 1)
LINK("cgroup/getsockname6", cgroup_getsockname6, 1)
LINK("cgroup/getsockname_unix", cgroup_getsockname_unix, 1)
LINK("cgroup/sysctl", cgroup_sysctl, 1)
LINK("cgroup/getsockopt", cgroup_getsockopt, 1)
LINK("cgroup/setsockopt", cgroup_setsockopt, 1)
LINK("cgroup/dev", cgroup_dev, 1)
LINK("sockops", cgroup_sockops, 1)
LINK("lsm_cgroup/socket_bind", cgroup_lsm, 1)
LINK("lsm_cgroup/no_such_hook", cgroup_lsm_absent, 1)
/* Only two of its values are known to mean anything. */
LINK("cgroup/connect4", cgroup_value, 7)

/* --- the network ---------------------------------------------------------------------------- */

LINK("sk_lookup", net_lookup, 1)
LINK("flow_dissector", net_dissector, 0)
LINK("xdp", net_xdp, XDP_PASS)
LINK("xdp.frags", net_xdp_frags, XDP_PASS)
LINK("xdp/devmap", net_xdp_devmap, XDP_PASS)
LINK("xdp/cpumap", net_xdp_cpumap, XDP_PASS)
LINK("xdp.frags/devmap", net_xdp_frags_devmap, XDP_PASS)
LINK("tc", net_tc, 0)
LINK("classifier/ingress", net_classifier, 0)
LINK("action", net_action, 0)
LINK("tcx/ingress", net_tcx_ingress, -1)
LINK("tcx/egress", net_tcx_egress, -1)
LINK("netkit/primary", net_netkit_primary, -1)
LINK("netkit/peer", net_netkit_peer, -1)
LINK("netfilter", net_netfilter, 1)
LINK("netfilter", net_netfilter_value, 7)
LINK("lwt_in", net_lwt_in, 0)
LINK("lwt_out", net_lwt_out, 0)
LINK("lwt_xmit", net_lwt_xmit, 0)
LINK("lwt_seg6local", net_lwt_seg6local, 0)

/* --- sockets -------------------------------------------------------------------------------- */

LINK("socket", sock_filter, 0)
LINK("sk_reuseport", sock_reuseport, 1)
LINK("sk_reuseport/migrate", sock_reuseport_migrate, 1)
LINK("sk_skb/stream_parser", sock_parser, 1)
LINK("sk_skb/stream_verdict", sock_stream_verdict, 1)
LINK("sk_skb/verdict", sock_verdict, 1)
LINK("sk_skb", sock_skb, 1)
LINK("sk_msg", sock_msg, 1)

/* --- events and iterators ------------------------------------------------------------------- */

LINK("perf_event", event, 0)
LINK("syscall", call, 0)
LINK("iter/task", iter_task, 0)
LINK("iter.s/task", iter_task_sleeps, 0)
LINK("iter/bpf_map", iter_map, 0)
LINK("iter/ksym", iter_ksym, 0)
LINK("iter/tcp", iter_tcp, 0)
LINK("iter/no_such_iterator", iter_absent, 0)
LINK("uprobe.s//bin/attach:main", uprobe_sleeps, 0)
LINK("uretprobe.s//bin/attach:main", uretprobe_sleeps, 0)
LINK("uprobe//bin/attach:main+4", uprobe_offset, 0)
LINK("uprobe//bin/attach:no_such_function", uprobe_nowhere, 0)
LINK("kretprobe.multi/vfs_read", multi_returns, 0)
LINK("kprobe.multi/vfs_rea?", multi_glob, 0)
LINK("fentry.s/bpf_fentry_test1", fentry_sleeps, 0)
LINK("fmod_ret/bpf_modify_return_test", modifies, 0)
LINK("lsm/file_open", lsm_open, 0)
LINK("lsm.s/file_open", lsm_open_sleeps, 0)
LINK("lsm.s/task_free", lsm_free_sleeps, 0)
LINK("struct_ops/ssthresh", operation_alone, 0)

/* The second argument of sched_switch is no buffer that may be written to. */
LINK("raw_tp.w/sched_switch", writable_unused, 0)

SEC("raw_tp.w/sched_switch") int writable_refused(unsigned long long *ctx)
{
	return *(int *)ctx[0];
}

/* That of bpf_test_finish is. */
SEC("raw_tp.w/bpf_test_finish") int writable(unsigned long long *ctx)
{
	*(int *)ctx[0] = 0;
	return 0;
}

SEC("raw_tp.w/bpf_test_finish") int writable_past(unsigned long long *ctx)
{
	return ((int *)ctx[0])[1];
}

LINK("raw_tp.w/no_such_tracepoint", writable_absent, 0)
