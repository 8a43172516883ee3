/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The id of a boot, as the kernel and journalctl(1) write it. */
#ifndef CMD_CLOCK_CONVERT_BOOT_H
#define CMD_CLOCK_CONVERT_BOOT_H

#include "command.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_FORM "32 hexadecimal digits, as " BOOT_ID_PATH " has them"

/* Whether both are ids, of one boot. */
bool boot_id_same(const char *one, const char *other);

/* Reports a --boot-id that is none; NULL is fine. */
enum status boot_id_check(struct context *context, const char *wanted);

#endif
