/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `probe kfuncs` asks about: the functions that the words on the command line name. */
#ifndef CMD_PROBE_KFUNCS_CHOICE_H
#define CMD_PROBE_KFUNCS_CHOICE_H

#include <kvet/kfunc.h>

#include "command.h"

/* A word that matches nothing. */
struct kfunc_absent {
	const char *word;
	bool is_glob;
	enum kvet_verdict verdict;
	struct kvet_cause cause;
};

/* Start from all zeros. */
struct kfunc_choice {
	struct context *context;
	struct kvet_kfuncs *kfuncs;
	bool *chosen; /* of the list: kvet_kfuncs_count() */
	size_t count; /* how many are */
	bool is_list; /* the answer depends on whether the list is complete */
	struct kfunc_absent *absent;
	size_t absent_count;
};

/* Adds to the list what is named and not in it, and chooses what the words match; all of the list
 * if there is no word. Returns the status of a failure, which it reports. */
enum status kfunc_choose(struct kfunc_choice *choice, struct context *context,
			 struct kvet_kfuncs *kfuncs, const char *const *words, size_t count);
void kfunc_choice_deinit(struct kfunc_choice *choice);

#endif
