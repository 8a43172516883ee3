/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attach types that only some kernels have, and of which the load of a program does not tell: asked
 * by a link to what cannot exist.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "bpf/late.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "object/target_read.h"

enum way {
	FUNCTIONS, /* of the kernel: a name that no function has */
	USERS,     /* functions of a file: a folder */
	DEVICE,    /* a number that no network device has */
	SOCKETS,   /* a map of kvet's own, without sockets */
};

static const struct kind {
	uint32_t attach; /* enum bpf_attach_type */
	uint32_t type;   /* enum bpf_prog_type */
	enum way way;
	const char *option; /* what the kernel is built without if it is EOPNOTSUPP */
} kinds[] = {
	{ BPF_TRACE_KPROBE_MULTI, BPF_PROG_TYPE_KPROBE, FUNCTIONS, "CONFIG_FPROBE" },
	{ KVET_ATTACH_KPROBE_SESSION, BPF_PROG_TYPE_KPROBE, FUNCTIONS, "CONFIG_FPROBE" },
	{ KVET_ATTACH_UPROBE_MULTI, BPF_PROG_TYPE_KPROBE, USERS, "CONFIG_UPROBES" },
	{ KVET_ATTACH_UPROBE_SESSION, BPF_PROG_TYPE_KPROBE, USERS, "CONFIG_UPROBES" },
	{ KVET_ATTACH_TCX_INGRESS, BPF_PROG_TYPE_SCHED_CLS, DEVICE, "CONFIG_NET_XGRESS" },
	{ KVET_ATTACH_TCX_EGRESS, BPF_PROG_TYPE_SCHED_CLS, DEVICE, "CONFIG_NET_XGRESS" },
	{ KVET_ATTACH_NETKIT_PRIMARY, BPF_PROG_TYPE_SCHED_CLS, DEVICE, "CONFIG_NETKIT" },
	{ KVET_ATTACH_NETKIT_PEER, BPF_PROG_TYPE_SCHED_CLS, DEVICE, "CONFIG_NETKIT" },
	{ BPF_SK_SKB_STREAM_PARSER, BPF_PROG_TYPE_SK_SKB, SOCKETS, "CONFIG_BPF_STREAM_PARSER" },
	{ BPF_SK_SKB_STREAM_VERDICT, BPF_PROG_TYPE_SK_SKB, SOCKETS, "CONFIG_BPF_STREAM_PARSER" },
	{ BPF_SK_SKB_VERDICT, BPF_PROG_TYPE_SK_SKB, SOCKETS, "CONFIG_NET_SOCK_MSG" },
	{ BPF_SK_MSG_VERDICT, BPF_PROG_TYPE_SK_MSG, SOCKETS, "CONFIG_NET_SOCK_MSG" },
};

static const struct kind *kind_of(uint32_t attach)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].attach == attach)
			return &kinds[i];
	return NULL;
}

bool kvet_target_link_is_asked(uint32_t attach)
{
	return kind_of(attach) != NULL;
}

/* struct bpf_attr of BPF_LINK_CREATE, with what headers may lack. */
union link_attr {
	struct {
		uint32_t prog_fd, target, attach_type, flags;
		union {
			struct {
				uint32_t flags, count;
				uint64_t symbols, addresses, cookies;
			} kernel;
			struct {
				uint64_t path, offsets, counters, cookies;
				uint32_t count, flags, pid;
			} user;
		};
	} link;
	union bpf_attr whole;
};

/* Returns what the kernel says: 0, or a negative errno. */
static int ask_link(const struct kind *kind, int prog)
{
	const char *nothing = "kvet_no_such_function";
	const uint64_t offset = 0;
	union link_attr attr = { 0 };
	struct kvet_loader loader;
	int fd;

	attr.link.prog_fd = (uint32_t)prog;
	attr.link.attach_type = kind->attach;
	if (kind->way == USERS) {
		attr.link.user.path = (uintptr_t) "/";
		attr.link.user.offsets = (uintptr_t)&offset;
		attr.link.user.count = 1;
	} else if (kind->way == FUNCTIONS) {
		attr.link.kernel.count = 1;
		attr.link.kernel.symbols = (uintptr_t)&nothing;
	} else {
		attr.link.target = INT32_MAX;
	}
	kvet_loader_init(&loader, false);
	fd = kvet_loader_call(&loader, BPF_LINK_CREATE, &attr, sizeof(attr));
	kvet_loader_deinit(&loader);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int ask_sockets(const struct kvet_host *host, const struct kind *kind, int prog)
{
	static const struct kvet_bpf_map sockets = {
		.type = BPF_MAP_TYPE_SOCKMAP,
		.name = "kvet_sockets",
		.key_size = 4,
		.value_size = 4,
		.entries = 1,
	};
	AUTO_CLOSE int map = kvet_bpf_own_map(host, &sockets, NULL);

	/* Not EINVAL, which would be taken for the answer. */
	if (map < 0)
		return -ENODEV;
	return bpf_prog_attach(prog, map, (enum bpf_attach_type)kind->attach, 0) ? -errno : 0;
}

/* What a kernel that has the kind says: no such function; a folder is no file. */
static bool is_known(enum way way, int answer)
{
	switch (way) {
	case FUNCTIONS:
		return answer == -ESRCH;
	case USERS:
		return answer == -EBADF;
	case DEVICE:
		return answer == -ENODEV;
	case SOCKETS:
	default:
		return !answer;
	}
}

enum kvet_verdict kvet_target_link_check(const struct kvet_host *host, uint32_t attach,
					 struct kvet_cause *cause)
{
	/* return 1; */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct kind *kind = kind_of(attach);
	const struct kvet_bpf_program program = {
		.type = (enum bpf_prog_type)kind->type,
		.attach = (enum bpf_attach_type)attach,
		.insns = insns,
		.count = sizeof(insns) / sizeof(*insns),
	};
	AUTO_CLOSE int prog = kvet_bpf_own_program(host, &program, cause);
	int answer;

	if (prog < 0)
		return prog == -EPERM || prog == -EACCES ? KVET_UNDETERMINED : KVET_NO;
	answer = kind->way == SOCKETS ? ask_sockets(host, kind, prog) : ask_link(kind, prog);
	if (is_known(kind->way, answer))
		return KVET_YES;
	kvet_cause_fill(cause, -answer,
			kind->way == SOCKETS ? "bpf(BPF_PROG_ATTACH)" : "bpf(BPF_LINK_CREATE)",
			"%s%s",
			answer == -EOPNOTSUPP ? "this kernel is built without "
					      : "this kernel attaches no such programs",
			answer == -EOPNOTSUPP ? kind->option : "");
	return answer == -EOPNOTSUPP || answer == -EINVAL ? KVET_NO : KVET_UNDETERMINED;
}
