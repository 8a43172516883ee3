/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that libbpf has prepared, loaded by kvet in its place. Touches the kernel. */
#ifndef KVET_BPF_PREPARED_LOAD_H
#define KVET_BPF_PREPARED_LOAD_H

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

struct kvet_bpf_prepared {
	uint32_t type;    /* enum bpf_prog_type */
	const char *name; /* NULL: none */
	const char *license;
	const struct bpf_insn *insns;
	size_t count;
};

/* Loads it, with the rest of what libbpf knows of it in opts, and where the log goes; newer libbpfs
 * write the size of the log there. Returns a descriptor, the caller's, or a negative errno: those
 * of bpf(BPF_PROG_LOAD). */
int kvet_bpf_prepared_program(const struct kvet_bpf_prepared *program,
			      struct bpf_prog_load_opts *opts);

#endif
