/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an extended regular expression costs and requires, known before regcomp(3) compiles it. */
#ifndef KVET_KSYMS_EXPRESSION_H
#define KVET_KSYMS_EXPRESSION_H

#include <kvet/cause.h>

/*
 * Reads an expression as regcomp(3) of glibc does with REG_EXTENDED. literal has room for as
 * many bytes as text has, NUL included: it becomes the longest run of characters that every
 * match must hold, "" if none is certain. Syntax errors are left to regcomp(3). Errors: -EINVAL for
 * an expression that would take regcomp(3) too much memory or time: see KSYMS_EXPRESSION_…_MOST.
 */
int kvet_ksyms_expression_read(const char *text, char *literal, struct kvet_cause *err);

/* Nested parentheses, and repeats of repeats: regcomp(3) recurses for each. */
#define KSYMS_EXPRESSION_DEPTH_MOST 100

/* Parts matched one after the other, with x{9} expanded to nine of them. */
#define KSYMS_EXPRESSION_PARTS_MOST 10000

/*
 * Choices, expanded like the parts: one for each alternative, two for each part that is optional
 * or repeated without a limit. Memory grows with their square: this many take 9 MB and a tenth of
 * a second.
 *
 * A part with a back-reference to a group that may be empty can be repeated only a fixed number of
 * times: for ()\1+*$, regexec(3) recurses until its stack overflows.
 */
#define KSYMS_EXPRESSION_CHOICES_MOST 1000

#endif
