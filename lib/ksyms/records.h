/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Parses what bpf/ksym.bpf.c writes. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_RECORDS_H
#define KVET_KSYMS_RECORDS_H

#include "ksyms/scan.h"

/* Takes the bytes over, even on failure. own: the address of the iterator's own program, which is
 * left out, since the table without it is what is asked for; 0: unknown. Errors of next(): those
 * of read(); -EBADMSG for an incomplete record. */
int kvet_ksyms_records_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			    uint64_t own, struct kvet_cause *err);

#endif
