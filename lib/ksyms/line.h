/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_LINE_H
#define KVET_KSYMS_LINE_H

#include "ksyms/row.h"

/* What must be readable behind any line: kvet_ksyms_line() loads eight bytes at a time. */
#define KSYMS_LINE_PAD 32

/*
 * Takes one line apart, whose newline is the first at or after line. The caller has made
 * sure of a newline before end + KSYMS_LINE_PAD. Returns what follows the newline and fills
 * row, its name NULL where the line has no symbol (blank, a comment, one that is not defined
 * there); or NULL, and *wrong says what is wrong with the line, or is NULL where the newline
 * stands at end or later: the line is not whole.
 */
const char *kvet_ksyms_line(const char *line, const char *end, struct ksyms_row *row,
			    const char **wrong);

#endif
