/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_ORDER_H
#define KVET_KSYMS_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Fills order[0 .. count-1] with 0 .. count-1 so that the values ascend; equal ones keep their
 * order. Linear in count. Returns 0 or -ENOMEM.
 */
int kvet_ksyms_order(const uint64_t *values, uint32_t *order, size_t count);

#endif
