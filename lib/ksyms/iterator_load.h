/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_ITERATOR_LOAD_H
#define KVET_KSYMS_ITERATOR_LOAD_H

#include "ksyms/row.h"

/* Which rows are required: all zero, all of them. */
struct ksyms_iterator_wish {
	/* Those that can answer these queries, names and at most one address; NULL: any. */
	const struct kvet_ksyms_query *only;
	size_t only_count;
	bool aliases; /* with only: also what is at the same address as one of these */
	bool modules; /* those of modules, and _text */
};

/* Whether the iterator can leave out all that cannot answer these queries. */
bool kvet_ksyms_iterator_takes(const struct kvet_ksyms_query *queries, size_t count);

/*
 * The rows of the kernel's BPF iterator over ksyms: those of /proc/kallsyms, in its order. Others
 * than are required come without a name, or not at all. Errors: of bpf(2) and of reading the
 * kernel's BTF; -EOPNOTSUPP if the kernel has no such iterator, or a sysroot stands for another
 * machine.
 */
int kvet_ksyms_iterator_open(struct ksyms_source **source, const struct kvet_host *host,
			     const struct ksyms_iterator_wish *wish, struct kvet_cause *err);

#endif
