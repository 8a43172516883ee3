/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes that are read in a second thread, while the first takes apart what is there. */
#ifndef KVET_KSYMS_AHEAD_H
#define KVET_KSYMS_AHEAD_H

#include "ksyms/scan.h"

/*
 * Has bytes read ahead from here on. What is read, its errors and their order stay the same;
 * close() ends the thread first. Where there can be no thread, bytes stay as they are.
 */
void kvet_ksyms_ahead(struct ksyms_bytes *bytes);

#endif
