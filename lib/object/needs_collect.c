/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs need: a walk through their instructions and those of the functions that they call.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "object/core_relocation.h"
#include "object/needs.h"
#include "probe/privilege.h"

/* The functions of a hostile object may call each other such that each program has all code. */
#define WORK_MOST  ((size_t)200000000)
#define ITEMS_MOST ((size_t)4000000)

struct walk {
	const struct kvet_image *image;
	const struct kvet_elf_function *program;
	struct kvet_needs_list *list;
	bool live;  /* only through live code */
	bool *seen; /* by function */
	const struct kvet_elf_function **waiting;
	size_t waiting_count;
};

static bool add(struct walk *walk, enum kvet_object_need_kind kind, uint64_t key,
		const struct kvet_image_code *code, size_t index)
{
	struct kvet_needs_list *list = walk->list;

	if (!ARRAY_MORE(list->items, list->count))
		return false;
	list->items[list->count++] = (struct kvet_needs_item){ .program = walk->program,
							       .kind = kind,
							       .key = key,
							       .live = walk->live,
							       .code = code,
							       .index = index };
	return true;
}

static bool add_reference(struct walk *walk, const struct kvet_image_code *code, size_t index)
{
	const struct kvet_elf_reference *reference = code->references[index];
	const struct kvet_image *image = walk->image;
	const struct kvet_image_extern *item;
	long type;

	if (reference->symbol_section) {
		type = kvet_image_map_type(image, reference);
		if (type >= 0 && !add(walk, KVET_NEED_MAP_TYPE, (uint64_t)type, code, index))
			return false;
		type = kvet_image_inner_type(image, reference);
		return type < 0 || add(walk, KVET_NEED_MAP_TYPE, (uint64_t)type, code, index);
	}
	item = kvet_image_extern_named(image, reference->symbol);
	if (!item || item->kind == KVET_EXTERN_OTHER)
		return true;
	return add(walk,
		   item->kind == KVET_EXTERN_KCONFIG ? KVET_NEED_KCONFIG
		   : item->kind == KVET_EXTERN_KFUNC ? KVET_NEED_KFUNC
						     : KVET_NEED_KSYM,
		   (uint64_t)(item - image->externs), code, index);
}

static void visit(struct walk *walk, const struct kvet_elf_function *function)
{
	bool *seen = function ? &walk->seen[function - walk->image->elf.functions] : NULL;

	if (!function || *seen)
		return;
	*seen = true;
	walk->waiting[walk->waiting_count++] = function;
}

/* And what the kernel requires for it beside its type. */
static bool add_helper(struct walk *walk, int helper, const struct kvet_image_code *code,
		       size_t index)
{
	return add(walk, KVET_NEED_HELPER, (uint32_t)helper, code, index) &&
	       (helper != BPF_FUNC_probe_write_user ||
		add(walk, KVET_NEED_CAPABILITY, CAP_SYS_ADMIN, code, index));
}

static bool walk_function(struct walk *walk, const struct kvet_elf_function *function)
{
	const struct kvet_image_code *code = kvet_image_code_of(walk->image, function->section);
	size_t end = function->end / sizeof(struct bpf_insn);

	for (size_t i = function->start / sizeof(struct bpf_insn);
	     code && i < end && i < code->count; i++) {
		const struct bpf_insn *insn = &code->insns[i];
		bool is_wide = insn->code == (BPF_LD | BPF_IMM | BPF_DW);

		walk->list->work++;
		if (walk->live && !(code->marks[i] & KVET_MARK_LIVE))
			continue;
		if (code->references[i] && !add_reference(walk, code, i))
			return false;
		if (insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg && !code->references[i] &&
		    !add_helper(walk, insn->imm, code, i))
			return false;
		visit(walk, kvet_image_called(walk->image, code, i));
		i += is_wide;
	}
	return true;
}

static int compare_relocations(const void *a, const void *b)
{
	const struct kvet_image_relocation *first = *(const struct kvet_image_relocation *const *)a;
	const struct kvet_image_relocation *second =
		*(const struct kvet_image_relocation *const *)b;

	if (first->code != second->code)
		return first->code < second->code ? -1 : 1;
	return first->index < second->index ? -1 : first->index > second->index;
}

/* Questions, such as bpf_core_field_exists(), need nothing. */
static bool is_question(const struct kvet_image_relocation *item)
{
	switch ((unsigned int)item->record.kind) {
	case BPF_CORE_FIELD_EXISTS:
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_SIZE:
	case BPF_CORE_TYPE_ID_LOCAL:
	case BPF_CORE_TYPE_ID_TARGET:
	case BPF_CORE_ENUMVAL_EXISTS:
	case KVET_CORE_TYPE_MATCHES:
		return !item->errnum;
	default:
		return false;
	}
}

static bool add_relocations(struct walk *walk, struct kvet_image_relocation *const *sorted,
			    const struct kvet_elf_function *function)
{
	const struct kvet_image *image = walk->image;
	const struct kvet_image_relocation key = {
		.code = kvet_image_code_of(image, function->section),
		.index = function->start / sizeof(struct bpf_insn),
	};
	const struct kvet_image_relocation *wanted = &key;
	size_t low = 0, high = image->relocation_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_relocations(&sorted[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < image->relocation_count; low++) {
		const struct kvet_image_relocation *item = sorted[low];

		if (item->code != key.code ||
		    item->index >= function->end / sizeof(struct bpf_insn))
			break;
		walk->list->work++;
		/* For one that it refuses, libbpf refuses the object, dead or not. */
		if (is_question(item) || (walk->live && !item->errnum &&
					  !(item->code->marks[item->index] & KVET_MARK_LIVE)))
			continue;
		if (!add(walk, KVET_NEED_RELOCATION, item->first, item->code, item->index))
			return false;
	}
	return true;
}

static int walk_program(struct walk *walk, struct kvet_image_relocation *const *sorted,
			struct kvet_cause *err)
{
	memset(walk->seen, 0, walk->image->elf.function_count * sizeof(*walk->seen));
	visit(walk, walk->program);
	while (walk->waiting_count) {
		const struct kvet_elf_function *function = walk->waiting[--walk->waiting_count];

		if (!walk_function(walk, function) || !add_relocations(walk, sorted, function))
			return kvet_fail_memory(err);
		if (walk->list->work > WORK_MOST || walk->list->count > ITEMS_MOST)
			return kvet_reject(err, E2BIG, "ELF",
					   "the object has too much code for its programs");
	}
	return 0;
}

/* --- each once -------------------------------------------------------------------------------- */

/* The live one of two first, then the first in the code. */
static int compare(const void *a, const void *b)
{
	const struct kvet_needs_item *first = a, *second = b;

	if (first->program != second->program)
		return first->program < second->program ? -1 : 1;
	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	if (first->key != second->key)
		return first->key < second->key ? -1 : 1;
	if (first->live != second->live)
		return first->live ? -1 : 1;
	if (first->code != second->code)
		return first->code < second->code ? -1 : 1;
	return first->index < second->index ? -1 : first->index > second->index;
}

static void keep_one_each(struct kvet_needs_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || list->items[i].program != list->items[kept - 1].program ||
		    list->items[i].kind != list->items[kept - 1].kind ||
		    list->items[i].key != list->items[kept - 1].key)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

/* --- all programs ----------------------------------------------------------------------------- */

static bool add_capabilities(struct walk *walk, uint32_t type)
{
	for (const int *list = kvet_privilege_needed((int)type); *list >= 0; list++)
		if (!add(walk, KVET_NEED_CAPABILITY, (uint64_t)*list, NULL, 0))
			return false;
	return true;
}

static bool add_section(struct walk *walk)
{
	const char *name = kvet_elf_section_name(&walk->image->elf, walk->program->section);
	struct kvet_section section;

	kvet_section_parse(name + (*name == '?'), &section);
	return add(walk, KVET_NEED_PROGRAM_TYPE, section.type, NULL, 0) &&
	       (!section.attach || add(walk, KVET_NEED_ATTACH_TYPE, section.attach, NULL, 0)) &&
	       (!section.known || section.kind == KVET_TARGET_NONE ||
		add(walk, KVET_NEED_TARGET, 0, NULL, 0)) &&
	       (!section.known || add_capabilities(walk, section.type));
}

static int collect(struct walk *walk, struct kvet_image_relocation *const *sorted,
		   struct kvet_cause *err)
{
	const struct kvet_elf *elf = &walk->image->elf;
	int ret = 0;

	for (size_t i = 0; i < elf->function_count && !ret; i++) {
		walk->program = &elf->functions[i];
		if (!walk->program->program)
			continue;
		walk->live = true;
		if (!add_section(walk))
			return kvet_fail_memory(err);
		ret = walk_program(walk, sorted, err);
		walk->live = false;
		if (!ret)
			ret = walk_program(walk, sorted, err);
	}
	return ret;
}

int kvet_needs_collect(struct kvet_needs_list *list, const struct kvet_image *image,
		       struct kvet_cause *err)
{
	size_t functions = image->elf.function_count, relocations = image->relocation_count;
	struct kvet_image_relocation **sorted = calloc(relocations + 1, sizeof(*sorted));
	struct walk walk = {
		.image = image,
		.list = list,
		.seen = calloc(functions + 1, sizeof(*walk.seen)),
		.waiting = calloc(functions + 1, sizeof(*walk.waiting)),
	};
	int ret;

	for (size_t i = 0; i < relocations && sorted; i++)
		sorted[i] = &image->relocations[i];
	if (sorted)
		qsort(sorted, relocations, sizeof(struct kvet_image_relocation *),
		      compare_relocations);
	ret = sorted && walk.seen && walk.waiting ? collect(&walk, sorted, err)
						  : kvet_fail_memory(err);
	if (!ret)
		keep_one_each(list);
	free(sorted);
	free(walk.seen);
	free(walk.waiting);
	return ret;
}
