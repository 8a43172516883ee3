/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_EMBEDDED_H
#define KVET_KSYMS_EMBEDDED_H

#include "ksyms/row.h"

/*
 * The symbol table that a kernel image contains for the kernel itself (CONFIG_KALLSYMS): what
 * /proc/kallsyms will show of the kernel proper, at the addresses that it was linked for. On
 * success it takes over the image, which free(3) must be able to free. Errors: -ENODATA if there
 * are no such tables, or in an unknown order; -ENOMEM. Pure.
 */
int kvet_ksyms_embedded_open(struct ksyms_source **source, char *image, size_t size);

#endif
