/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Parses the text of /proc/kallsyms chunk by chunk. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_SCAN_H
#define KVET_KSYMS_SCAN_H

#include "ksyms/bytes.h"
#include "ksyms/row.h"

/* The longest line and text that are read. No symbol table has a hundredth of either. */
#define KSYMS_LINE_MOST (16U << 20)
#define KSYMS_TEXT_MOST (256U << 20)

/*
 * A source of rows from text, which must be whole lines of "ADDRESS TYPE NAME [MODULE]"; blank
 * lines, comments and undefined symbols are skipped. label names the text in errors and must
 * outlive the source. seen (may be NULL) are bytes that were already read, to detect the format.
 * Takes the bytes over, even on failure. Errors of next(): those of read(); -EINVAL for a line of
 * another form, a truncated last line or no symbol at all, with the place in the evidence; -E2BIG
 * for a line or a text that is too long; -ENOMEM.
 */
int kvet_ksyms_scan_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			 const char *label, const char *seen, size_t seen_len,
			 struct kvet_cause *err);

#endif
