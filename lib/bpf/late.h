/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers of the kernel's interface that the build's headers may lack. They do not change. */
#ifndef KVET_BPF_LATE_H
#define KVET_BPF_LATE_H

#include <linux/capability.h>

/* <linux/capability.h>, Linux 5.8 */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* Enumerators of <linux/bpf.h>: the preprocessor cannot test for them, so they have names of their
 * own. */
enum kvet_late {
	KVET_TYPE_NETFILTER = 32,      /* 6.4 */
	KVET_ATTACH_NETFILTER = 45,    /* 6.4 */
	KVET_ATTACH_UNIX_CONNECT = 49, /* 6.7, as the next four */
	KVET_ATTACH_UNIX_SENDMSG = 50,
	KVET_ATTACH_UNIX_RECVMSG = 51,
	KVET_ATTACH_UNIX_GETPEERNAME = 52,
	KVET_ATTACH_UNIX_GETSOCKNAME = 53,
	KVET_ATTACH_TCX_INGRESS = 46, /* 6.6, as the next */
	KVET_ATTACH_TCX_EGRESS = 47,
	KVET_ATTACH_UPROBE_MULTI = 48,   /* 6.6 */
	KVET_ATTACH_NETKIT_PRIMARY = 54, /* 6.7, as the next */
	KVET_ATTACH_NETKIT_PEER = 55,
	KVET_ATTACH_KPROBE_SESSION = 56, /* 6.10 */
	KVET_ATTACH_UPROBE_SESSION = 57, /* 6.13 */
	KVET_ATTACH_FSESSION = 58,       /* after 6.18 */

	KVET_HELPER_CGRP_STORAGE_GET = 210, /* 6.2, as the next */
	KVET_HELPER_CGRP_STORAGE_DELETE = 211,

	KVET_MAP_TYPE_CGRP_STORAGE = 32, /* 6.2 */
	KVET_MAP_TYPE_ARENA = 33,        /* 6.9 */
	KVET_MAP_TYPE_INSN_ARRAY = 34,   /* 6.19 */

	KVET_BPF_TOKEN_CREATE = 36, /* 6.9, as the next */
	KVET_BPF_F_TOKEN_FD = 1 << 16,
};

#endif
