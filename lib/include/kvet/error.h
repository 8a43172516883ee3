/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How libkvet's functions fail.
 *
 * They return 0 or a negative errno. Their last parameter is a struct kvet_error that the caller
 * owns and that may be NULL; the function where the failure occurs fills it, once, and on success
 * it is unchanged. Outputs change only on success. An answer of "no" is data, not an error.
 */
#ifndef KVET_ERROR_H
#define KVET_ERROR_H

#include <kvet/cause.h>

struct kvet_error {
	struct kvet_cause cause;
};

#endif
