/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What stops libbpf before the first program, by its own words: a map, an extern, a build option, a
 * program that it cannot prepare.
 */
#ifndef KVET_OBJECT_MEND_LOAD_H
#define KVET_OBJECT_MEND_LOAD_H

#include "object/child.h"

/* Takes what stopped libbpf out of its way, and blocks the programs that use it. Returns whether
 * there is reason to try again. */
bool kvet_object_mend(struct kvet_child *child, const struct kvet_child_words *words, int errnum);

/* The same for what keeps libbpf from opening the object: takes the program that it names away. */
bool kvet_object_mend_open(struct kvet_child *child, const struct kvet_child_words *words,
			   int errnum);

#endif
