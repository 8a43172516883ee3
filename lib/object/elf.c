/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "object/elf.h"
#include "object/elf_symbols.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

#define HOST_ORDER (BYTE_ORDER == LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

/* --- sections --------------------------------------------------------------------------------- */

const char *kvet_elf_section_name(const struct kvet_elf *elf, size_t section)
{
	Elf_Scn *scn = elf_getscn(elf->elf, section);
	const char *name = NULL;
	GElf_Shdr header;
	size_t strings;

	if (scn && gelf_getshdr(scn, &header) && !elf_getshdrstrndx(elf->elf, &strings))
		name = elf_strptr(elf->elf, strings, header.sh_name);
	return name ? name : "";
}

Elf_Data *kvet_elf_section_data(const struct kvet_elf *elf, size_t section)
{
	Elf_Scn *scn = elf_getscn(elf->elf, section);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;

	return data && data->d_buf ? data : NULL;
}

size_t kvet_elf_section_named(const struct kvet_elf *elf, const char *name)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf->elf, scn)))
		if (!strcmp(kvet_elf_section_name(elf, elf_ndxscn(scn)), name))
			return elf_ndxscn(scn);
	return 0;
}

const void *kvet_elf_bytes_of(const struct kvet_elf *elf, size_t section, size_t *size)
{
	Elf_Data *data = section ? kvet_elf_section_data(elf, section) : NULL;

	if (data)
		*size = data->d_size;
	return data ? data->d_buf : NULL;
}

const void *kvet_elf_section_bytes(const struct kvet_elf *elf, const char *name, size_t *size)
{
	return kvet_elf_bytes_of(elf, kvet_elf_section_named(elf, name), size);
}

bool kvet_elf_is_code(const GElf_Shdr *header)
{
	return header->sh_type == SHT_PROGBITS && header->sh_flags & SHF_EXECINSTR &&
	       header->sh_size;
}

/* --- functions -------------------------------------------------------------------------------- */

static int compare_functions(const void *a, const void *b)
{
	const struct kvet_elf_function *first = a, *second = b;

	if (first->section != second->section)
		return first->section < second->section ? -1 : 1;
	return first->start < second->start ? -1 : first->start > second->start;
}

/* Compilers that give each function a section of its own, as Rust's does, write .text.NAME. */
static bool is_called_code(const char *section)
{
	return !strncmp(section, ".text", 5) && (!section[5] || section[5] == '.');
}

static bool add_function(struct kvet_elf *elf, const GElf_Sym *symbol, const char *name)
{
	Elf_Scn *scn = elf_getscn(elf->elf, symbol->st_shndx);
	const Elf_Data *data = kvet_elf_section_data(elf, symbol->st_shndx);
	GElf_Shdr header;

	/* A damaged file's section may be larger than the file. */
	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || !scn || !gelf_getshdr(scn, &header) ||
	    !kvet_elf_is_code(&header) || !data || data->d_size < header.sh_size ||
	    symbol->st_value > header.sh_size ||
	    symbol->st_size > header.sh_size - symbol->st_value || !symbol->st_size)
		return true;
	if (!ARRAY_MORE(elf->functions, elf->function_count))
		return false;
	elf->functions[elf->function_count++] = (struct kvet_elf_function){
		.name = name,
		.section = symbol->st_shndx,
		.start = symbol->st_value,
		.end = symbol->st_value + symbol->st_size,
		.program = !is_called_code(kvet_elf_section_name(elf, symbol->st_shndx)),
	};
	return true;
}

/* --- references ------------------------------------------------------------------------------- */

bool kvet_elf_symbols_find(const struct kvet_elf *elf, struct kvet_elf_symbols *symbols)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf->elf, scn))) {
		GElf_Shdr header;

		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_SYMTAB ||
		    !header.sh_entsize)
			continue;
		symbols->data = kvet_elf_section_data(elf, elf_ndxscn(scn));
		symbols->strings = header.sh_link;
		symbols->count = header.sh_size / header.sh_entsize;
		return symbols->data != NULL;
	}
	return false;
}

bool kvet_elf_symbol_read(const struct kvet_elf *elf, const struct kvet_elf_symbols *symbols,
			  size_t index, GElf_Sym *symbol, const char **name)
{
	if (index >= symbols->count || !gelf_getsym(symbols->data, (int)index, symbol))
		return false;
	*name = elf_strptr(elf->elf, symbols->strings, symbol->st_name);
	if (!*name || GELF_ST_TYPE(symbol->st_info) == STT_SECTION)
		*name = "";
	return true;
}

static bool add_references(struct kvet_elf *elf, const struct kvet_elf_symbols *symbols,
			   Elf_Scn *scn)
{
	Elf_Data *data = kvet_elf_section_data(elf, elf_ndxscn(scn));
	GElf_Shdr header;
	size_t count;

	if (!data || !gelf_getshdr(scn, &header) || header.sh_type != SHT_REL || !header.sh_entsize)
		return true;
	count = header.sh_size / header.sh_entsize;
	for (size_t i = 0; i < count; i++) {
		const char *name;
		GElf_Sym symbol;
		GElf_Rel rel;

		if (!gelf_getrel(data, (int)i, &rel) ||
		    !kvet_elf_symbol_read(elf, symbols, GELF_R_SYM(rel.r_info), &symbol, &name))
			continue;
		if (!ARRAY_MORE(elf->references, elf->reference_count))
			return false;
		elf->references[elf->reference_count++] = (struct kvet_elf_reference){
			.section = header.sh_info,
			.offset = rel.r_offset,
			.symbol = name,
			.symbol_section = symbol.st_shndx == SHN_UNDEF ? 0 : symbol.st_shndx,
			.value = symbol.st_value,
			.weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK,
		};
	}
	return true;
}

/* --- parsing ---------------------------------------------------------------------------------- */

static int refuse(struct kvet_object *answer, enum kvet_verdict verdict, const char *evidence)
{
	answer->verdict = verdict;
	answer->reason = KVET_OBJECT_NOT_BPF;
	kvet_cause_fill(&answer->cause, 0, "ELF", "%s", evidence);
	return -EINVAL;
}

static int check_header(struct kvet_elf *elf, struct kvet_object *answer)
{
	GElf_Ehdr header;
	size_t strings;

	if (elf->size < SELFMAG || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0)
		return refuse(answer, KVET_UNDETERMINED, "not an ELF file");
	if (!elf->elf || elf_kind(elf->elf) != ELF_K_ELF || !gelf_getehdr(elf->elf, &header))
		return refuse(answer, KVET_UNDETERMINED, "the ELF file is truncated or damaged");
	if (header.e_machine != EM_BPF && header.e_machine != EM_NONE)
		return refuse(answer, KVET_UNDETERMINED,
			      "an ELF file of another machine, not a BPF object");
	if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_REL)
		return refuse(answer, KVET_UNDETERMINED,
			      "not a relocatable 64-bit ELF file, as BPF objects are");
	elf->other_order = header.e_ident[EI_DATA] != HOST_ORDER;
	if (elf_getshdrstrndx(elf->elf, &strings) || !kvet_elf_section_data(elf, strings))
		return refuse(answer, KVET_UNDETERMINED,
			      "the ELF file is truncated: its section names are missing");
	return 0;
}

static bool collect(struct kvet_elf *elf)
{
	struct kvet_elf_symbols symbols = { 0 };
	Elf_Scn *scn = NULL;

	if (!kvet_elf_symbols_find(elf, &symbols))
		return true;
	for (size_t i = 0; i < symbols.count; i++) {
		const char *name;
		GElf_Sym symbol;

		if (kvet_elf_symbol_read(elf, &symbols, i, &symbol, &name) &&
		    !add_function(elf, &symbol, name))
			return false;
	}
	while ((scn = elf_nextscn(elf->elf, scn)))
		if (!add_references(elf, &symbols, scn))
			return false;
	if (elf->function_count)
		qsort(elf->functions, elf->function_count, sizeof(*elf->functions),
		      compare_functions);
	return true;
}

int kvet_elf_parse_any(struct kvet_elf *elf, char *bytes, size_t size, struct kvet_object *answer)
{
	Elf_Data *license;
	int ret;

	*elf = (struct kvet_elf){ .bytes = bytes, .size = size };
	elf_version(EV_CURRENT);
	elf->elf = elf_memory(bytes, size);
	ret = check_header(elf, answer);
	if (ret)
		return ret;
	license = kvet_elf_section_data(elf, kvet_elf_section_named(elf, "license"));
	if (license)
		memcpy(elf->license, license->d_buf,
		       license->d_size < sizeof(elf->license) ? license->d_size
							      : sizeof(elf->license) - 1);
	elf->has_btf_ext = kvet_elf_section_named(elf, ".BTF.ext") != 0;
	if (!collect(elf))
		return kvet_fail_memory(&answer->cause);
	return 0;
}

int kvet_elf_parse(struct kvet_elf *elf, char *bytes, size_t size, struct kvet_object *answer)
{
	int ret = kvet_elf_parse_any(elf, bytes, size, answer);

	if (!ret && elf->other_order)
		return refuse(
			answer, KVET_NO,
			HOST_ORDER == ELFDATA2LSB
				? "a big-endian object (bpfeb), and this host is little-endian"
				: "a little-endian object (bpfel), and this host is "
				  "big-endian");
	return ret;
}

void kvet_elf_deinit(struct kvet_elf *elf)
{
	free(elf->functions);
	free(elf->references);
	elf_end(elf->elf);
	*elf = (struct kvet_elf){ 0 };
}

/* --- what code refers to ---------------------------------------------------------------------- */

const struct kvet_elf_function *kvet_elf_function_named(const struct kvet_elf *elf,
							const char *name)
{
	for (size_t i = 0; i < elf->function_count; i++)
		if (!strcmp(elf->functions[i].name, name))
			return &elf->functions[i];
	return NULL;
}

static const struct kvet_elf_function *function_at(const struct kvet_elf *elf, size_t section,
						   uint64_t offset)
{
	for (size_t i = 0; i < elf->function_count; i++) {
		const struct kvet_elf_function *function = &elf->functions[i];

		if (function->section == section && offset >= function->start &&
		    offset < function->end)
			return function;
	}
	return NULL;
}

static bool instruction_at(const struct kvet_elf *elf, size_t section, uint64_t offset,
			   struct bpf_insn *insn)
{
	Elf_Data *data = kvet_elf_section_data(elf, section);

	if (!data || offset % sizeof(*insn) || offset + sizeof(*insn) > data->d_size)
		return false;
	memcpy(insn, (const char *)data->d_buf + offset, sizeof(*insn));
	return true;
}

struct walk {
	const struct kvet_elf *elf;
	const char *symbol;
	bool *seen;
};

static bool walk(struct walk *state, const struct kvet_elf_function *function);

/* Goes on with the function that a reference calls, or takes the address of. */
static bool walk_reference(struct walk *state, const struct kvet_elf_reference *reference)
{
	const struct kvet_elf_function *called;
	uint64_t target = reference->value;
	struct bpf_insn insn;

	if (*reference->symbol && !strcmp(reference->symbol, state->symbol))
		return true;
	if (!instruction_at(state->elf, reference->section, reference->offset, &insn))
		return false;
	if (insn.code == (BPF_JMP | BPF_CALL))
		target += ((uint64_t)(int64_t)insn.imm + 1) * sizeof(insn);
	else
		target += (uint64_t)(int64_t)insn.imm;
	called = function_at(state->elf, reference->symbol_section, target);
	return called && walk(state, called);
}

/* Calls within one section have no relocation. */
static bool walk_calls(struct walk *state, const struct kvet_elf_function *function)
{
	struct bpf_insn insn;

	for (uint64_t at = function->start; at < function->end; at += sizeof(insn)) {
		const struct kvet_elf_function *called;

		if (!instruction_at(state->elf, function->section, at, &insn) ||
		    insn.code != (BPF_JMP | BPF_CALL) || insn.src_reg != BPF_PSEUDO_CALL)
			continue;
		called = function_at(state->elf, function->section,
				     at + ((uint64_t)(int64_t)insn.imm + 1) * sizeof(insn));
		if (called && called != function && walk(state, called))
			return true;
	}
	return false;
}

static bool walk(struct walk *state, const struct kvet_elf_function *function)
{
	bool *seen = &state->seen[function - state->elf->functions];

	if (*seen)
		return false;
	*seen = true;
	for (size_t i = 0; i < state->elf->reference_count; i++) {
		const struct kvet_elf_reference *reference = &state->elf->references[i];

		if (reference->section == function->section &&
		    reference->offset >= function->start && reference->offset < function->end &&
		    walk_reference(state, reference))
			return true;
	}
	return walk_calls(state, function);
}

bool kvet_elf_uses(const struct kvet_elf *elf, const struct kvet_elf_function *function,
		   const char *symbol)
{
	struct walk state = { .elf = elf,
			      .symbol = symbol,
			      .seen = calloc(elf->function_count, sizeof(bool)) };
	/* Without memory, the program counts as one that uses it. */
	bool uses = !state.seen || walk(&state, function);

	free(state.seen);
	return uses;
}

bool kvet_elf_refers(const struct kvet_elf *elf, const char *symbol)
{
	for (size_t i = 0; i < elf->reference_count; i++) {
		const struct kvet_elf_reference *reference = &elf->references[i];

		if (!reference->symbol_section)
			continue;
		if (!strcmp(reference->symbol, symbol))
			return true;
		/* By its place in the section: it may be any. */
		if (!*reference->symbol &&
		    !strcmp(kvet_elf_section_name(elf, reference->symbol_section), ".maps"))
			return true;
	}
	return false;
}

bool kvet_elf_has_extern(const struct kvet_elf *elf, const char *symbol, bool *weak)
{
	bool found = false;

	*weak = true;
	for (size_t i = 0; i < elf->reference_count; i++) {
		const struct kvet_elf_reference *reference = &elf->references[i];

		if (reference->symbol_section || strcmp(reference->symbol, symbol) != 0)
			continue;
		found = true;
		*weak = *weak && reference->weak;
	}
	return found;
}
