/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_AREA_READ_H
#define KVET_KSYMS_AREA_READ_H

#include "ksyms/scan.h"
#include "ksym_record.h"

/* Creates the map whose only value bpf/ksym.bpf.c writes its records to, and maps it as *area.
 * Returns its descriptor, which the caller closes, or a negative errno. */
int kvet_ksyms_area_create(const struct kvet_host *host, struct ksym_area **area,
			   struct kvet_cause *err);
void kvet_ksyms_area_free(struct ksym_area *area);

/* The records of an iterator that writes into the area. Takes both over, even on failure. Errors
 * of the bytes' read(): those of read(2). Returns 0 or -ENOMEM. */
int kvet_ksyms_area_open(struct ksyms_bytes *bytes, int iterator, struct ksym_area *area,
			 struct kvet_cause *err);

#endif
