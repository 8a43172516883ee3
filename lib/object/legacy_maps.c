/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/btf.h>
#include <elf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "object/legacy_maps.h"

/* What all loaders agree on, as struct bpf_map_def begins: type, key_size, value_size, max_entries,
 * map_flags, 4 bytes each. Some stop before the last. */
#define FIELDS       5
#define FIELDS_LEAST 4
/* As long as the shortest definition at least, so that each map has its own place. */
#define PLACE        8

struct map {
	const char *name;
	size_t symbol; /* its index */
	uint32_t fields[FIELDS];
};

struct conversion {
	const struct kvet_elf *elf;
	Elf64_Ehdr header;
	Elf64_Shdr *sections; /* one more than there are, for .BTF */
	size_t section_count;
	size_t first;   /* the section that becomes .maps */
	size_t symbols; /* the symbol table */
	struct map *maps;
	size_t map_count;
};

static bool is_legacy(const char *name)
{
	size_t len = strlen(name);

	return !strcmp(name, "maps") || !strncmp(name, "maps/", 5) ||
	       (len > 5 && !strcmp(name + len - 5, "/maps"));
}

/* --- what is there ---------------------------------------------------------------------------- */

static bool within(const struct kvet_elf *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

static bool read_headers(struct conversion *conversion)
{
	const struct kvet_elf *elf = conversion->elf;
	Elf64_Ehdr *header = &conversion->header;
	size_t size;

	if (!within(elf, 0, sizeof(*header)))
		return false;
	memcpy(header, elf->bytes, sizeof(*header));
	size = (size_t)header->e_shnum * sizeof(Elf64_Shdr);
	if (header->e_shentsize != sizeof(Elf64_Shdr) || !within(elf, header->e_shoff, size) ||
	    header->e_shstrndx >= header->e_shnum)
		return false;
	conversion->section_count = header->e_shnum;
	conversion->sections = calloc(conversion->section_count + 1, sizeof(Elf64_Shdr));
	if (!conversion->sections)
		return false;
	memcpy(conversion->sections, elf->bytes + header->e_shoff, size);
	for (size_t i = 1; i < conversion->section_count; i++) {
		const Elf64_Shdr *section = &conversion->sections[i];

		if (section->sh_type != SHT_NOBITS &&
		    !within(elf, section->sh_offset, section->sh_size))
			return false;
		if (section->sh_type == SHT_SYMTAB)
			conversion->symbols = i;
		if (section->sh_type == SHT_PROGBITS && !conversion->first &&
		    is_legacy(kvet_elf_section_name(elf, i)))
			conversion->first = i;
		/* libbpf reads one such section. */
		if (!strcmp(kvet_elf_section_name(elf, i), ".maps"))
			return false;
	}
	return conversion->first && conversion->symbols;
}

static bool add_map(struct conversion *conversion, const Elf64_Sym *symbol, size_t index)
{
	const Elf64_Shdr *names = &conversion->sections[conversion->symbols];
	const Elf64_Shdr *section = &conversion->sections[symbol->st_shndx];
	const struct kvet_elf *elf = conversion->elf;
	uint64_t left =
		symbol->st_value < section->sh_size ? section->sh_size - symbol->st_value : 0;
	const char *name = elf_strptr(elf->elf, names->sh_link, symbol->st_name);
	struct map *map;

	if (!name || !*name || left < FIELDS_LEAST * sizeof(uint32_t) ||
	    !ARRAY_MORE(conversion->maps, conversion->map_count))
		return false;
	map = &conversion->maps[conversion->map_count++];
	*map = (struct map){ .name = name, .symbol = index };
	/* What follows a short definition is the next one, or the end. */
	if (symbol->st_size && symbol->st_size < left)
		left = symbol->st_size;
	memcpy(map->fields, elf->bytes + section->sh_offset + symbol->st_value,
	       left < sizeof(map->fields) ? FIELDS_LEAST * sizeof(uint32_t) : sizeof(map->fields));
	return true;
}

static bool read_maps(struct conversion *conversion)
{
	const Elf64_Shdr *table = &conversion->sections[conversion->symbols];
	size_t count = table->sh_size / sizeof(Elf64_Sym);

	for (size_t i = 1; i < count; i++) {
		Elf64_Sym symbol;

		memcpy(&symbol, conversion->elf->bytes + table->sh_offset + i * sizeof(Elf64_Sym),
		       sizeof(symbol));
		if (ELF64_ST_TYPE(symbol.st_info) == STT_SECTION ||
		    symbol.st_shndx >= conversion->section_count ||
		    conversion->sections[symbol.st_shndx].sh_type != SHT_PROGBITS ||
		    !is_legacy(kvet_elf_section_name(conversion->elf, symbol.st_shndx)))
			continue;
		if (!add_map(conversion, &symbol, i))
			return false;
	}
	return conversion->map_count != 0;
}

/* --- BTF -------------------------------------------------------------------------------------- */

/* A variable of such a section stays without one: libbpf looks for the section of each, and the
 * kernel does not. The records of both kinds have the same size. */
static void unplace_variables(struct btf *btf, int integer)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		struct btf_type *type = (struct btf_type *)(uintptr_t)btf__type_by_id(btf, id);
		struct btf_member *members = (struct btf_member *)(type + 1);

		if (!btf_is_datasec(type) || !is_legacy(btf__name_by_offset(btf, type->name_off)))
			continue;
		type->name_off = 0;
		type->info = BTF_KIND_STRUCT << 24 | (uint32_t)btf_vlen(type);
		type->size = sizeof(int);
		for (uint32_t i = 0; i < btf_vlen(type); i++)
			members[i] = (struct btf_member){ .type = (uint32_t)integer };
	}
}

/* As libbpf's __uint() writes a number: a pointer to an array of so many elements. All are at
 * offset 0: only their types are read. */
static bool describe_map(struct btf *btf, const struct map *map, int integer, int *variable)
{
	static const char *const names[FIELDS] = { "type", "key_size", "value_size", "max_entries",
						   "map_flags" };
	int types[FIELDS], type;

	for (size_t i = 0; i < FIELDS; i++) {
		type = btf__add_array(btf, integer, integer, map->fields[i]);
		types[i] = type < 0 ? type : btf__add_ptr(btf, type);
		if (types[i] < 0)
			return false;
	}
	type = btf__add_struct(btf, NULL, PLACE);
	for (size_t i = 0; i < FIELDS && type > 0; i++)
		if (btf__add_field(btf, names[i], types[i], 0, 0))
			return false;
	*variable = type < 0 ? type : btf__add_var(btf, map->name, BTF_VAR_GLOBAL_ALLOCATED, type);
	return *variable > 0;
}

static bool describe_maps(const struct conversion *conversion, struct btf *btf)
{
	AUTO_FREE int *variables = calloc(conversion->map_count, sizeof(*variables));
	int integer = btf__add_int(btf, "int", sizeof(int), BTF_INT_SIGNED);

	if (!variables || integer < 0)
		return false;
	unplace_variables(btf, integer);
	for (size_t i = 0; i < conversion->map_count; i++)
		if (!describe_map(btf, &conversion->maps[i], integer, &variables[i]))
			return false;
	if (btf__add_datasec(btf, ".maps", (uint32_t)conversion->map_count * PLACE) < 0)
		return false;
	for (size_t i = 0; i < conversion->map_count; i++)
		if (btf__add_datasec_var_info(btf, variables[i], (uint32_t)i * PLACE, PLACE))
			return false;
	return true;
}

/* --- the new file ----------------------------------------------------------------------------- */

struct writer {
	char *bytes;
	size_t size;
};

/* Appends, aligned; returns where, 0 if there is no memory. NULL: zeros. */
static size_t append(struct writer *writer, const void *bytes, size_t size)
{
	size_t at = (writer->size + 7) & ~(size_t)7;
	char *more = realloc(writer->bytes, at + size);

	if (!more)
		return 0;
	writer->bytes = more;
	memset(more + writer->size, 0, at + size - writer->size);
	if (bytes)
		memcpy(more + at, bytes, size);
	writer->size = at + size;
	return at;
}

static bool place(struct writer *writer, Elf64_Shdr *section, const void *bytes, size_t size)
{
	section->sh_offset = append(writer, bytes, size);
	section->sh_size = size;
	return section->sh_offset != 0;
}

/* Gives the two sections names of their own. */
static bool name_sections(struct conversion *conversion, struct writer *writer, size_t btf)
{
	static const char added[] = "\0.maps\0.BTF";
	Elf64_Shdr *strings = &conversion->sections[conversion->header.e_shstrndx];
	size_t before = strings->sh_size;
	AUTO_FREE char *all = malloc(before + sizeof(added));

	if (!all)
		return false;
	memcpy(all, conversion->elf->bytes + strings->sh_offset, before);
	memcpy(all + before, added, sizeof(added));
	conversion->sections[conversion->first].sh_name = (uint32_t)before + 1;
	conversion->sections[btf].sh_name = (uint32_t)before + sizeof("\0.maps");
	return place(writer, strings, all, before + sizeof(added));
}

static size_t btf_section(struct conversion *conversion)
{
	for (size_t i = 1; i < conversion->section_count; i++)
		if (!strcmp(kvet_elf_section_name(conversion->elf, i), ".BTF"))
			return i;
	conversion->sections[conversion->section_count] =
		(Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_addralign = 1 };
	return conversion->section_count++;
}

/* The symbols of all maps are then in the one section. */
static void move_symbols(const struct conversion *conversion, const struct writer *writer)
{
	const Elf64_Shdr *table = &conversion->sections[conversion->symbols];

	for (size_t i = 0; i < conversion->map_count; i++) {
		char *at = writer->bytes + table->sh_offset +
			   conversion->maps[i].symbol * sizeof(Elf64_Sym);
		Elf64_Sym symbol;

		memcpy(&symbol, at, sizeof(symbol));
		symbol.st_shndx = (uint16_t)conversion->first;
		symbol.st_value = i * PLACE;
		memcpy(at, &symbol, sizeof(symbol));
	}
}

static bool write_file(struct conversion *conversion, const struct btf *btf, struct writer *writer)
{
	size_t section = btf_section(conversion);
	uint32_t size = 0;
	const void *raw = btf__raw_data(btf, &size);
	size_t headers;

	if (!raw || !append(writer, NULL, 0) ||
	    !place(writer, &conversion->sections[section], raw, size) ||
	    !place(writer, &conversion->sections[conversion->first], NULL,
		   conversion->map_count * PLACE) ||
	    !name_sections(conversion, writer, section))
		return false;
	headers = append(writer, conversion->sections,
			 conversion->section_count * sizeof(Elf64_Shdr));
	if (!headers)
		return false;
	conversion->header.e_shoff = headers;
	conversion->header.e_shnum = (uint16_t)conversion->section_count;
	memcpy(writer->bytes, &conversion->header, sizeof(conversion->header));
	move_symbols(conversion, writer);
	return true;
}

static struct btf *own_btf(const struct kvet_elf *elf)
{
	size_t size = 0;
	const void *bytes = kvet_elf_section_bytes(elf, ".BTF", &size);

	return bytes ? btf__new(bytes, (uint32_t)size) : btf__new_empty();
}

char *kvet_legacy_maps_convert(const struct kvet_elf *elf, size_t *size)
{
	struct conversion conversion = { .elf = elf };
	struct writer writer = { 0 };
	struct btf *btf = NULL;
	bool done = false;

	if (read_headers(&conversion) && read_maps(&conversion) && (btf = own_btf(elf)) &&
	    describe_maps(&conversion, btf)) {
		/* A copy of all, so that it begins with what stays where it is. */
		writer.bytes = malloc(elf->size);
		if (writer.bytes) {
			memcpy(writer.bytes, elf->bytes, elf->size);
			writer.size = elf->size;
			done = write_file(&conversion, btf, &writer);
		}
	}
	btf__free(btf);
	free(conversion.sections);
	free(conversion.maps);
	if (!done)
		free(writer.bytes);
	*size = writer.size;
	return done ? writer.bytes : NULL;
}
