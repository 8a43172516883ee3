/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program of ours for a program of type ext to replace. */
#ifndef KVET_PROBE_REPLACED_LOAD_H
#define KVET_PROBE_REPLACED_LOAD_H

#include "probe/program_load.h"

/*
 * Loads a program of the type, with the BTF that a replacement takes, and fills spec for one
 * that replaces it: both descriptors in there become the caller's. attempt is the load of the
 * program, or of one without BTF, which is asked first: whether the type loads at all. A
 * program that was refused is no error: replaces_fd is 0 then. Returns 0, or -errno where no
 * BTF could be made or loaded, with err filled.
 */
int kvet_replaced_load(struct kvet_memlock *memlock, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, struct kvet_error *err);

#endif
