/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes that a second thread reads while the first parses those already read. */
#ifndef KVET_KSYMS_AHEAD_H
#define KVET_KSYMS_AHEAD_H

#include "ksyms/scan.h"

/*
 * Makes bytes read ahead from here on. The bytes, errors and their order stay the same; close()
 * ends the thread first. If no thread can be started, bytes stay as they are.
 */
void kvet_ksyms_ahead(struct ksyms_bytes *bytes);

#endif
