/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_BTF_LOAD), bpf(BPF_PROG_LOAD). */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/btf.h>

#include "probe/replaced_load.h"
#include "probe/variant.h"

/* The struct that a program's argument points to, which the kernel compares by name (kernel:
 * include/linux/bpf_types.h). */
static const char *context_struct(int type)
{
	switch (type) {
	case BPF_PROG_TYPE_XDP:
		return "xdp_md";
	case BPF_PROG_TYPE_CGROUP_SOCK:
		return "bpf_sock";
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
		return "bpf_sock_addr";
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		return "bpf_sockopt";
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
		return "bpf_sysctl";
	case BPF_PROG_TYPE_CGROUP_DEVICE:
		return "bpf_cgroup_dev_ctx";
	case BPF_PROG_TYPE_SOCK_OPS:
		return "bpf_sock_ops";
	case BPF_PROG_TYPE_SK_MSG:
		return "sk_msg_md";
	case BPF_PROG_TYPE_SK_REUSEPORT:
		return "sk_reuseport_md";
	case BPF_PROG_TYPE_SK_LOOKUP:
		return "bpf_sk_lookup";
	case BPF_PROG_TYPE_PERF_EVENT:
		return "bpf_perf_event_data";
	case BPF_PROG_TYPE_KPROBE:
		return "pt_regs";
	default:
		return "__sk_buff";
	}
}

/* "int kvet_probe(struct CONTEXT *)". Returns the function's id, or a negative errno. */
static int describe(struct btf *btf, const char *context)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int structure = btf__add_struct(btf, context, 4);
	int pointer, proto;

	if (number < 0 || structure < 0)
		return number < 0 ? number : structure;
	pointer = btf__add_ptr(btf, structure);
	proto = btf__add_func_proto(btf, number);
	if (pointer < 0 || proto < 0 || btf__add_func_param(btf, "context", pointer) < 0)
		return -ENOMEM;
	/* The verifier lets a static function not be replaced. */
	return btf__add_func(btf, "kvet_probe", BTF_FUNC_GLOBAL, proto);
}

/* Returns a descriptor, or -ENOMEM; a refusal goes to attempt, and gives -1. */
static int load_btf(const char *context, unsigned int *func, struct kvet_probe_attempt *attempt)
{
	struct btf *btf = btf__new_empty();
	const void *raw = NULL;
	int fd, id, errnum;
	uint32_t size;

	id = btf ? describe(btf, context) : -ENOMEM;
	raw = id > 0 ? btf__raw_data(btf, &size) : NULL;
	if (!raw) {
		btf__free(btf);
		return -ENOMEM;
	}
	errno = 0;
	fd = bpf_btf_load(raw, size, NULL);
	errnum = errno;
	btf__free(btf);
	if (fd < 0)
		attempt->errnum = errnum;
	*func = (unsigned int)id;
	return fd < 0 ? -1 : fd;
}

/* What changes a packet may only replace what does so too ("Extension program
 * changes packet data, while original does not"). */
static int changing_helper(int type)
{
	return type == BPF_PROG_TYPE_XDP ? BPF_FUNC_xdp_adjust_head : BPF_FUNC_skb_pull_data;
}

int kvet_replaced_load(struct kvet_memlock *memlock, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, const char **source)
{
	size_t count;
	struct kvet_program_spec replaced = { .type = type,
					      .attach = kvet_variants(type, &count)->attach };
	int program, btf;

	*source = NULL;
	kvet_program_load_null(memlock, &replaced, attempt, NULL);
	if (attempt->errnum)
		return 0;
	btf = load_btf(context_struct(type), &replaced.func, attempt);
	if (btf == -ENOMEM)
		return -ENOMEM;
	if (btf < 0) {
		attempt->log[0] = '\0'; /* of a program that was loaded */
		*source = "bpf(BPF_BTF_LOAD)";
		return 0;
	}
	replaced.btf_fd = btf;
	kvet_program_load_calling(memlock, &replaced, changing_helper(type), attempt, &program);
	/* A type that has no such helper has nothing that changes packets either. */
	if (program < 0)
		kvet_program_load_null(memlock, &replaced, attempt, &program);
	spec->btf_fd = btf;
	spec->func = replaced.func;
	spec->btf_id = replaced.func;
	spec->replaces_fd = program < 0 ? 0 : program;
	return 0;
}
