/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef CMD_SUGGEST_H
#define CMD_SUGGEST_H

/* The name most like a misspelt word, or NULL if none is near. names ends with NULL. */
const char *suggest(const char *word, const char *const *names);

#endif
