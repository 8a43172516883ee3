/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program for programs of type ext to replace. */
#ifndef KVET_PROBE_REPLACED_LOAD_H
#define KVET_PROBE_REPLACED_LOAD_H

#include "probe/shared_load.h"

/*
 * Loads a program of the type, with the BTF that a replacement requires, and fills spec for a
 * program that replaces it: both descriptors in spec become the caller's. attempt is the load of
 * that program, or of one without BTF, which is tried first to see whether the type loads at all;
 * or the load of the BTF, which *source then names (else it is NULL). A refusal is not an error:
 * replaces_fd is then 0. Returns 0 or -ENOMEM.
 */
int kvet_replaced_load(struct kvet_shared *shared, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, const char **source);

#endif
