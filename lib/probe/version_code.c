/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The version that the kernel was compiled as, from the note in its vDSO: the only place that holds
 * the exact number (arch/.../vdso/note.S, ELFNOTE "Linux", type 0). */
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "probe/version_code.h"

#define NAME "Linux"

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static uint32_t search(const char *notes, size_t size)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) note;
		size_t name_size, whole;
		uint32_t code;

		memcpy(&note, notes, sizeof(note));
		name_size = padded(note.n_namesz);
		whole = sizeof(note) + name_size + padded(note.n_descsz);
		if (whole > size)
			return 0;
		if (note.n_type == 0 && note.n_namesz == sizeof(NAME) &&
		    note.n_descsz == sizeof(code) &&
		    !memcmp(notes + sizeof(note), NAME, sizeof(NAME))) {
			memcpy(&code, notes + sizeof(note) + name_size, sizeof(code));
			return code;
		}
		notes += whole;
		size -= whole;
	}
	return 0;
}

uint32_t kvet_probe_version_code(void)
{
	const char *vdso = (const char *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Ehdr) *elf = (const void *)vdso;
	const ElfW(Phdr) * segments;

	if (!vdso)
		return 0;
	segments = (const void *)(vdso + elf->e_phoff);
	for (int i = 0; i < elf->e_phnum; i++) {
		uint32_t code;

		if (segments[i].p_type != PT_NOTE)
			continue;
		code = search(vdso + segments[i].p_offset, segments[i].p_filesz);
		if (code)
			return code;
	}
	return 0;
}
