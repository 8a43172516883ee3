/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The only place where the library fills causes and errors. */
#ifndef KVET_CORE_FAIL_H
#define KVET_CORE_FAIL_H

#include <kvet/cause.h>

/* Fills all of a cause; the remedy becomes empty. cause may be NULL. */
__attribute__((format(printf, 4, 5))) void kvet_cause_fill(struct kvet_cause *cause, int errnum,
							   const char *source, const char *evidence,
							   ...);

/* Appends to the evidence, after "; " if it is not empty. cause may be NULL. */
__attribute__((format(printf, 2, 3))) void kvet_cause_add(struct kvet_cause *cause,
							  const char *evidence, ...);

/* Sets the remedy. cause may be NULL. */
__attribute__((format(printf, 2, 3))) void kvet_cause_remedy(struct kvet_cause *cause,
							     const char *remedy, ...);

/* Sets the remedy for missing capabilities ("CAP_BPF, CAP_PERFMON"): "run as root, or with
 * CAP_BPF and CAP_PERFMON". cause may be NULL. */
void kvet_cause_remedy_missing(struct kvet_cause *cause, const char *missing);

/* Fills err (may be NULL) and returns -errnum, for an errno that a call has set and that was taken
 * right behind it: return kvet_fail(err, errnum, ...); Of 0 it returns -EIO, never 0. */
__attribute__((format(printf, 4, 5))) int kvet_fail(struct kvet_cause *err, int errnum,
						    const char *source, const char *evidence, ...);

/* The same for a failure that no call returned, but kvet found: -errnum is for the caller only; the
 * cause, which is for the user, has no errno. */
__attribute__((format(printf, 4, 5))) int
kvet_reject(struct kvet_cause *err, int errnum, const char *source, const char *evidence, ...);

/* kvet_fail() for a failed allocation. */
int kvet_fail_memory(struct kvet_cause *err);

#endif
