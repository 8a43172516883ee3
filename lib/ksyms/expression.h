/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an extended regular expression costs and demands, before regcomp(3) sees it. */
#ifndef KVET_KSYMS_EXPRESSION_H
#define KVET_KSYMS_EXPRESSION_H

#include <kvet/error.h>

/*
 * Reads an expression as regcomp(3) of glibc does with REG_EXTENDED. literal has room for as
 * many bytes as text has, NUL included: it becomes the longest run of characters that every
 * match must hold, "" where none is certain. What is no expression is left for regcomp(3) to
 * say. Errors: -EINVAL for what regcomp(3) would take too much memory or time for: see
 * KSYMS_EXPRESSION_…_MOST.
 */
int kvet_ksyms_expression_read(const char *text, char *literal, struct kvet_error *err);

/* Parentheses inside one another, and repeats of repeats: regcomp(3) calls itself for each. */
#define KSYMS_EXPRESSION_DEPTH_MOST 100

/* What is matched one after the other, with each x{9} written out as nine of it. */
#define KSYMS_EXPRESSION_PARTS_MOST 10000

/*
 * Ways to go, written out like the parts: one for each alternative, two for each part that may
 * be left out or go on. Memory grows with their square: these take 9 MB, and a tenth of a
 * second.
 *
 * And no part with a back-reference to what may be empty is repeated but a fixed number of
 * times: for ()\1+*$, regexec(3) calls itself until its stack ends.
 */
#define KSYMS_EXPRESSION_CHOICES_MOST 1000

#endif
