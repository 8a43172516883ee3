/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_LINE_H
#define KVET_KSYMS_LINE_H

#include "ksyms/row.h"

/* How many bytes must be readable after any line: kvet_ksyms_line() loads eight bytes at a time. */
#define KSYMS_LINE_PAD 32

/*
 * Parses the line that ends with the first newline at or after line. The caller guarantees a
 * newline before end + KSYMS_LINE_PAD. Returns what follows the newline, and fills row; its name is
 * NULL if the line has no symbol (blank, a comment, an undefined symbol). Returns NULL with *wrong
 * set if the line is malformed, and with *wrong NULL if it is incomplete: its newline is at end or
 * later.
 */
const char *kvet_ksyms_line(const char *line, const char *end, struct ksyms_row *row,
			    const char **wrong);

#endif
