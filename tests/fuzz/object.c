/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The readers of a BPF object that are kvet's own: ELF, .BTF.ext, and the words of verifiers. */
#include <stdio.h>
#include <string.h>

#include "object/context.h"
#include "object/core_relocation.h"
#include "object/elf_edit.h"
#include "object/judge.h"
#include "object/legacy_maps.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = as_text(data, size), buf[128];

	read_object(bytes, size);
	read_words(bytes);
	kvet_core_relocation_count(bytes, size);
	kvet_core_relocation_describe(NULL, bytes, size, "", 0, buf, sizeof(buf));
	if (size >= sizeof(struct bpf_insn))
		kvet_context_end((const struct bpf_insn *)(const void *)bytes,
				 size / sizeof(struct bpf_insn));
	free(bytes);
	return 0;
}
