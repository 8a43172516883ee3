/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an object needs: collected from its image, then held against a kernel. */
#ifndef KVET_OBJECT_NEEDS_H
#define KVET_OBJECT_NEEDS_H

#include <kvet/ksyms.h>
#include <kvet/object.h>

#include "object/image.h"
#include "object/section.h"

/* A kernel as files describe it. */
struct kvet_needs_kernel {
	const struct kvet_host *host; /* NULL: another kernel's than this host's */
	const char *name;             /* "this kernel", or its file */
	struct kvet_core_kernel core;
	struct kvet_btf **btfs; /* NULL: they cannot be read */
	size_t btf_count;
	struct kvet_btf_bytes bytes; /* of a file */
	struct kvet_cause btf_cause;
	struct kvet_ksyms *symbols; /* NULL: there are none */
	struct kvet_cause symbols_cause;
	uint32_t version; /* LINUX_VERSION_CODE; 0: not known */
};

/* Touches the kernel: reads its BTF, or the files. Errors: those of kvet_object_needs_read(). Free
 * with kvet_needs_kernel_deinit() in any case. */
int kvet_needs_kernel_read(struct kvet_needs_kernel *kernel, const struct kvet_host *host,
			   const struct kvet_object_kernel *files, struct kvet_cause *err);
void kvet_needs_kernel_deinit(struct kvet_needs_kernel *kernel);

/* The symbol table, read when it is first asked for; NULL with the cause in symbols_cause. */
struct kvet_ksyms *kvet_needs_symbols_read(struct kvet_needs_kernel *kernel);

/* What the kernel has of each extern. Reads the host's configuration. */
void kvet_needs_externs_read(struct kvet_image *image, struct kvet_needs_kernel *kernel);

/* Something that a program's code needs, before it has a name. */
struct kvet_needs_item {
	const struct kvet_elf_function *program;
	enum kvet_object_need_kind kind;
	uint64_t key; /* a helper's number, a map's type, an index of externs or relocations */
	bool live;
	const struct kvet_image_code *code;
	size_t index;
};

struct kvet_needs_list {
	struct kvet_needs_item *items;
	size_t count;
	size_t work; /* instructions looked at */
};

/* What the code of each program needs, each thing once: first its type, attach type and target.
 * Pure. Errors: -ENOMEM; -E2BIG. */
int kvet_needs_collect(struct kvet_needs_list *list, const struct kvet_image *image,
		       struct kvet_cause *err);

/* Names a thing, and says whether the kernel has it. */
void kvet_needs_judge(struct kvet_object_need *need, const struct kvet_needs_item *item,
		      const struct kvet_image *image, struct kvet_needs_kernel *kernel);

/* The part for the target that a section names. */
void kvet_needs_judge_target(struct kvet_object_need *need, const struct kvet_section *section,
			     const struct kvet_image *image, struct kvet_needs_kernel *kernel);

/* The first type of this kind and name in any BTF of the kernel; NULL if there is none. *btf may be
 * NULL. */
const struct btf_type *kvet_needs_type(const struct kvet_needs_kernel *kernel, uint32_t kind,
				       const char *name, const struct kvet_btf **btf, uint32_t *id);

/* Whether the kernel has a function of this name, by its BTF or its symbols. */
bool kvet_needs_has_function(struct kvet_needs_kernel *kernel, const char *name);

/* Fills the verdict of a need that is no yes. */
__attribute__((format(printf, 4, 5))) void kvet_needs_refuse(struct kvet_object_need *need,
							     enum kvet_verdict verdict,
							     enum kvet_object_reason reason,
							     const char *words, ...);

#endif
