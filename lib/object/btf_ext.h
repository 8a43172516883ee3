/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of .BTF.ext: lines of source, and CO-RE relocations. Pure. */
#ifndef KVET_OBJECT_BTF_EXT_H
#define KVET_OBJECT_BTF_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Three parts follow the header, in this order. */
enum kvet_btf_ext_part {
	KVET_BTF_EXT_FUNCTIONS,   /* struct bpf_func_info */
	KVET_BTF_EXT_LINES,       /* struct bpf_line_info */
	KVET_BTF_EXT_RELOCATIONS, /* struct bpf_core_relo */
};

/* section is the offset of a section's name in the strings of .BTF; record may be unaligned.
 * Returns whether that is enough. */
typedef bool (*kvet_btf_ext_visitor)(void *context, uint32_t section, const void *record);

/* Calls it with each record of a part, if they have at least record_size bytes, in this host's byte
 * order. Returns whether the visitor had enough; false if bytes are no .BTF.ext. */
bool kvet_btf_ext_visit(const char *bytes, size_t size, enum kvet_btf_ext_part part,
			size_t record_size, kvet_btf_ext_visitor visit, void *context);

#endif
