/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_BTF_CHECK_H
#define KVET_HOST_BTF_CHECK_H

#include <bpf/btf.h>

#include <kvet/error.h>

/*
 * Whether every name and every type that the types of a BTF refer to is there, and no chain of
 * typedefs and qualifiers runs in a circle. libbpf has seen that the types are whole, and no more:
 * of a damaged file btf__name_by_offset() and btf__type_by_id() return NULL anywhere. Behind this,
 * what one type says of another can be followed. Types of its base are taken as checked. Errors:
 * -EINVAL with the type. Pure.
 */
int kvet_btf_check(const struct btf *btf, struct kvet_error *err);

#endif
