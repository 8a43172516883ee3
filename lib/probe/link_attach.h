/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether what loads can be attached. */
#ifndef KVET_PROBE_LINK_ATTACH_H
#define KVET_PROBE_LINK_ATTACH_H

#include "probe/program_load.h"

/*
 * Loads a program that does nothing, attaches it, and takes it away again. Touches the kernel.
 * yes, or what the kernel said in cause: no where that is said to everyone, undetermined where
 * it may be for another reason (a limit, somebody else's program at the same place). spec is one
 * with which such a program loads.
 */
enum kvet_verdict kvet_link_attach(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				   struct kvet_cause *cause);

#endif
