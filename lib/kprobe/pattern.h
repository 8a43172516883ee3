/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Globs and texts as tables, with which a program in the kernel matches a text byte by byte. */
#ifndef KVET_KPROBE_PATTERN_H
#define KVET_KPROBE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The state is a set of places in the pattern, a bit each: bit n, n characters besides '*' have
 * been matched. It begins as 1; a byte makes it
 *
 *	(state & step[byte]) << 1 | (state & stay[byte])
 *
 * The text matches if a bit of accept is set at its end. If one of open is set, so does whatever
 * follows.
 */
struct kvet_pattern {
	uint64_t step[256], stay[256];
	uint64_t accept, open;
};

/* Makes the table of a glob ('*', '?', '[a-z]', '[!a-z]', '\'), or of a text as it is (glob false),
 * in which only '\' is special. Returns NULL; or what is wrong, and *at is where. Pure. */
const char *kvet_pattern_make(const char *text, size_t size, bool glob,
			      struct kvet_pattern *pattern, size_t *at);

#endif
