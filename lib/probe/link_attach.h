/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a program that loads can be attached. */
#ifndef KVET_PROBE_LINK_ATTACH_H
#define KVET_PROBE_LINK_ATTACH_H

#include "probe/program_load.h"

/*
 * Loads an empty program, attaches it, and detaches it at once. Touches the kernel. Returns yes;
 * or, with what the kernel said in cause, no where the kernel would say that to everyone, and
 * undetermined where there may be another reason (a limit, somebody else's program at the same
 * place). With spec, such a program is known to load.
 */
enum kvet_verdict kvet_link_attach(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				   struct kvet_cause *cause);

#endif
