/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A BPF object of either byte order, in that of this host: its instructions, its types, its CO-RE
 * relocations and externs. Nothing of it is loaded. Pure.
 */
#ifndef KVET_OBJECT_IMAGE_H
#define KVET_OBJECT_IMAGE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/btf.h"
#include "object/core_resolve.h"
#include "object/elf.h"

enum {
	KVET_MARK_INVALID = 1 << 0, /* its relocation failed, so that the verifier refuses it */
	KVET_MARK_LIVE = 1 << 1,    /* it may be reached */
};

/* An executable section. */
struct kvet_image_code {
	size_t section;
	struct bpf_insn *insns;
	size_t count;
	uint8_t *marks;
	/* By instruction: what it refers to, or NULL. */
	const struct kvet_elf_reference **references;
};

struct kvet_image_relocation {
	struct kvet_image_code *code;
	size_t index;     /* of the instruction */
	uint32_t section; /* the name of its section, in the strings of .BTF */
	struct bpf_core_relo record;
	int errnum; /* positive: libbpf refuses the object for it */
	bool invalid;
	struct kvet_core_value value;
	size_t first; /* the index of the first with the same type, path and outcome */
};

enum kvet_extern_kind {
	KVET_EXTERN_KFUNC,
	KVET_EXTERN_VARIABLE, /* with a type: found in BTF */
	KVET_EXTERN_SYMBOL,   /* without: found in the symbol table */
	KVET_EXTERN_KCONFIG,
	KVET_EXTERN_OTHER, /* the object has no types, or another file defines it */
};

struct kvet_image_extern {
	const char *name;
	enum kvet_extern_kind kind;
	uint32_t type; /* of a kfunc its prototype, else the variable's type; 0: not known */
	bool weak;
	/* What the kernel has of it; at first undetermined. */
	enum kvet_verdict present;
	bool has_value; /* of an option of the kernel's configuration */
	uint64_t value;
};

struct kvet_image {
	struct kvet_elf elf;
	struct kvet_btf *btf; /* NULL: the object has none that can be read */
	char *types;          /* the bytes of that */
	char *ext;            /* of .BTF.ext, NULL: none */
	size_t ext_size;
	struct kvet_image_code *codes;
	size_t code_count;
	struct kvet_image_relocation *relocations;
	size_t relocation_count;
	struct kvet_image_extern *externs;
	size_t extern_count;
};

/* The bytes must outlive it. Returns 0; or a negative errno, with the object's answer as
 * kvet_elf_parse() fills it. Free with kvet_image_deinit() in any case. */
int kvet_image_read(struct kvet_image *image, char *bytes, size_t size, struct kvet_object *answer);
void kvet_image_deinit(struct kvet_image *image);

/* Writes into the instructions what their relocations come to on this kernel. Errors: -ENOMEM. */
int kvet_image_relocate(struct kvet_image *image, const struct kvet_core_kernel *kernel,
			struct kvet_cause *err);

/* The code of a section, the function at a place in one, the extern of a name; or NULL. */
struct kvet_image_code *kvet_image_code_of(const struct kvet_image *image, size_t section);
const struct kvet_elf_function *kvet_image_function_at(const struct kvet_image *image,
						       size_t section, uint64_t offset);
struct kvet_image_extern *kvet_image_extern_named(const struct kvet_image *image, const char *name);

/* The size of its type in bytes, or a negative errno. */
long kvet_image_extern_size(const struct kvet_image *image, const struct kvet_image_extern *item);

/* The function that an instruction calls or takes the address of, or NULL. */
const struct kvet_elf_function *kvet_image_called(const struct kvet_image *image,
						  const struct kvet_image_code *code, size_t index);

/* "FILE:LINE" of an instruction, or "". */
void kvet_image_source(const struct kvet_image *image, const struct kvet_image_code *code,
		       size_t index, char *buf, size_t size);

/* Of a map whose type the object does not say where it can be read. */
#define KVET_IMAGE_MAP_UNKNOWN INT32_MAX

/* The type of a map, by what the object says of it under this name (.maps) or at this place
 * (maps); KVET_IMAGE_MAP_UNKNOWN; -1: it is no map. */
long kvet_image_map_type(const struct kvet_image *image,
			 const struct kvet_elf_reference *reference);

/* The type of the maps that a map of maps holds; -1: the object does not say it, or it is none. */
long kvet_image_inner_type(const struct kvet_image *image,
			   const struct kvet_elf_reference *reference);

/* The name of the type of a struct of operations that the object has, by number; NULL: no more. */
const char *kvet_image_operations(const struct kvet_image *image, size_t number);

/* The variable or function of this name in the section of BTF of that name; 0: none. */
uint32_t kvet_image_variable(const struct kvet_image *image, const char *section, const char *name);

#endif
