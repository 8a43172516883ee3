/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sections and symbols of an object, for those who change them. Pure. */
#ifndef KVET_OBJECT_ELF_SYMBOLS_H
#define KVET_OBJECT_ELF_SYMBOLS_H

#include <gelf.h>

#include "object/elf.h"

struct kvet_elf_symbols {
	Elf_Data *data;
	size_t strings;
	size_t count;
};

/* The table of symbols; false: the file has none. */
bool kvet_elf_symbols_find(const struct kvet_elf *elf, struct kvet_elf_symbols *symbols);

/* One of them; its name is "" if it stands for a section. */
bool kvet_elf_symbol_read(const struct kvet_elf *elf, const struct kvet_elf_symbols *symbols,
			  size_t index, GElf_Sym *symbol, const char **name);

/* What is in a section; NULL: nothing. */
Elf_Data *kvet_elf_section_data(const struct kvet_elf *elf, size_t section);

/* The first section of this name; 0: none. */
size_t kvet_elf_section_named(const struct kvet_elf *elf, const char *name);

/* Whether it is a section of instructions. */
bool kvet_elf_is_code(const GElf_Shdr *header);

#endif
