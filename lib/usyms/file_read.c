/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs and shared libraries, read by libelf. */
#include <elf.h>
#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "core/array.h"
#include "usyms/file.h"

/* The largest section that is read. */
#define SECTION_MOST (UINT64_C(256) << 20)

/* As far as a kernel before 6.12 looks for the note (kernel: lib/buildid.c). */
#define FIRST_PAGE 4096

static bool add_segment(struct usyms_file *file, const GElf_Phdr *header)
{
	if (!ARRAY_MORE(file->segments, file->segment_count))
		return false;
	file->segments[file->segment_count++] = (struct usyms_segment){
		.offset = header->p_offset, .size = header->p_filesz, .address = header->p_vaddr
	};
	return true;
}

/* The kernel takes the first note of this kind, and none that is longer than its array. */
static void read_note(struct usyms_file *file, Elf *elf, const GElf_Phdr *header)
{
	Elf_Data *data = NULL;
	size_t at = 0, next, name_at, bytes_at;
	GElf_Nhdr note;

	if (header->p_filesz <= SECTION_MOST)
		data = elf_getdata_rawchunk(elf, (int64_t)header->p_offset, header->p_filesz,
					    header->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	while (data && !file->has_build_id &&
	       (next = gelf_getnote(data, at, &note, &name_at, &bytes_at))) {
		const char *bytes = data->d_buf;

		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
		    !memcmp(bytes + name_at, "GNU", sizeof("GNU")) && note.n_descsz &&
		    note.n_descsz <= KVET_BUILD_ID_SIZE) {
			memcpy(file->build_id, bytes + bytes_at, note.n_descsz);
			file->has_build_id = true;
			file->early = header->p_offset + header->p_filesz <= FIRST_PAGE;
		}
		at = next;
	}
}

static int read_head(struct usyms_file *file, Elf *elf)
{
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return -EINVAL;
	for (size_t i = 0; i < count && i < INT32_MAX; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, (int)i, &header))
			return -EINVAL;
		if (header.p_type == PT_LOAD && !add_segment(file, &header))
			return -ENOMEM;
		if (header.p_type == PT_NOTE)
			read_note(file, elf, &header);
	}
	return 0;
}

static int read_symbols(struct usyms_file *file, Elf *elf, Elf_Scn *section,
			const GElf_Shdr *header)
{
	Elf_Data *data = header->sh_size <= SECTION_MOST ? elf_getdata(section, NULL) : NULL;

	for (size_t i = 0; data && header->sh_entsize && i < data->d_size / header->sh_entsize;
	     i++) {
		const char *name;
		GElf_Sym symbol;
		int type;

		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		type = GELF_ST_TYPE(symbol.st_info);
		if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (name && !kvet_usyms_file_add(file, symbol.st_value, symbol.st_size, name))
			return -ENOMEM;
	}
	return 0;
}

/* Adds the functions of both tables. all becomes true if there is one that a strip would remove. */
static int read_tables(struct usyms_file *file, Elf *elf, bool *all)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int ret = 0;

	while (!ret && (section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		*all = *all || header.sh_type == SHT_SYMTAB;
		ret = read_symbols(file, elf, section, &header);
	}
	return ret;
}

/* libelf must not map the file: if the file shrinks meanwhile, an access past its new end is
 * SIGBUS. */
static Elf *open_elf(int fd)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		return elf;
	elf_end(elf);
	return NULL;
}

int kvet_usyms_file_read_head(struct usyms_file *file, int fd)
{
	Elf *elf = open_elf(fd);
	int ret = elf ? read_head(file, elf) : -EINVAL;

	elf_end(elf);
	return ret;
}

int kvet_usyms_file_read(struct usyms_file *file, int fd, int debug)
{
	bool all = false;
	Elf *elf = open_elf(fd);
	int ret = elf ? read_tables(file, elf, &all) : -EINVAL;

	elf_end(elf);
	if (!ret && !all && debug >= 0 && (elf = open_elf(debug))) {
		ret = read_tables(file, elf, &all);
		elf_end(elf);
	}
	kvet_usyms_file_sort(file);
	return ret;
}
