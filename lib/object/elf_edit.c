/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Changes to the bytes of an object, so that libbpf reads another one. */
#include <elf.h>
#include <gelf.h>
#include <string.h>

#include "core/cleanup.h"
#include "host/btf.h"
#include "object/elf_edit.h"
#include "object/elf_symbols.h"

/* No name in C begins with it, and the kernel takes it as part of a name in BTF. */
#define OTHER_LETTER  '_'
#define OTHER_IF_SAME 'Z'

static bool rename_at(struct kvet_elf *elf, char *name)
{
	if (name < elf->bytes || name >= elf->bytes + elf->size)
		return false;
	*name = *name == OTHER_LETTER ? OTHER_IF_SAME : OTHER_LETTER;
	return true;
}

/* How much of a name to leave out, so that the rest is another name and one that the kernel takes
 * in BTF; 0: it is too short. Strings may be shared, so they stay. */
static uint32_t prefix_of(const char *name)
{
	uint32_t skip = *name ? 1 : 0;

	while (name[skip] >= '0' && name[skip] <= '9')
		skip++;
	return name[skip] ? skip : 0;
}

/* The variables and functions of this name, in .BTF. */
static void shorten_in_btf(struct kvet_elf *elf, const char *symbol, uint32_t skip)
{
	static const uint32_t kinds[] = { BTF_KIND_VAR, BTF_KIND_FUNC };
	Elf_Data *data = kvet_elf_section_data(elf, kvet_elf_section_named(elf, ".BTF"));
	AUTO(kvet_btf) *btf = NULL;

	if (!data || kvet_btf_new(&btf, NULL, data->d_buf, data->d_size, ".BTF", NULL))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		uint32_t id;

		while ((id = kvet_btf_find(btf, kinds[i], symbol))) {
			char *type = (char *)(uintptr_t)kvet_btf_type(btf, id);

			if (type < elf->bytes || type >= elf->bytes + elf->size)
				return;
			((struct btf_type *)type)->name_off += skip;
		}
	}
}

/* The same name in the strings of .BTF: a whole string, after a NUL. */
static void rename_in_btf(struct kvet_elf *elf, const char *name)
{
	Elf_Data *data = kvet_elf_section_data(elf, kvet_elf_section_named(elf, ".BTF"));
	size_t len = strlen(name) + 1;
	char *bytes, *end;

	if (!data)
		return;
	bytes = data->d_buf;
	end = bytes + data->d_size;
	for (char *at = bytes + 1; at + len <= end; at++)
		if (!at[-1] && !memcmp(at, name, len)) {
			rename_at(elf, at);
			return;
		}
}

/* It, in the bytes of the file; NULL: libelf has copied it. */
static Elf64_Sym *raw_symbol(const struct kvet_elf *elf, const struct kvet_elf_symbols *symbols,
			     size_t index)
{
	Elf64_Sym *raw = (Elf64_Sym *)symbols->data->d_buf + index;

	return (char *)raw < elf->bytes || (char *)(raw + 1) > elf->bytes + elf->size ? NULL : raw;
}

bool kvet_elf_hide(struct kvet_elf *elf, const char *symbol)
{
	struct kvet_elf_symbols symbols = { 0 };
	uint32_t skip = prefix_of(symbol);
	char wanted[256];
	bool hidden = false;

	if (!skip || strlen(symbol) >= sizeof(wanted) || !kvet_elf_symbols_find(elf, &symbols))
		return false;
	/* The name may be in the table that is about to change. */
	memcpy(wanted, symbol, strlen(symbol) + 1);
	for (size_t i = 0; i < symbols.count && !hidden; i++) {
		Elf64_Sym *raw = raw_symbol(elf, &symbols, i);
		const char *name;
		GElf_Sym read;

		if (!kvet_elf_symbol_read(elf, &symbols, i, &read, &name) ||
		    read.st_shndx != SHN_UNDEF || strcmp(name, wanted) != 0 || !raw)
			continue;
		raw->st_info = (unsigned char)ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(raw->st_info));
		raw->st_name += skip;
		hidden = true;
	}
	if (hidden)
		shorten_in_btf(elf, wanted, skip);
	return hidden;
}

bool kvet_elf_hide_section(struct kvet_elf *elf, const char *name)
{
	size_t section = kvet_elf_section_named(elf, name);
	const char *found = kvet_elf_section_name(elf, section);

	if (!section || !rename_at(elf, (char *)(uintptr_t)found))
		return false;
	rename_in_btf(elf, name);
	return true;
}

bool kvet_elf_hide_function(struct kvet_elf *elf, const struct kvet_elf_function *function)
{
	struct kvet_elf_symbols symbols = { 0 };

	if (!kvet_elf_symbols_find(elf, &symbols))
		return false;
	for (size_t i = 0; i < symbols.count; i++) {
		Elf64_Sym *raw = raw_symbol(elf, &symbols, i);
		const char *name;
		GElf_Sym read;

		if (!raw || !kvet_elf_symbol_read(elf, &symbols, i, &read, &name) ||
		    GELF_ST_TYPE(read.st_info) != STT_FUNC || read.st_shndx != function->section ||
		    read.st_value != function->start || strcmp(name, function->name) != 0)
			continue;
		raw->st_info = (unsigned char)ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE);
		return true;
	}
	return false;
}

/* --- functions without a type ----------------------------------------------------------------- */

/* Where the symbol's code ends: at the next of its kind, or with the section. */
static uint64_t find_end(const struct kvet_elf *elf, const struct kvet_elf_symbols *symbols,
			 const GElf_Sym *symbol, uint64_t end)
{
	for (size_t i = 0; i < symbols->count; i++) {
		const char *name;
		GElf_Sym other;

		if (kvet_elf_symbol_read(elf, symbols, i, &other, &name) &&
		    other.st_shndx == symbol->st_shndx &&
		    GELF_ST_BIND(other.st_info) == STB_GLOBAL &&
		    other.st_value > symbol->st_value && other.st_value < end)
			end = other.st_value;
	}
	return end;
}

static bool is_untyped(const struct kvet_elf *elf, const GElf_Sym *symbol, uint64_t *end)
{
	Elf_Scn *scn = elf_getscn(elf->elf, symbol->st_shndx);
	GElf_Shdr header;

	if (GELF_ST_TYPE(symbol->st_info) != STT_NOTYPE || symbol->st_size ||
	    GELF_ST_BIND(symbol->st_info) != STB_GLOBAL || symbol->st_shndx == SHN_UNDEF || !scn ||
	    !gelf_getshdr(scn, &header) || !kvet_elf_is_code(&header))
		return false;
	*end = header.sh_size;
	return symbol->st_value < header.sh_size;
}

bool kvet_elf_type_functions(struct kvet_elf *elf)
{
	struct kvet_elf_symbols symbols = { 0 };
	bool any = false;

	if (elf->function_count || !kvet_elf_symbols_find(elf, &symbols))
		return false;
	for (size_t i = 0; i < symbols.count; i++) {
		Elf64_Sym *raw = raw_symbol(elf, &symbols, i);
		const char *name;
		GElf_Sym read;
		uint64_t end;

		if (!raw || !kvet_elf_symbol_read(elf, &symbols, i, &read, &name) ||
		    !is_untyped(elf, &read, &end))
			continue;
		raw->st_info = (unsigned char)ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
		raw->st_size = find_end(elf, &symbols, &read, end) - read.st_value;
		any = true;
	}
	return any;
}
