/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Changes to the bytes of an object, so that libbpf reads another one. Pure. */
#ifndef KVET_OBJECT_ELF_EDIT_H
#define KVET_OBJECT_ELF_EDIT_H

#include "object/elf.h"

/*
 * Makes libbpf find nothing under the name of an extern, and go on: the symbol becomes weak, and
 * its name shorter, in the symbol table and in .BTF. Returns whether it did.
 */
bool kvet_elf_hide(struct kvet_elf *elf, const char *symbol);

/* The same for a section of data, which libbpf then skips. */
bool kvet_elf_hide_section(struct kvet_elf *elf, const char *name);

/* Makes a program nameless code, which libbpf skips. Returns whether it did. */
bool kvet_elf_hide_function(struct kvet_elf *elf, const struct kvet_elf_function *function);

/*
 * Compilers before clang 8 gave functions neither a type nor a size, and libbpf then sees no
 * program. If the file has no typed function, its global symbols in code become functions. Returns
 * whether any did: then the file is to be parsed again.
 */
bool kvet_elf_type_functions(struct kvet_elf *elf);

#endif
