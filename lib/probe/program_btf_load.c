/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_BTF_LOAD). */
#include <errno.h>
#include <linux/btf.h>

#include "probe/program_btf_load.h"

/* "struct node { long long v; struct bpf_spin_lock lock; }". Returns its id, or a negative
 * errno. */
static int add_node(struct btf *btf)
{
	int value = btf__add_int(btf, "long long", 8, BTF_INT_SIGNED);
	int number = btf__add_int(btf, "unsigned int", 4, 0);
	int lock = btf__add_struct(btf, "bpf_spin_lock", 4), node;

	if (value < 0 || number < 0 || lock < 0 || btf__add_field(btf, "val", number, 0, 0))
		return -ENOMEM;
	node = btf__add_struct(btf, "node", KVET_NODE_SIZE);
	if (node < 0 || btf__add_field(btf, "v", value, 0, 0) ||
	    btf__add_field(btf, "lock", lock, 8 * KVET_NODE_LOCK, 0))
		return -ENOMEM;
	return node;
}

/* Returns the function's id, or a negative errno. */
static int add_function(struct btf *btf, const char *context)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int pointer = 0, proto;

	if (number < 0)
		return number;
	if (context) {
		int structure = btf__add_struct(btf, context, 4);

		pointer = structure < 0 ? structure : btf__add_ptr(btf, structure);
	}
	proto = btf__add_func_proto(btf, number);
	if (pointer < 0 || proto < 0 ||
	    (context && btf__add_func_param(btf, "context", pointer) < 0))
		return -ENOMEM;
	/* The verifier does not let a static function be replaced. */
	return btf__add_func(btf, "kvet_probe", BTF_FUNC_GLOBAL, proto);
}

int kvet_program_btf_load(struct kvet_loader *loader, const char *context,
			  struct kvet_program_btf *out, struct kvet_cause *err)
{
	struct btf *btf = btf__new_empty();
	int node = btf ? add_node(btf) : -ENOMEM;
	int func = node > 0 ? add_function(btf, context) : -ENOMEM;
	int fd;

	if (func < 0) {
		btf__free(btf);
		btf = NULL;
	}
	fd = kvet_loader_btf(loader, btf, err);
	if (fd < 0)
		return fd;
	*out = (struct kvet_program_btf){ fd, (unsigned int)func, (unsigned int)node };
	return 0;
}
