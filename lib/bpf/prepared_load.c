/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bpf/prepared_load.h"

int kvet_bpf_prepared_program(const struct kvet_bpf_prepared *program,
			      struct bpf_prog_load_opts *opts)
{
	return bpf_prog_load((enum bpf_prog_type)program->type, program->name, program->license,
			     program->insns, program->count, opts);
}
