/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_PROBE_VERSION_CODE_H
#define KVET_PROBE_VERSION_CODE_H

#include <stdint.h>

/* The running kernel's LINUX_VERSION_CODE, or 0 if unknown. uname(2) does not suffice: the release
 * of a distribution's kernel often omits the patch level ("4.19.0-27"). */
uint32_t kvet_probe_version_code(void);

#endif
