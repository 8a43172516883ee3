/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which boot of a kernel a log tells of, and how far that one was moved. Pure. */
#ifndef KVET_KSYMS_BOOT_H
#define KVET_KSYMS_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a kernel prints that panics: "Kernel Offset: 0x1d000000 from 0xffffffff81000000". */
#define KSYMS_BOOT_OFFSET  "Kernel Offset: 0x"
/* What a kernel prints first. */
#define KSYMS_BOOT_VERSION "Linux version "

/* Reads the line at s, which begins with KSYMS_BOOT_OFFSET. Returns false if it is cut. */
bool kvet_ksyms_boot_parse(const char *s, const char *end, uint64_t *offset, uint64_t *base);

/*
 * How far the log's addresses are from those of a table whose image starts at image: nothing if
 * the table is of that boot, OFFSET if it has the addresses of the file, and else what lies between
 * its own boot and the log's. The image starts within the first 2 MiB behind BASE, and kernels are
 * moved by a multiple of that, or not far.
 */
uint64_t kvet_ksyms_boot_delta(uint64_t image, uint64_t offset, uint64_t base);

#endif
