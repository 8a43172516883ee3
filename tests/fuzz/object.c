/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The readers of a BPF object that are kvet's own: ELF, .BTF.ext, and the words of verifiers. */
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "object/context.h"
#include "object/core_relocation.h"
#include "object/core_types.h"
#include "object/elf_edit.h"
#include "object/fixed_offset.h"
#include "object/judge.h"
#include "object/legacy_maps.h"
#include "object/live_code.h"
#include "object/needs.h"
#include "object/target_read.h"
#include "object/trace.h"
#include "tests/fuzz/require.h"

/* A copy of the bytes, because names in it are changed. */
static void read_object(const char *bytes, size_t size)
{
	static struct kvet_object answer;
	char *copy = malloc(size + 1);
	struct kvet_elf elf;
	bool weak;

	require(copy != NULL);
	memcpy(copy, bytes, size);
	memset(&answer, 0, sizeof(answer));
	if (kvet_elf_parse(&elf, copy, size, &answer)) {
		require(*answer.cause.evidence);
		kvet_elf_deinit(&elf);
		free(copy);
		return;
	}
	for (size_t i = 0; i < elf.function_count; i++) {
		require(elf.functions[i].name && elf.functions[i].start < elf.functions[i].end);
		kvet_elf_uses(&elf, &elf.functions[i], "nothing");
	}
	for (size_t i = 0; i < elf.reference_count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s", elf.references[i].symbol);
		kvet_elf_refers(&elf, name);
		kvet_elf_has_extern(&elf, name, &weak);
		if (i < 4)
			kvet_elf_hide(&elf, name);
	}
	for (size_t i = 0; i < elf.function_count && i < 4; i++)
		kvet_elf_hide_function(&elf, &elf.functions[i]);
	kvet_elf_type_functions(&elf);
	free(kvet_legacy_maps_convert(&elf, &size));
	kvet_elf_deinit(&elf);
	free(copy);
}

static void read_words(const char *text)
{
	static const struct kvet_object_facts facts = { .lockdown = "none" };
	static struct kvet_object_evidence evidence;
	struct kvet_trace_end end;
	struct kvet_section section;
	int helper;

	memset(&evidence, 0, sizeof(evidence));
	evidence.outcome = KVET_OUTCOME_REFUSED;
	evidence.errnum = 22;
	snprintf(evidence.program.log, sizeof(evidence.program.log), "%s", text);
	kvet_object_judge(&evidence, &facts, &helper);
	require(evidence.program.load != KVET_YES && *evidence.program.cause.evidence);
	kvet_trace_end_read(text, &end);
	kvet_trace_processed(text);
	kvet_target_format_end(text);
	kvet_section_parse(text, &section);
	require(section.known || !section.target);
}

/* The instructions of an object, without its kernel and with one that has the object's own types:
 * what is live is found, and each program's needs. */
static void read_needs(const char *bytes, size_t size)
{
	static struct kvet_object answer;
	struct kvet_needs_kernel other = { .name = "fuzz" };
	struct kvet_needs_list list = { 0 };
	struct kvet_core_kernel kernel = { .count = 1, .pointer = 8 };
	static struct kvet_object_need need;
	char *copy = malloc(size + 1), source[64];
	struct kvet_image image;

	require(copy != NULL);
	memcpy(copy, bytes, size);
	memset(&answer, 0, sizeof(answer));
	if (!kvet_image_read(&image, copy, size, &answer)) {
		kernel.btfs = (const struct kvet_btf *const *)&image.btf;
		if (image.btf)
			require(!kvet_image_relocate(&image, &kernel, NULL));
		require(!kvet_live_code_mark(&image, NULL));
		require(!kvet_needs_collect(&list, &image, NULL));
		kvet_cause_fill(&other.symbols_cause, 0, "fuzz", "none");
		for (size_t i = 0; i < list.count && i < 100; i++) {
			kvet_needs_judge(&need, &list.items[i], &image, &other);
			require(need.has_verdict == (need.kind != KVET_NEED_CAPABILITY));
			require(need.verdict == KVET_YES || *need.cause.evidence);
		}
		for (size_t i = 0; i < image.code_count; i++)
			kvet_image_source(&image, &image.codes[i], 0, source, sizeof(source));
	}
	free(list.items);
	kvet_image_deinit(&image);
	free(copy);
}

/* Types of the one, held against types of the other. */
static void compare_types(const char *bytes, size_t size)
{
	struct kvet_btf *btf = NULL;

	if (kvet_btf_new(&btf, NULL, bytes, size, "fuzz", NULL))
		return;
	for (uint32_t i = 1; i < btf->end && i < 20; i++)
		for (uint32_t n = 1; n < btf->end && n < 20; n++) {
			const struct kvet_core_pair pair = { btf, btf };

			kvet_core_types_compatible(&pair, i, n);
			kvet_core_fields_compatible(&pair, i, n);
			kvet_core_types_match(&pair, i, n);
		}
	kvet_btf_free(btf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = as_text(data, size), buf[128];

	read_object(bytes, size);
	read_needs(bytes, size);
	compare_types(bytes, size);
	read_words(bytes);
	kvet_core_relocation_count(NULL, bytes, size, ".text", 0, UINT64_MAX);
	kvet_core_relocation_describe(NULL, bytes, size, "", 0, buf, sizeof(buf));
	if (size >= sizeof(struct bpf_insn)) {
		kvet_context_end((const struct bpf_insn *)(const void *)bytes,
				 size / sizeof(struct bpf_insn));
		kvet_fixed_offset_find((const struct bpf_insn *)(const void *)bytes,
				       size / sizeof(struct bpf_insn), true, 40);
	}
	free(bytes);
	return 0;
}
