/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of kvet object check. */
#ifndef CMD_OBJECT_CHECK_H
#define CMD_OBJECT_CHECK_H

#include <kvet/object.h>

#include "command.h"

extern const struct schema object_pairing_schema;
extern const struct schema object_need_schema;

/* A program beside the others of its object. */
struct object_twin {
	const char *section, *type;
	enum kvet_verdict verdict;
};

/* Of two programs for one target, of different types and each alone in its section, the loader
 * takes one: fentry and kprobe, tp_btf and raw_tp. Whether there is such a one that is a yes. */
bool object_has_better_twin(const struct object_twin *all, size_t count, size_t which);

struct object_names {
	char **names;
	size_t count;
};
void object_names_add(struct object_names *list, const char *name);
void object_names_free(struct object_names *list);

/* Programs by what their needs come to together, and the needs of live code. */
struct object_needs_count {
	int64_t programs, yes, no, undetermined, needs;
	struct object_names *not_taken; /* the caller's; those with a better twin are added */
};

/* Puts a record for each need of an object. Returns the status of those that count. */
enum status object_needs_put(struct context *context, const char *path,
			     const struct kvet_object_kernel *kernel,
			     struct object_needs_count *count);

/* Of the clocks that an object's live code reads, those that a tracer stamps events with: jiffies
 * are none, and the coarse clock is MONOTONIC, read less often. */
unsigned int object_stamps(unsigned int clocks);

/* Whether there are two of them. */
bool object_mixes(unsigned int clocks);

/*
 * Puts a record for each pair of clocks that do not belong together: two that the object's programs
 * stamp with, and, unless user is NULL, each of them with the clock that user space reads the
 * stamps with. Returns no if one of them is wrong, undetermined if it is not known. With
 * allow_mixed, the first kind does not count.
 */
enum status object_pairings_put(struct context *context, const char *path, unsigned int clocks,
				const char *user, bool allow_mixed);

/* Notes that the object stamps with MONOTONIC alone where BOOTTIME can be read. */
void object_note_source(struct context *context, const char *path, unsigned int clocks);

#endif
