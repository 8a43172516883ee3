/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which boot of a kernel a log is of, and how far KASLR moved that kernel. Pure. */
#ifndef KVET_KSYMS_BOOT_H
#define KVET_KSYMS_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Printed by a kernel that panics: "Kernel Offset: 0x1d000000 from 0xffffffff81000000". */
#define KSYMS_BOOT_OFFSET  "Kernel Offset: 0x"
/* The first line that a kernel prints. */
#define KSYMS_BOOT_VERSION "Linux version "

/* Reads the line at s, which begins with KSYMS_BOOT_OFFSET. Returns false if it is incomplete. */
bool kvet_ksyms_boot_parse(const char *s, const char *end, uint64_t *offset, uint64_t *base);

/*
 * The difference between the log's addresses and those of a table whose image starts at image: 0 if
 * the table is of the log's boot, OFFSET if it has the addresses that the kernel was linked for,
 * else the difference between the two boots. The image starts within the first 2 MiB after BASE,
 * and kernels are moved by a multiple of that, or by little.
 */
uint64_t kvet_ksyms_boot_delta(uint64_t image, uint64_t offset, uint64_t base);

#endif
