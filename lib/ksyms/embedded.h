/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_EMBEDDED_H
#define KVET_KSYMS_EMBEDDED_H

#include "ksyms/row.h"

/*
 * The symbols that a kernel carries for itself (CONFIG_KALLSYMS), out of its image: what
 * /proc/kallsyms will show of the kernel proper, at the addresses that it was linked for. Takes the
 * image, which free(3) can free, over where it succeeds. Errors:
 * -ENODATA where there are no such tables, or not in an order that is known; -ENOMEM. Pure.
 */
int kvet_ksyms_embedded_open(struct ksyms_source **source, char *image, size_t size);

#endif
