/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program of an object: loaded as libbpf would load it, with a log of kvet's own. Touches the
 * kernel. */
#ifndef KVET_OBJECT_PROGRAM_LOAD_H
#define KVET_OBJECT_PROGRAM_LOAD_H

#include <bpf/bpf.h>

#include "object/child.h"

/* Decides it, with what libbpf made of it, and sends its evidence. */
void kvet_object_program_load(struct kvet_child *child, struct kvet_child_program *program,
			      struct bpf_program *prog, const struct bpf_prog_load_opts *opts);

#endif
