/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_ITERATOR_LOAD_H
#define KVET_KSYMS_ITERATOR_LOAD_H

#include "ksyms/row.h"

/* Which rows are required: all zero, all of them. */
struct ksyms_iterator_wish {
	const struct kvet_ksyms_query *only; /* those that can answer this query; NULL: any */
	bool modules;                        /* those of modules, and _text */
};

/*
 * The rows of the kernel's BPF iterator over ksyms: those of /proc/kallsyms, in its order. Others
 * than are required come without a name, or not at all. Errors: of bpf(2) and of reading the
 * kernel's BTF; -EOPNOTSUPP if the kernel has no such iterator, or a sysroot stands for another
 * machine.
 */
int kvet_ksyms_iterator_open(struct ksyms_source **source, const struct kvet_host *host,
			     const struct ksyms_iterator_wish *wish, struct kvet_cause *err);

#endif
