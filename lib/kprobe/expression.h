/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_EXPRESSION_H
#define KVET_KPROBE_EXPRESSION_H

#include "host/btf.h"

#include <kvet/expression.h>
#include <kvet/kprobe.h>

/* What an expression is of a function with this prototype, whose arguments are in these places;
 * NULL: it begins with "ret", which is what the function returns. Returns false if it is wrong.
 * Pure. */
bool kvet_expression_resolve(const struct kvet_btf *btf, const struct btf_type *proto,
			     const struct kvet_kprobe_prototype *places, const char *text,
			     struct kvet_kprobe_expression *expression,
			     struct kvet_kprobe_wrong *wrong);

/* The type that an expression leads to, behind typedefs, also if that is a struct. */
bool kvet_expression_type(const struct kvet_btf *btf, const struct btf_type *proto,
			  const struct kvet_kprobe_prototype *places, const char *text,
			  uint32_t *type, struct kvet_kprobe_wrong *wrong);

/* Lists what an expression can continue with; "": the arguments and what is returned. Returns false
 * if the expression is wrong. Pure. */
bool kvet_fields_list(const struct kvet_btf *btf, const struct btf_type *proto,
		      const struct kvet_kprobe_prototype *places, const char *prefix,
		      kvet_kprobe_field_sink sink, void *context, struct kvet_kprobe_wrong *wrong);

#endif
