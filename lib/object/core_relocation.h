/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The CO-RE relocations of an object, in .BTF.ext, in words. Pure. */
#ifndef KVET_OBJECT_CORE_RELOCATION_H
#define KVET_OBJECT_CORE_RELOCATION_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/btf.h"

/* What libbpf leaves in place of an instruction whose relocation failed: a call of this helper. */
#define KVET_POISON_RELOCATION 195896080
/* And, plus the number of the map, in place of a map that was not created. */
#define KVET_POISON_MAP        2001000000

/* The last kind of enum bpf_core_relo_kind, which older headers lack (Linux 6.0). */
#define KVET_CORE_TYPE_MATCHES 12

/*
 * Writes what the relocation of the instruction at this offset (bytes) of a section stands for:
 * "member 'pid_x' of struct task_struct", "enumerator 'BPF_FUNC_x' of enum bpf_func_id". Returns
 * false if there is none. bytes are those of .BTF.ext, btf is the object's.
 */
bool kvet_core_relocation_describe(const struct kvet_btf *btf, const char *bytes, size_t size,
				   const char *section, uint64_t offset, char *buf,
				   size_t buf_size);

/* The same of one relocation. */
void kvet_core_relocation_words(const struct kvet_btf *btf, const struct bpf_core_relo *relocation,
				char *buf, size_t size);

/* How many there are for the instructions of a section from start to end (bytes); 0 if bytes are no
 * .BTF.ext, or the object has no BTF. */
size_t kvet_core_relocation_count(const struct btf *btf, const char *bytes, size_t size,
				  const char *section, uint64_t start, uint64_t end);

#endif
