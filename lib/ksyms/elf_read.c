/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/elf_read.h"
#include "ksyms/names.h"

#define IMAGE_FIRST (1U << 20)

struct elf {
	struct ksyms_source source; /* first: the one is cast to the other */
	int fd;                     /* of a plain file; else -1 */
	char *image;                /* of an unpacked one */
	Elf *elf;
	Elf_Data *symbols;
	size_t strings; /* section */
	size_t next, count;
	uint64_t *bases; /* of a module's sections */
	size_t section_count;
	const char *module;
};

static int fail_elf(struct kvet_error *err, const char *path)
{
	return kvet_fail(err, EINVAL, "libelf", "%s: %s", path, elf_errmsg(-1));
}

/* Everything that bytes has, behind what was read of it before. */
static int unpack(struct elf *elf, const struct ksyms_bytes *bytes, const char *path,
		  const char *seen, size_t seen_len, size_t *size, struct kvet_error *err)
{
	size_t room = 0;

	*size = 0;
	for (;;) {
		ssize_t got;

		if (*size + seen_len >= room) {
			room = room ? room * 2 : IMAGE_FIRST;
			if (kvet_ksyms_grow(&elf->image, room, 1))
				return kvet_fail_memory(err);
		}
		if (!*size) {
			memcpy(elf->image, seen, seen_len);
			*size = seen_len;
		}
		got = bytes->read(bytes->ctx, elf->image + *size, room - *size);
		if (got < 0)
			return kvet_fail(err, (int)-got, "read", "%s: %s", path,
					 strerror((int)-got));
		if (!got)
			return 0;
		*size += (size_t)got;
	}
}

static int open_image(struct elf *elf, const struct ksyms_bytes *bytes, const char *path,
		      const char *seen, size_t seen_len, struct kvet_error *err)
{
	char first[4];
	size_t size;
	int ret;

	elf_version(EV_CURRENT);
	/* A plain file is mapped by libelf: what is not looked at takes no memory. */
	elf->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (elf->fd >= 0 && pread(elf->fd, first, sizeof(first), 0) == sizeof(first) &&
	    !memcmp(first, seen, sizeof(first))) {
		elf->elf = elf_begin(elf->fd, ELF_C_READ_MMAP, NULL);
		return elf->elf ? 0 : fail_elf(err, path);
	}
	ret = unpack(elf, bytes, path, seen, seen_len, &size, err);
	if (ret)
		return ret;
	elf->elf = elf_memory(elf->image, size);
	return elf->elf ? 0 : fail_elf(err, path);
}

/* "name=ext4" of .modinfo: what the kernel calls the module. */
static const char *module_name(Elf *elf, size_t names)
{
	static const char key[] = "name=";
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		const char *name, *at, *end;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strcmp(name, ".modinfo") != 0)
			continue;
		data = elf_getdata(section, NULL);
		if (!data || !data->d_size || ((const char *)data->d_buf)[data->d_size - 1])
			return NULL;
		end = (const char *)data->d_buf + data->d_size;
		for (at = data->d_buf; at < end; at += strlen(at) + 1)
			if (!strncmp(at, key, sizeof(key) - 1))
				return at + sizeof(key) - 1;
	}
	return NULL;
}

/* The sections of a file that is not linked yet, one behind the other. */
static int lay_out(struct elf *elf, struct kvet_error *err)
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

static int find_symbols(struct elf *elf, const char *path, struct kvet_error *err)
{
	Elf_Scn *section = NULL;
	GElf_Ehdr file;
	GElf_Shdr header;
	size_t names;

	if (!gelf_getehdr(elf->elf, &file) || elf_getshdrnum(elf->elf, &elf->section_count) ||
	    elf_getshdrstrndx(elf->elf, &names))
		return fail_elf(err, path);
	while ((section = elf_nextscn(elf->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return fail_elf(err, path);
		if (header.sh_type != SHT_SYMTAB || !header.sh_entsize)
			continue;
		elf->symbols = elf_getdata(section, NULL);
		if (!elf->symbols)
			return fail_elf(err, path);
		elf->strings = header.sh_link;
		elf->count = elf->symbols->d_size / header.sh_entsize;
	}
	if (!elf->count)
		return kvet_fail(err, EINVAL, "libelf", "%s: no symbol table: it was stripped",
				 path);
	if (file.e_type != ET_REL)
		return 0;
	elf->source.unlinked = true;
	elf->module = module_name(elf->elf, names);
	return lay_out(elf, err);
}

/* The letter of nm(1). */
static char letter(Elf *elf, const GElf_Sym *symbol)
{
	int bind = GELF_ST_BIND(symbol->st_info);
	Elf_Scn *section;
	GElf_Shdr header;
	char c;

	if (bind == STB_WEAK)
		return GELF_ST_TYPE(symbol->st_info) == STT_OBJECT ? 'V' : 'W';
	section = symbol->st_shndx < SHN_LORESERVE ? elf_getscn(elf, symbol->st_shndx) : NULL;
	if (!section || !gelf_getshdr(section, &header))
		c = 'a';
	else if (header.sh_flags & SHF_EXECINSTR)
		c = 't';
	else if (!(header.sh_flags & SHF_ALLOC))
		c = 'n';
	else if (header.sh_type == SHT_NOBITS)
		c = 'b';
	else
		c = header.sh_flags & SHF_WRITE ? 'd' : 'r';
	return bind == STB_GLOBAL ? (char)(c - 'a' + 'A') : c;
}

static bool counts(const GElf_Sym *symbol, const char *name)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	/* "$x" and ".L1" mark places for the assembler; kallsyms has none of them either. */
	return name && *name && symbol->st_shndx != SHN_UNDEF && type != STT_FILE &&
	       type != STT_SECTION && *name != '$' && strncmp(name, ".L", 2) != 0;
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_error *err)
{
	struct elf *elf = (struct elf *)source;

	(void)err;
	for (*count = 0; *count < KSYMS_BATCH && elf->next < elf->count; elf->next++) {
		const char *name;
		GElf_Sym symbol;
		uint64_t base = 0;

		if (!gelf_getsym(elf->symbols, (int)elf->next, &symbol))
			continue;
		name = elf_strptr(elf->elf, elf->strings, symbol.st_name);
		if (!counts(&symbol, name))
			continue;
		if (elf->bases && symbol.st_shndx < elf->section_count)
			base = elf->bases[symbol.st_shndx];
		rows[(*count)++] = (struct ksyms_row){
			.address = symbol.st_value + base,
			.size = symbol.st_size,
			.name = name,
			.name_len = strlen(name),
			.module = elf->module,
			.module_len = elf->module ? strlen(elf->module) : 0,
			.type = letter(elf->elf, &symbol),
		};
	}
	return 0;
}

static void elf_close(struct ksyms_source *source)
{
	struct elf *elf = (struct elf *)source;

	elf_end(elf->elf);
	free(elf->image);
	free(elf->bases);
	if (elf->fd >= 0)
		close(elf->fd);
	free(elf);
}

int kvet_ksyms_elf_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			const char *path, const char *seen, size_t seen_len, struct kvet_error *err)
{
	struct elf *elf = calloc(1, sizeof(*elf));
	int ret;

	if (!elf) {
		bytes->close(bytes->ctx);
		return kvet_fail_memory(err);
	}
	elf->source = (struct ksyms_source){
		.next = next, .close = elf_close, .kind = KVET_KSYMS_ELF, .sizes = true
	};
	elf->fd = -1;
	ret = open_image(elf, bytes, path, seen, seen_len, err);
	bytes->close(bytes->ctx);
	if (!ret)
		ret = find_symbols(elf, path, err);
	if (ret) {
		elf_close(&elf->source);
		return ret;
	}
	*source = &elf->source;
	return 0;
}
