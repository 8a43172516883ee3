/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the ELF file says of an object's programs: their functions, and which maps, kernel symbols
 * and build options the code of each refers to. libbpf does not tell. Pure.
 */
#ifndef KVET_OBJECT_ELF_H
#define KVET_OBJECT_ELF_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/object.h>

/* A function of an executable section. All but those of .text are programs. */
struct kvet_elf_function {
	const char *name;
	size_t section;
	uint64_t start, end; /* bytes in the section */
	bool program;
};

/* A place in a section that refers to a symbol. */
struct kvet_elf_reference {
	size_t section;
	uint64_t offset;
	const char *symbol;    /* "" for a section */
	size_t symbol_section; /* 0: the kernel's, an extern */
	uint64_t value;
	bool weak;
};

struct kvet_elf {
	Elf *elf;
	char *bytes; /* the caller's; elf_edit.h changes them */
	size_t size;
	char license[64];
	struct kvet_elf_function *functions;
	size_t function_count;
	struct kvet_elf_reference *references;
	size_t reference_count;
	bool has_btf_ext;
	bool other_order; /* than this host's */
};

/* Returns 0; or a negative errno, with the verdict, reason and cause of the object's answer.
 * Free with kvet_elf_deinit() in any case. */
int kvet_elf_parse(struct kvet_elf *elf, char *bytes, size_t size, struct kvet_object *answer);
/* The same, also of the other byte order: elf_edit.h is not for that. */
int kvet_elf_parse_any(struct kvet_elf *elf, char *bytes, size_t size, struct kvet_object *answer);
void kvet_elf_deinit(struct kvet_elf *elf);

/* "" for a number that is no section's. */
const char *kvet_elf_section_name(const struct kvet_elf *elf, size_t section);

/* The bytes of a section, or NULL. */
const void *kvet_elf_bytes_of(const struct kvet_elf *elf, size_t section, size_t *size);

/* The bytes of the first section of this name, or NULL. */
const void *kvet_elf_section_bytes(const struct kvet_elf *elf, const char *name, size_t *size);

/* Whether any code or data refers to a symbol that the file defines under this name. */
bool kvet_elf_refers(const struct kvet_elf *elf, const char *symbol);

/* Whether the code of a function, or of one that it calls, refers to an extern of this name or a
 * map of this name. */
bool kvet_elf_uses(const struct kvet_elf *elf, const struct kvet_elf_function *function,
		   const char *symbol);

/* The function of this name, or NULL. */
const struct kvet_elf_function *kvet_elf_function_named(const struct kvet_elf *elf,
							const char *name);

/* Whether the file has an extern of this name; whether all that refers to it is weak. */
bool kvet_elf_has_extern(const struct kvet_elf *elf, const char *symbol, bool *weak);

#endif
