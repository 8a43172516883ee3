/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program of ours for a program of type ext to replace. */
#ifndef KVET_PROBE_REPLACED_LOAD_H
#define KVET_PROBE_REPLACED_LOAD_H

#include "probe/program_load.h"

/*
 * Loads a program of the type, with the BTF that a replacement takes, and fills spec for one
 * that replaces it: both descriptors in there become the caller's. attempt is the load of the
 * program, or of one without BTF, which is asked first: whether the type loads at all; or,
 * and *source then names it, else it is NULL, the load of the BTF. A refusal is no error:
 * replaces_fd is 0 then. Returns 0 or -ENOMEM.
 */
int kvet_replaced_load(struct kvet_loader *loader, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, const char **source);

#endif
