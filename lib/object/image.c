/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "object/btf_ext.h"
#include "object/byte_order.h"
#include "object/core_types.h"
#include "object/image.h"

/* --- what is in the file ---------------------------------------------------------------------- */

/* A copy of a section's bytes, aligned; NULL: there is none. */
static char *copy_section(const struct kvet_elf *elf, const char *name, size_t *size, bool *failed)
{
	const void *bytes = kvet_elf_section_bytes(elf, name, size);
	char *copy = bytes && *size ? malloc(*size) : NULL;

	if (copy)
		memcpy(copy, bytes, *size);
	*failed = *failed || (bytes && *size && !copy);
	return copy;
}

static bool read_types(struct kvet_image *image)
{
	bool failed = false;
	size_t size = 0;

	image->types = copy_section(&image->elf, ".BTF", &size, &failed);
	image->ext = copy_section(&image->elf, ".BTF.ext", &image->ext_size, &failed);
	if (image->types && kvet_btf_is_swapped(image->types, size))
		kvet_btf_swap(image->types, size, false);
	if (image->ext && kvet_btf_is_swapped(image->ext, image->ext_size))
		kvet_btf_swap(image->ext, image->ext_size, true);
	if (failed)
		return false;
	/* Without them, all code counts as live and no relocation is known. */
	if (image->types &&
	    kvet_btf_new(&image->btf, NULL, image->types, size, ".BTF", NULL) == -ENOMEM)
		return false;
	return true;
}

static bool add_code(struct kvet_image *image, size_t section)
{
	struct kvet_image_code *code;
	const void *bytes;
	size_t size;

	bytes = kvet_elf_bytes_of(&image->elf, section, &size);
	if (!bytes || !ARRAY_MORE(image->codes, image->code_count))
		return !bytes;
	code = &image->codes[image->code_count++];
	*code = (struct kvet_image_code){ .section = section,
					  .count = size / sizeof(*code->insns) };
	code->insns = calloc(code->count + 1, sizeof(*code->insns));
	code->marks = calloc(code->count + 1, 1);
	code->references = calloc(code->count + 1, sizeof(*code->references));
	if (!code->insns || !code->marks || !code->references)
		return false;
	memcpy(code->insns, bytes, code->count * sizeof(*code->insns));
	if (image->elf.other_order)
		kvet_instructions_swap(code->insns, code->count);
	return true;
}

/* The functions are in the order of their sections. */
static bool read_code(struct kvet_image *image)
{
	const struct kvet_elf *elf = &image->elf;

	for (size_t i = 0; i < elf->function_count; i++)
		if ((!i || elf->functions[i].section != elf->functions[i - 1].section) &&
		    !add_code(image, elf->functions[i].section))
			return false;
	for (size_t i = 0; i < elf->reference_count; i++) {
		const struct kvet_elf_reference *reference = &elf->references[i];
		struct kvet_image_code *code = kvet_image_code_of(image, reference->section);
		uint64_t index = reference->offset / sizeof(struct bpf_insn);

		if (code && index < code->count)
			code->references[index] = reference;
	}
	return true;
}

/* --- externs ---------------------------------------------------------------------------------- */

static void classify_extern(const struct kvet_image *image, struct kvet_image_extern *item)
{
	uint32_t id = kvet_image_variable(image, ".kconfig", item->name);
	const struct btf_type *type;

	item->kind = id ? KVET_EXTERN_KCONFIG : KVET_EXTERN_OTHER;
	if (!id)
		id = kvet_image_variable(image, ".ksyms", item->name);
	if (!id)
		return;
	type = kvet_btf_type(image->btf, id);
	item->type = type->type;
	if (item->kind == KVET_EXTERN_KCONFIG)
		return;
	if (btf_is_func(type))
		item->kind = KVET_EXTERN_KFUNC;
	else
		item->kind = kvet_btf_resolve(image->btf, type->type) ? KVET_EXTERN_VARIABLE
								      : KVET_EXTERN_SYMBOL;
}

static int compare_externs(const void *a, const void *b)
{
	const struct kvet_image_extern *first = a, *second = b;

	return strcmp(first->name, second->name);
}

static bool read_externs(struct kvet_image *image)
{
	size_t kept = 0;

	for (size_t i = 0; i < image->elf.reference_count; i++) {
		const struct kvet_elf_reference *reference = &image->elf.references[i];

		if (reference->symbol_section || !*reference->symbol)
			continue;
		if (!ARRAY_MORE(image->externs, image->extern_count))
			return false;
		image->externs[image->extern_count++] =
			(struct kvet_image_extern){ .name = reference->symbol,
						    .weak = reference->weak,
						    .present = KVET_UNDETERMINED };
	}
	if (image->extern_count)
		qsort(image->externs, image->extern_count, sizeof(*image->externs),
		      compare_externs);
	for (size_t i = 0; i < image->extern_count; i++) {
		if (kept && !strcmp(image->externs[kept - 1].name, image->externs[i].name))
			continue;
		image->externs[kept] = image->externs[i];
		classify_extern(image, &image->externs[kept++]);
	}
	image->extern_count = kept;
	return true;
}

struct kvet_image_extern *kvet_image_extern_named(const struct kvet_image *image, const char *name)
{
	const struct kvet_image_extern key = { .name = name };

	return image->extern_count ? bsearch(&key, image->externs, image->extern_count, sizeof(key),
					     compare_externs)
				   : NULL;
}

/* --- relocations ------------------------------------------------------------------------------ */

struct reading {
	struct kvet_image *image;
	bool failed;
};

static struct kvet_image_code *code_named(const struct kvet_image *image, const char *name)
{
	for (size_t i = 0; i < image->code_count; i++)
		if (!strcmp(kvet_elf_section_name(&image->elf, image->codes[i].section), name))
			return &image->codes[i];
	return NULL;
}

static bool add_relocation(void *context, uint32_t section, const void *record)
{
	struct reading *reading = context;
	struct kvet_image *image = reading->image;
	struct kvet_image_relocation item = { 0 };

	memcpy(&item.record, record, sizeof(item.record));
	item.index = item.record.insn_off / sizeof(struct bpf_insn);
	if (image->relocation_count &&
	    image->relocations[image->relocation_count - 1].section == section)
		item.code = image->relocations[image->relocation_count - 1].code;
	else
		item.code = code_named(image, kvet_core_name(image->btf, section));
	item.section = section;
	if (!item.code || item.index >= item.code->count)
		return false;
	reading->failed = !ARRAY_MORE(image->relocations, image->relocation_count);
	if (!reading->failed)
		image->relocations[image->relocation_count++] = item;
	return reading->failed;
}

static bool read_relocations(struct kvet_image *image)
{
	struct reading reading = { image, false };

	if (image->btf && image->ext)
		kvet_btf_ext_visit(image->ext, image->ext_size, KVET_BTF_EXT_RELOCATIONS,
				   sizeof(struct bpf_core_relo), add_relocation, &reading);
	return !reading.failed;
}

static void relocate(struct kvet_image *image, const struct kvet_core_roots *roots,
		     const struct kvet_core_kernel *kernel, struct kvet_image_relocation *item)
{
	struct kvet_image_code *code = item->code;
	struct bpf_insn *insn = &code->insns[item->index];
	bool is_pair = insn->code == (BPF_LD | BPF_IMM | BPF_DW) && item->index + 1 < code->count;
	int ret = kvet_core_resolve(roots, image->btf, &item->record, kernel, &item->value);

	if (!ret)
		ret = kvet_core_patch(&item->value, insn, is_pair ? insn + 1 : NULL,
				      &item->invalid);
	item->errnum = -ret;
	if (ret || item->invalid)
		code->marks[item->index] |= KVET_MARK_INVALID;
}

static int compare_relocations(const void *a, const void *b)
{
	const struct kvet_image_relocation *first = *(const struct kvet_image_relocation *const *)a;
	const struct kvet_image_relocation *second =
		*(const struct kvet_image_relocation *const *)b;
	bool is_bad = first->invalid || first->errnum, other = second->invalid || second->errnum;

	if (first->record.type_id != second->record.type_id)
		return first->record.type_id < second->record.type_id ? -1 : 1;
	if (first->record.access_str_off != second->record.access_str_off)
		return first->record.access_str_off < second->record.access_str_off ? -1 : 1;
	if (is_bad != other)
		return is_bad ? -1 : 1;
	return 0;
}

/* Most of a program's relocations are for members that it reads again and again. */
static bool find_equal(struct kvet_image *image)
{
	struct kvet_image_relocation **sorted =
		calloc(image->relocation_count + 1, sizeof(*sorted));
	bool found = sorted;

	for (size_t i = 0; sorted && i < image->relocation_count; i++)
		sorted[i] = &image->relocations[i];
	if (sorted)
		qsort(sorted, image->relocation_count, sizeof(struct kvet_image_relocation *),
		      compare_relocations);
	for (size_t i = 0; sorted && i < image->relocation_count; i++)
		sorted[i]->first = i && !compare_relocations(&sorted[i - 1], &sorted[i])
					   ? sorted[i - 1]->first
					   : (size_t)(sorted[i] - image->relocations);
	free(sorted);
	return found;
}

int kvet_image_relocate(struct kvet_image *image, const struct kvet_core_kernel *kernel,
			struct kvet_cause *err)
{
	uint32_t *types = calloc(image->relocation_count + 1, sizeof(*types));
	struct kvet_core_roots roots = { 0 };
	int ret;

	if (!types)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < image->relocation_count; i++)
		types[i] = image->relocations[i].record.type_id;
	ret = kvet_core_roots_find(&roots, image->btf, types, image->relocation_count, kernel, err);
	for (size_t i = 0; i < image->relocation_count && !ret; i++)
		relocate(image, &roots, kernel, &image->relocations[i]);
	kvet_core_roots_deinit(&roots);
	free(types);
	return ret || find_equal(image) ? ret : kvet_fail_memory(err);
}

/* --- all -------------------------------------------------------------------------------------- */

int kvet_image_read(struct kvet_image *image, char *bytes, size_t size, struct kvet_object *answer)
{
	int ret;

	*image = (struct kvet_image){ 0 };
	ret = kvet_elf_parse_any(&image->elf, bytes, size, answer);
	if (ret)
		return ret;
	if (!read_types(image) || !read_code(image) || !read_externs(image) ||
	    !read_relocations(image))
		return kvet_fail_memory(&answer->cause);
	return 0;
}

void kvet_image_deinit(struct kvet_image *image)
{
	for (size_t i = 0; i < image->code_count; i++) {
		free(image->codes[i].insns);
		free(image->codes[i].marks);
		free(image->codes[i].references);
	}
	free(image->codes);
	free(image->relocations);
	free(image->externs);
	free(image->ext);
	kvet_btf_free(image->btf);
	free(image->types);
	kvet_elf_deinit(&image->elf);
	*image = (struct kvet_image){ 0 };
}
