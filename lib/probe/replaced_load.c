/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_BTF_LOAD), bpf(BPF_PROG_LOAD). */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/replaced_load.h"

/* The struct that a program's argument points to, which the kernel compares by name. */
static const char *context_struct(int type)
{
	return type == BPF_PROG_TYPE_XDP ? "xdp_md" : "__sk_buff";
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

static int load_btf(const char *context, unsigned int *func, struct kvet_error *err)
{
	struct btf *btf = btf__new_empty();
	const void *raw = NULL;
	int fd, id, errnum;
	uint32_t size;

	id = btf ? describe(btf, context) : -ENOMEM;
	raw = id > 0 ? btf__raw_data(btf, &size) : NULL;
	if (!raw) {
		btf__free(btf);
		return kvet_fail_memory(err);
	}
	errno = 0;
	fd = bpf_btf_load(raw, size, NULL);
	errnum = errno;
	btf__free(btf);
	if (fd < 0)
		return kvet_fail(err, errnum, "bpf(BPF_BTF_LOAD)", "%s", strerror(errnum));
	*func = (unsigned int)id;
	return fd;
}

/* What changes a packet may only replace what does so too ("Extension
 * program changes packet data, while original does not"). */
static int changing_helper(int type)
{
	return type == BPF_PROG_TYPE_XDP ? BPF_FUNC_xdp_adjust_head : BPF_FUNC_skb_pull_data;
}

int kvet_replaced_load(struct kvet_memlock *memlock, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, struct kvet_error *err)
{
	struct kvet_program_spec replaced = { .type = type };
	int program, btf;

	kvet_program_load_null(memlock, &replaced, attempt, NULL);
	if (attempt->errnum)
		return 0;
	btf = load_btf(context_struct(type), &replaced.func, err);
	if (btf < 0)
		return btf;
	replaced.btf_fd = btf;
	kvet_program_load_calling(memlock, &replaced, changing_helper(type), attempt, &program);
	spec->btf_fd = btf;
	spec->func = replaced.func;
	spec->btf_id = replaced.func;
	spec->replaces_fd = program < 0 ? 0 : program;
	return 0;
}
