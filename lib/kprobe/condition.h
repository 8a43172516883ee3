/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_CONDITION_H
#define KVET_KPROBE_CONDITION_H

#include "host/btf.h"

#include <kvet/condition.h>

/* What a typed condition comes to for a function with this prototype, whose arguments are in these
 * places. Returns false if it is wrong. Pure. */
bool kvet_condition_resolve(const struct kvet_btf *btf, const struct btf_type *proto,
			    const struct kvet_kprobe_prototype *places,
			    const struct kvet_condition *condition,
			    struct kvet_condition_term *term, struct kvet_kprobe_wrong *wrong);

/* Whether the numbers that an expression leads to have a sign. */
bool kvet_condition_signed(const struct kvet_kprobe_expression *expression);

/* Whether a name is one of the words that conditions have, so that an argument with this name is
 * "args.NAME". */
bool kvet_condition_is_word(const char *name);

#endif
