/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Globs and regular expressions over names. */
#ifndef KVET_KSYMS_PATTERN_H
#define KVET_KSYMS_PATTERN_H

#include <stdbool.h>

#include <kvet/cause.h>
#include <kvet/ksyms.h>

/*
 * Errors: -EINVAL with regcomp(3)'s words, or for an expression that would take too much
 * memory or time (ksyms/expression.h); -ENOMEM. Names are matched byte by byte, in the C locale,
 * if the program sets no other. Any number of threads may match with one pattern.
 */
int kvet_ksyms_pattern_new(struct kvet_ksyms_pattern **pattern, const char *text, bool regex,
			   struct kvet_cause *err);
void kvet_ksyms_pattern_free(struct kvet_ksyms_pattern *pattern);

/*
 * A run of characters that every matching name must hold, and if that is a prefix symbol
 * ("__pfx_NAME"), NAME too. NULL if none is certain.
 */
const char *kvet_ksyms_pattern_literal(const struct kvet_ksyms_pattern *pattern);

/*
 * A glob matches the whole name, a regular expression any part of it. With back-references,
 * regexec(3) may try every way to split a name, which can take minutes for a single one.
 */
bool kvet_ksyms_pattern_matches(struct kvet_ksyms_pattern *pattern, const char *name);

/* Whether memory ran out during a match: a "no" may have been wrong. */
bool kvet_ksyms_pattern_failed(struct kvet_ksyms_pattern *pattern);

/* The length of MODULE in the glob MODULE:NAME; 0: there is none. A module has no wildcards, so a
 * colon after a "*" or in "[[:lower:]]" does not end one. */
size_t kvet_ksyms_glob_module(const char *glob);

#endif
