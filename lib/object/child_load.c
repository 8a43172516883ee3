/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "object/child_load.h"
#include "object/elf_edit.h"
#include "object/kernel_btf_read.h"
#include "object/legacy_maps.h"
#include "object/object_load.h"

static bool list_programs(struct kvet_child *child)
{
	for (size_t i = 0; i < child->elf.function_count; i++) {
		const struct kvet_elf_function *function = &child->elf.functions[i];
		struct kvet_child_program *program;

		if (!function->program)
			continue;
		if (!ARRAY_MORE(child->programs, child->program_count))
			return false;
		program = &child->programs[child->program_count++];
		*program = (struct kvet_child_program){
			.function = function,
			.section = kvet_elf_section_name(&child->elf, function->section),
		};
		program->section += *program->section == '?';
		kvet_section_parse(program->section, &program->parsed);
	}
	return true;
}

/* An object of functions in .text only: its loader says what they are. */
static void list_untyped(struct kvet_child *child)
{
	for (size_t i = 0; i < child->elf.function_count; i++) {
		const struct kvet_elf_function *function = &child->elf.functions[i];
		struct kvet_child_program program = { .function = function };

		kvet_child_block(child, &program, KVET_OBJECT_PLACEHOLDER, 0, "",
				 "it is in .text, so the loader sets its program type");
	}
}

/* What its section names in the kernel's BTF; false: nothing. */
static bool want(const struct kvet_section *section, struct kvet_btf_wanted *wanted)
{
	bool raw = section->kind == KVET_TARGET_RAW_TRACEPOINT;

	if (!section->target || (!raw && !section->btf_prefix))
		return false;
	snprintf(wanted->name, sizeof(wanted->name), "%s%s",
		 raw ? "btf_trace_" : section->btf_prefix, section->target);
	wanted->is_typedef = raw || section->btf_typedef;
	return true;
}

static void find_targets(struct kvet_child *child)
{
	struct kvet_btf_wanted *wanted = calloc(child->program_count + 1, sizeof(*wanted));
	size_t count = 0, n = 0;

	for (size_t i = 0; i < child->program_count && wanted; i++)
		count += want(&child->programs[i].parsed, &wanted[count]);
	child->has_btf = count && !kvet_object_btf_find(wanted, count, NULL);
	for (size_t i = 0; i < child->program_count && child->has_btf; i++) {
		struct kvet_btf_wanted ignored;

		if (!want(&child->programs[i].parsed, &ignored))
			continue;
		child->programs[i].btf_id = wanted[n].id;
		child->programs[i].btf_module = wanted[n].module;
		child->programs[i].btf_arguments = wanted[n++].arguments;
	}
	free(wanted);
}

/* What old compilers wrote is made such that libbpf reads it. */
static bool read_object(struct kvet_child *child, char *bytes, size_t size,
			struct kvet_object *answer)
{
	char *converted;

	if (kvet_elf_parse(&child->elf, bytes, size, answer))
		return false;
	if (kvet_elf_type_functions(&child->elf)) {
		kvet_elf_deinit(&child->elf);
		if (kvet_elf_parse(&child->elf, bytes, size, answer))
			return false;
	}
	converted = kvet_legacy_maps_convert(&child->elf, &size);
	if (!converted)
		return true;
	kvet_elf_deinit(&child->elf);
	return !kvet_elf_parse(&child->elf, converted, size, answer);
}

_Noreturn void kvet_child_run(struct kvet_child *child, char *bytes, size_t size)
{
	struct kvet_object answer = { .verdict = KVET_YES };

	kvet_child_words_open(child);
	child->log = malloc(KVET_CHILD_LOG_SIZE + 1);
	if (!child->log || !read_object(child, bytes, size, &answer) || !list_programs(child)) {
		kvet_child_send(child, KVET_MESSAGE_OBJECT, &answer, sizeof(answer));
		kvet_child_end(0);
	}
	find_targets(child);
	if (child->program_count)
		kvet_object_load(child);
	else
		list_untyped(child);
	kvet_child_send(child, KVET_MESSAGE_END, NULL, 0);
	kvet_child_end(0);
}
