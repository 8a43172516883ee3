/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Globs and regular expressions over names. */
#ifndef KVET_KSYMS_PATTERN_H
#define KVET_KSYMS_PATTERN_H

#include <stdbool.h>

#include <kvet/error.h>
#include <kvet/ksyms.h>

/* Errors: -EINVAL with regcomp(3)'s words; -ENOMEM. */
int kvet_ksyms_pattern_new(struct kvet_ksyms_pattern **pattern, const char *text, bool regex,
			   struct kvet_error *err);
void kvet_ksyms_pattern_free(struct kvet_ksyms_pattern *pattern);

/*
 * A run of letters that every name which matches must hold; and, if one of those is a prefix
 * symbol ("__pfx_NAME"), NAME too. NULL if there is none to be sure of.
 */
const char *kvet_ksyms_pattern_literal(const struct kvet_ksyms_pattern *pattern);

/* A glob matches the whole name, a regular expression any part of it. */
bool kvet_ksyms_pattern_matches(const struct kvet_ksyms_pattern *pattern, const char *name);

#endif
