/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/ksym.bpf.c writes, taken apart. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_RECORDS_H
#define KVET_KSYMS_RECORDS_H

#include "ksyms/scan.h"

/* Takes the bytes over, on failure too. own: the address of the iterator's program, which is
 * no row of the table that was there before it; 0: not known. Errors of next(): those of
 * read(); -EBADMSG for a record that is not whole. */
int kvet_ksyms_records_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			    uint64_t own, struct kvet_error *err);

#endif
