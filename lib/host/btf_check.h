/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_BTF_CHECK_H
#define KVET_HOST_BTF_CHECK_H

#include <bpf/btf.h>

#include <kvet/cause.h>

/*
 * Checks that every name and every type that the types of a BTF refer to exists, and that no chain
 * of typedefs and qualifiers is circular. libbpf 1.1 checks only that the types are complete
 * (1.5 also most references): for a damaged file, btf__name_by_offset() and btf__type_by_id() may
 * return NULL for any reference. After this check, references can be followed. The types of the
 * base are taken as checked. Errors: -EINVAL with the type. Pure.
 */
int kvet_btf_check(const struct btf *btf, struct kvet_cause *err);

#endif
