/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is found in an image once it is read. */
#include <byteswap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/btf_ext.h"
#include "object/core_types.h"
#include "object/image.h"

struct kvet_image_code *kvet_image_code_of(const struct kvet_image *image, size_t section)
{
	size_t low = 0, high = image->code_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->codes[middle].section == section)
			return &image->codes[middle];
		if (image->codes[middle].section < section)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct kvet_elf_function *kvet_image_function_at(const struct kvet_image *image,
						       size_t section, uint64_t offset)
{
	const struct kvet_elf_function *functions = image->elf.functions;
	size_t low = 0, high = image->elf.function_count;

	/* The last one that does not begin after it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (functions[middle].section < section ||
		    (functions[middle].section == section && functions[middle].start <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	return low && functions[low - 1].section == section && offset < functions[low - 1].end
		       ? &functions[low - 1]
		       : NULL;
}

const struct kvet_elf_function *kvet_image_called(const struct kvet_image *image,
						  const struct kvet_image_code *code, size_t index)
{
	const struct kvet_elf_reference *reference = code->references[index];
	const struct bpf_insn *insn = &code->insns[index];
	uint64_t ahead = ((uint64_t)(int64_t)insn->imm + 1) * sizeof(*insn);
	bool is_call = insn->code == (BPF_JMP | BPF_CALL);

	if (reference && reference->symbol_section)
		return kvet_image_function_at(
			image, reference->symbol_section,
			reference->value + (is_call ? ahead : (uint64_t)(int64_t)insn->imm));
	if (reference || !is_call || insn->src_reg != BPF_PSEUDO_CALL)
		return NULL;
	/* Within a section, a call has no relocation. */
	return kvet_image_function_at(image, code->section, index * sizeof(*insn) + ahead);
}

long kvet_image_extern_size(const struct kvet_image *image, const struct kvet_image_extern *item)
{
	return kvet_core_size(image->btf, item->type, 8);
}

/* --- source lines ----------------------------------------------------------------------------- */

struct search {
	const struct kvet_image *image;
	const char *section;
	uint64_t offset;
	struct bpf_line_info best;
	bool found;
};

/* The last line before the instruction. */
static bool look(void *context, uint32_t section, const void *record)
{
	struct search *search = context;
	struct bpf_line_info line;

	memcpy(&line, record, sizeof(line));
	if (line.insn_off > search->offset ||
	    (search->found && line.insn_off < search->best.insn_off) ||
	    strcmp(kvet_core_name(search->image->btf, section), search->section) != 0)
		return false;
	search->best = line;
	search->found = true;
	return false;
}

void kvet_image_source(const struct kvet_image *image, const struct kvet_image_code *code,
		       size_t index, char *buf, size_t size)
{
	struct search search = {
		.image = image,
		.section = kvet_elf_section_name(&image->elf, code->section),
		.offset = index * sizeof(struct bpf_insn),
	};
	const char *file, *slash;

	*buf = '\0';
	if (!image->btf || !image->ext)
		return;
	kvet_btf_ext_visit(image->ext, image->ext_size, KVET_BTF_EXT_LINES,
			   sizeof(struct bpf_line_info), look, &search);
	if (!search.found)
		return;
	file = kvet_core_name(image->btf, search.best.file_name_off);
	slash = strrchr(file, '/');
	snprintf(buf, size, "%s:%u", slash ? slash + 1 : file,
		 BPF_LINE_INFO_LINE_NUM(search.best.line_col));
}

/* --- maps ------------------------------------------------------------------------------------- */

/* __uint(type, N): a pointer to an array of N. */
static long number_in(const struct kvet_btf *btf, uint32_t map, const char *name)
{
	const struct btf_type *type;
	struct kvet_btf_member member;

	if (!kvet_btf_member(btf, kvet_btf_resolve(btf, map), name, &member))
		return -1;
	type = kvet_btf_type(btf, kvet_btf_resolve(btf, member.type));
	type = type && btf_is_ptr(type) ? kvet_btf_type(btf, kvet_btf_resolve(btf, type->type))
					: NULL;
	return type && btf_is_array(type) ? (long)btf_array(type)->nelems : -1;
}

/* The variables of a section of BTF; NULL: it has none. */
static const struct btf_type *variables(const struct kvet_image *image, const char *section)
{
	return image->btf ? kvet_btf_type(image->btf,
					  kvet_btf_find(image->btf, BTF_KIND_DATASEC, section))
			  : NULL;
}

uint32_t kvet_image_variable(const struct kvet_image *image, const char *section, const char *name)
{
	const struct btf_type *all = variables(image, section);

	for (uint32_t i = 0; all && i < BTF_INFO_VLEN(all->info); i++) {
		uint32_t id = btf_var_secinfos(all)[i].type;
		const struct btf_type *type = kvet_btf_type(image->btf, id);

		if (type && !strcmp(kvet_core_name(image->btf, type->name_off), name))
			return id;
	}
	return 0;
}

const char *kvet_image_operations(const struct kvet_image *image, size_t number)
{
	static const char *const sections[] = { ".struct_ops", ".struct_ops.link" };

	for (size_t i = 0; i < 2; i++) {
		const struct btf_type *all = variables(image, sections[i]), *type;
		size_t count = all ? BTF_INFO_VLEN(all->info) : 0;

		if (number >= count) {
			number -= count;
			continue;
		}
		type = kvet_btf_type(image->btf, btf_var_secinfos(all)[number].type);
		type = type ? kvet_btf_type(image->btf, kvet_btf_resolve(image->btf, type->type))
			    : NULL;
		return type ? kvet_core_name(image->btf, type->name_off) : "";
	}
	return NULL;
}

/* By the name of the variable: LLVM leaves places in sections to the linker. A static map has none
 * in its reference. */
static uint32_t map_of(const struct kvet_image *image, const struct kvet_elf_reference *reference)
{
	const struct btf_type *all = variables(image, ".maps"), *type;
	uint32_t id = kvet_image_variable(image, ".maps", reference->symbol);

	for (uint32_t i = 0; !*reference->symbol && all && i < BTF_INFO_VLEN(all->info); i++)
		if (btf_var_secinfos(all)[i].offset == reference->value)
			id = btf_var_secinfos(all)[i].type;
	type = kvet_btf_type(image->btf, id);
	return type ? type->type : 0;
}

static long legacy_type(const struct kvet_image *image, const struct kvet_elf_reference *reference)
{
	size_t size;
	const char *bytes = kvet_elf_bytes_of(&image->elf, reference->symbol_section, &size);
	uint32_t type;

	if (!bytes || size < sizeof(type) || reference->value > size - sizeof(type))
		return KVET_IMAGE_MAP_UNKNOWN;
	memcpy(&type, bytes + reference->value, sizeof(type));
	return image->elf.other_order ? bswap_32(type) : type;
}

/* __array(values, struct inner): an array of pointers to a map. Programs have such an array too, of
 * functions. 0: it has none. */
static uint32_t inner_of(const struct kvet_btf *btf, uint32_t map)
{
	const struct btf_type *type;
	struct kvet_btf_member member;
	uint32_t id;

	if (!kvet_btf_member(btf, kvet_btf_resolve(btf, map), "values", &member))
		return 0;
	type = kvet_btf_type(btf, kvet_btf_resolve(btf, member.type));
	type = type && btf_is_array(type)
		       ? kvet_btf_type(btf, kvet_btf_resolve(btf, btf_array(type)->type))
		       : NULL;
	if (!type || !btf_is_ptr(type))
		return 0;
	id = kvet_btf_resolve(btf, type->type);
	type = kvet_btf_type(btf, id);
	return type && btf_is_struct(type) ? id : 0;
}

long kvet_image_inner_type(const struct kvet_image *image,
			   const struct kvet_elf_reference *reference)
{
	const char *name = kvet_elf_section_name(&image->elf, reference->symbol_section);
	uint32_t inner;

	if (strcmp(name, ".maps") != 0 || !image->btf)
		return -1;
	inner = inner_of(image->btf, map_of(image, reference));
	return inner ? number_in(image->btf, inner, "type") : -1;
}

long kvet_image_map_type(const struct kvet_image *image, const struct kvet_elf_reference *reference)
{
	const char *name = kvet_elf_section_name(&image->elf, reference->symbol_section);
	long type;

	if (!strcmp(name, "maps"))
		return legacy_type(image, reference);
	if (!strncmp(name, ".data", 5) || !strncmp(name, ".bss", 4) || !strncmp(name, ".rodata", 7))
		return BPF_MAP_TYPE_ARRAY;
	if (strcmp(name, ".maps") != 0)
		return -1;
	type = image->btf ? number_in(image->btf, map_of(image, reference), "type") : -1;
	return type < 0 ? KVET_IMAGE_MAP_UNKNOWN : type;
}
