/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/embedded.h"
#include "ksyms/elf_read.h"
#include "ksyms/names.h"

#define IMAGE_FIRST (1U << 20)

/* The most that is kept in memory of a file that can be read only once. A larger one has debug
 * data. */
#define IMAGE_MOST (1ULL << 30)

/* The largest section that is read. A table cannot hold 2^32 bytes of names. */
#define SECTION_MOST (1ULL << 30)

/* The longest name of a module, and more than the kernel allows. */
#define MODULE_MOST 256

struct elf {
	struct ksyms_source source; /* first: the one is cast to the other */
	struct ksyms_bytes bytes;
	const char *path;
	char *image; /* NULL: libelf reads from the descriptor */
	uint64_t size;
	Elf *elf;
	Elf_Data *symbols;
	Elf_Data *indexes; /* section numbers of the symbols, if there are more than 65,279 sections
			    */
	size_t strings;    /* section */
	size_t names;      /* of the sections */
	size_t next, count;
	size_t given;
	uint64_t *bases; /* where a module's sections are laid */
	size_t section_count;
	char module[MODULE_MOST]; /* empty: the kernel proper */
};

static int fail_elf(struct kvet_cause *err, const struct elf *elf)
{
	const char *words = elf_errmsg(0);

	return kvet_reject(err, EINVAL, "libelf", "%s: %s", elf->path,
			   words ? words : "the ELF file is damaged");
}

static int fail_cut(struct kvet_cause *err, const struct elf *elf)
{
	return kvet_reject(err, EINVAL, "libelf",
			   "%s: the ELF file is truncated: it ends after %" PRIu64 " bytes",
			   elf->path, elf->size);
}

/* Reads all the bytes that follow the head. */
static int read_image(struct elf *elf, const struct ksyms_head *head, struct kvet_cause *err)
{
	size_t room = IMAGE_FIRST, size = head->len;

	if (!ARRAY_RESIZE(elf->image, room))
		return kvet_fail_memory(err);
	memcpy(elf->image, head->text, head->len);
	for (;;) {
		ssize_t got;

		if (size == room && room >= IMAGE_MOST)
			return kvet_reject(err, EFBIG, "read",
					   "%s: larger than %llu MiB: unpack it to a regular file",
					   elf->path, IMAGE_MOST >> 20);
		if (!ARRAY_RESERVE(elf->image, room, size + 1))
			return kvet_fail_memory(err);
		got = elf->bytes.read(elf->bytes.ctx, elf->image + size, room - size);
		if (got < 0)
			return kvet_ksyms_bytes_fail(&elf->bytes, elf->path, (int)-got, err);
		if (!got)
			break;
		size += (size_t)got;
	}
	elf->size = size;
	return 0;
}

/*
 * libelf reads only the parts of a plain file that are used. It must not map the file: if the file
 * shrinks meanwhile, an access past its new end is SIGBUS.
 */
static int open_image(struct elf *elf, const struct ksyms_head *head, int fd,
		      struct kvet_cause *err)
{
	struct stat st;
	int ret;

	elf_version(EV_CURRENT);
	if (fd >= 0 && !fstat(fd, &st)) {
		elf->size = (uint64_t)st.st_size;
		elf->elf = elf_begin(fd, ELF_C_READ, NULL);
	} else {
		ret = read_image(elf, head, err);
		if (ret)
			return ret;
		elf->elf = elf_memory(elf->image, elf->size);
	}
	if (elf->elf && elf_kind(elf->elf) == ELF_K_ELF)
		return 0;
	return elf->size < sizeof(Elf64_Ehdr) ? fail_cut(err, elf) : fail_elf(err, elf);
}

/* The data of a section; NULL if it has none in the file, or it cannot be read. */
static Elf_Data *data_of(Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;

	if (header->sh_type == SHT_NOBITS || header->sh_size > SECTION_MOST)
		return NULL;
	data = elf_getdata(section, NULL);
	return data && data->d_buf && data->d_size ? data : NULL;
}

static void set_module(struct elf *elf, const char *name, size_t len)
{
	if (len && len < sizeof(elf->module)) {
		memcpy(elf->module, name, len);
		elf->module[len] = '\0';
	}
}

/* "name=ext4" among the strings of .modinfo: what the kernel calls the module. */
static void find_name(struct elf *elf, const Elf_Data *data)
{
	static const char key[] = "name=";
	const char *at = data->d_buf, *end = at + data->d_size;

	while (at < end) {
		size_t len = strnlen(at, (size_t)(end - at));

		if (len >= sizeof(key) && !memcmp(at, key, sizeof(key) - 1))
			set_module(elf, at + sizeof(key) - 1, len - (sizeof(key) - 1));
		at += len + 1;
	}
}

static void find_module(struct elf *elf, size_t names)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf->elf, section))) {
		const char *name;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf->elf, names, header.sh_name);
		if (!name || strcmp(name, ".modinfo") != 0)
			continue;
		data = data_of(section, &header);
		if (data)
			find_name(elf, data);
	}
}

/* A file of debug data has no .modinfo. But modpost(8) writes "ext4.mod.c" for each module, and
 * the compiler notes the names of files. */
static void find_module_file(struct elf *elf)
{
	static const char ending[] = ".mod.c";

	for (size_t i = 0; i < elf->count && !*elf->module; i++) {
		const char *name;
		GElf_Sym symbol;
		size_t len;

		if (!gelf_getsym(elf->symbols, (int)i, &symbol) ||
		    GELF_ST_TYPE(symbol.st_info) != STT_FILE)
			continue;
		name = elf_strptr(elf->elf, elf->strings, symbol.st_name);
		len = name ? strlen(name) : 0;
		if (len < sizeof(ending) || strcmp(name + len - (sizeof(ending) - 1), ending) != 0)
			continue;
		name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
		set_module(elf, name, strlen(name) - (sizeof(ending) - 1));
	}
	for (char *c = elf->module; *c; c++)
		*c = *c == '-' ? '_' : *c;
}

/* Lays the sections of an unlinked file end to end. */
static int lay_out(struct elf *elf, struct kvet_cause *err)
{
	Elf_Scn *section = NULL;
	uint64_t end = 0;
	GElf_Shdr header;

	elf->bases = calloc(elf->section_count + 1, sizeof(*elf->bases));
	if (!elf->bases)
		return kvet_fail_memory(err);
	while ((section = elf_nextscn(elf->elf, section))) {
		uint64_t align;

		if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC))
			continue;
		align = header.sh_addralign ? header.sh_addralign : 1;
		end = (end + align - 1) / align * align;
		elf->bases[elf_ndxscn(section)] = end;
		end += header.sh_size;
	}
	return 0;
}

static int take_symbols(struct elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			struct kvet_cause *err)
{
	size_t entry = gelf_fsize(elf->elf, ELF_T_SYM, 1, EV_CURRENT);

	if (header->sh_offset > elf->size || header->sh_size > elf->size - header->sh_offset)
		return fail_cut(err, elf);
	if (header->sh_size > SECTION_MOST || header->sh_entsize != entry)
		return kvet_reject(err, EINVAL, "libelf", "%s: the symbol table is damaged",
				   elf->path);
	if (!header->sh_size)
		return 0;
	elf->symbols = elf_getdata(section, NULL);
	if (!elf->symbols || !elf->symbols->d_buf)
		return fail_elf(err, elf);
	elf->strings = header->sh_link;
	elf->count = elf->symbols->d_size / entry;
	return 0;
}

/* Checks that the symbols' names can be read. */
static int check_strings(struct elf *elf, struct kvet_cause *err)
{
	Elf_Scn *section = elf_getscn(elf->elf, elf->strings);
	GElf_Shdr header;

	if (!section || !gelf_getshdr(section, &header))
		return fail_elf(err, elf);
	if (header.sh_type != SHT_STRTAB || header.sh_size > SECTION_MOST)
		return kvet_reject(err, EINVAL, "libelf",
				   "%s: the symbol table has no string table", elf->path);
	if (header.sh_offset > elf->size || header.sh_size > elf->size - header.sh_offset)
		return fail_cut(err, elf);
	return elf_getdata(section, NULL) ? 0 : fail_elf(err, elf);
}

static int check_header(struct elf *elf, GElf_Ehdr *file, size_t *names, struct kvet_cause *err)
{
	uint64_t headers;

	if (!gelf_getehdr(elf->elf, file))
		return fail_elf(err, elf);
	headers = (uint64_t)file->e_shentsize * (file->e_shnum ? file->e_shnum : 1);
	if (file->e_shoff && (file->e_shoff > elf->size || headers > elf->size - file->e_shoff))
		return fail_cut(err, elf);
	if (file->e_type == ET_CORE)
		return kvet_reject(err, EINVAL, "libelf",
				   "%s: a core dump, which has no symbol table", elf->path);
	if (elf_getshdrnum(elf->elf, &elf->section_count) || elf_getshdrstrndx(elf->elf, names))
		return fail_elf(err, elf);
	return 0;
}

static int find_symbols(struct elf *elf, struct kvet_cause *err)
{
	Elf_Scn *section = NULL;
	GElf_Ehdr file;
	GElf_Shdr header;
	size_t names;
	int ret = check_header(elf, &file, &names, err);

	while (!ret && (section = elf_nextscn(elf->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return fail_elf(err, elf);
		if (header.sh_type == SHT_SYMTAB)
			ret = take_symbols(elf, section, &header, err);
		else if (header.sh_type == SHT_SYMTAB_SHNDX)
			elf->indexes = data_of(section, &header);
	}
	if (!ret && !elf->count)
		ret = kvet_reject(err, ENODATA, "libelf",
				  "%s: no symbol table: the file is stripped", elf->path);
	if (!ret)
		ret = check_strings(elf, err);
	if (ret || file.e_type != ET_REL)
		return ret;
	elf->source.unlinked = true;
	elf->names = names;
	find_module(elf, names);
	find_module_file(elf);
	return lay_out(elf, err);
}

/* The letter of nm(1). */
static char letter(Elf *elf, const GElf_Sym *symbol, size_t index)
{
	int bind = GELF_ST_BIND(symbol->st_info);
	Elf_Scn *section = index ? elf_getscn(elf, index) : NULL;
	GElf_Shdr header;
	char c;

	if (bind == STB_WEAK)
		return GELF_ST_TYPE(symbol->st_info) == STT_OBJECT ? 'V' : 'W';
	if (!section || !gelf_getshdr(section, &header))
		c = 'a';
	else if (header.sh_flags & SHF_EXECINSTR)
		c = 't';
	else if (!(header.sh_flags & SHF_ALLOC))
		c = 'n';
	else if (!(header.sh_flags & SHF_WRITE))
		c = 'r';
	else
		c = header.sh_type == SHT_NOBITS ? 'b' : 'd';
	return bind == STB_GLOBAL ? (char)(c - 'a' + 'A') : c;
}

/*
 * Whether the kernel keeps no symbol of a section of a loaded module (kernel:
 * rewrite_section_headers(), is_core_symbol()): a section that is not loaded, that only the loader
 * reads, or that is freed after the module has started. Symbols in no section are not kept either.
 */
static bool is_unloaded(const struct elf *elf, size_t index)
{
	Elf_Scn *section = index ? elf_getscn(elf->elf, index) : NULL;
	GElf_Shdr header;
	const char *name;

	if (!section || !gelf_getshdr(section, &header))
		return true;
	name = elf_strptr(elf->elf, elf->names, header.sh_name);
	return !(header.sh_flags & SHF_ALLOC) ||
	       (name && (!strcmp(name, ".modinfo") || !strncmp(name, "__version", 9) ||
			 !strncmp(name, ".init", 5)));
}

static bool counts(const GElf_Sym *symbol, const char *name)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	/* "$x" and ".L1" are marks of the assembler, which kallsyms leaves out too. */
	return name && *name && symbol->st_shndx != SHN_UNDEF && type != STT_FILE &&
	       type != STT_SECTION && *name != '$' && strncmp(name, ".L", 2) != 0;
}

/* The section of a symbol; 0: it is in none. */
static size_t section_of(const GElf_Sym *symbol, Elf32_Word index)
{
	if (symbol->st_shndx == SHN_XINDEX)
		return index;
	return symbol->st_shndx < SHN_LORESERVE ? symbol->st_shndx : 0;
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_cause *err)
{
	struct elf *elf = (struct elf *)source;

	for (*count = 0; *count < KSYMS_BATCH && elf->next < elf->count; elf->next++) {
		const char *name;
		GElf_Sym symbol;
		Elf32_Word index = 0;
		size_t section;

		if (!gelf_getsymshndx(elf->symbols, elf->indexes, (int)elf->next, &symbol, &index))
			continue;
		name = elf_strptr(elf->elf, elf->strings, symbol.st_name);
		if (!counts(&symbol, name))
			continue;
		section = section_of(&symbol, index);
		rows[(*count)++] = (struct ksyms_row){
			.address = symbol.st_value + (elf->bases && section < elf->section_count
							      ? elf->bases[section]
							      : 0),
			.size = symbol.st_size,
			.name = name,
			.name_len = strlen(name),
			.module = *elf->module ? elf->module : NULL,
			.module_len = strlen(elf->module),
			.type = letter(elf->elf, &symbol, section),
			.unloaded = elf->source.unlinked && is_unloaded(elf, section),
		};
	}
	elf->given += *count;
	/* An empty table must not answer that a symbol is absent. */
	if (!elf->given)
		return kvet_reject(err, ENODATA, "libelf", "%s: the symbol table defines no symbol",
				   elf->path);
	return 0;
}

static void elf_close(struct ksyms_source *source)
{
	struct elf *elf = (struct elf *)source;

	elf_end(elf->elf);
	ksyms_bytes_close(&elf->bytes);
	free(elf->image);
	free(elf->bases);
	free(elf);
}

/* A stripped kernel still carries its own symbols. Returns 0, or ret if it has none. */
static int open_embedded(struct elf *elf, struct ksyms_source **source,
			 const struct ksyms_head *head, int ret)
{
	if (!elf->image && read_image(elf, head, NULL))
		return ret;
	if (kvet_ksyms_embedded_open(source, elf->image, elf->size))
		return ret;
	/* The new source owns the image. */
	elf_end(TAKE(elf->elf));
	elf->image = NULL;
	return 0;
}

int kvet_ksyms_elf_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			const char *path, const struct ksyms_head *head, int fd,
			struct kvet_cause *err)
{
	struct elf *elf = calloc(1, sizeof(*elf));
	int ret;

	if (!elf) {
		ksyms_bytes_close(bytes);
		return kvet_fail_memory(err);
	}
	elf->source = (struct ksyms_source){
		.next = next, .close = elf_close, .kind = KVET_KSYMS_ELF, .sizes = true
	};
	elf->bytes = *bytes;
	elf->path = path;
	ret = open_image(elf, head, fd, err);
	if (!ret)
		ret = find_symbols(elf, err);
	if (ret == -ENODATA)
		ret = open_embedded(elf, source, head, ret);
	else if (!ret)
		*source = &elf->source;
	if (ret || *source != &elf->source)
		elf_close(&elf->source);
	return ret;
}
