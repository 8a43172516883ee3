/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The list of kfuncs: what is kept, and how it is filled. */
#ifndef KVET_KFUNC_KFUNCS_H
#define KVET_KFUNC_KFUNCS_H

#include <stdbool.h>

#include <kvet/kfunc.h>
#include <kvet/ksyms.h>

#include "host/btf.h"

/* The kernel proper, or a module. */
struct kvet_kfunc_place {
	char name[64];              /* of the module; "" for the kernel proper */
	struct kvet_btf *own;       /* to be freed: that of a module */
	const struct kvet_btf *btf; /* NULL: not readable */
	bool asked;                 /* for the members below */
	int fd;                     /* the BTF of a module as an object of bpf(2); -1: refused */
	struct kvet_cause refusal;
};

struct kvet_kfunc_entry {
	size_t place;
	uint32_t id;
	enum kvet_kfunc_listed listed;
};

struct kvet_kfuncs {
	struct kvet_probe *probe;
	struct kvet_kfunc_place *places; /* the kernel proper is the first */
	size_t place_count;
	struct kvet_kfunc_entry *entries;
	size_t count;
	enum kvet_verdict complete;
	struct kvet_cause incomplete; /* why it is not */
};

const char *kvet_kfunc_name(const struct kvet_kfuncs *kfuncs, const struct kvet_kfunc_entry *entry);

/* --- filling the list; each returns 0 or -ENOMEM. Pure ---------------------------------------- */

/* Adds a function, unless it is listed already. */
int kvet_kfunc_put(struct kvet_kfuncs *kfuncs, size_t place, uint32_t id,
		   enum kvet_kfunc_listed listed);

/* Adds those of a place that BTF tags. */
int kvet_kfunc_put_tagged(struct kvet_kfuncs *kfuncs, size_t place);

/* Adds those that a symbol table has in sets with flags. *sets is set to how many sets it has. */
int kvet_kfunc_put_sets(struct kvet_kfuncs *kfuncs, const struct kvet_ksyms *table, size_t *sets);

#endif
