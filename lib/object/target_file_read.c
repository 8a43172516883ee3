/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets in user space: "FILE:FUNCTION+OFFSET" of a uprobe, "FILE:PROVIDER:NAME" of a USDT. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "object/target_read.h"

/* --- the file --------------------------------------------------------------------------------- */

static bool look_in(const char *folders, const char *name, char *path, size_t size)
{
	while (folders && *folders) {
		size_t len = strcspn(folders, ":");

		snprintf(path, size, "%.*s/%s", (int)len, folders, name);
		if (len && !access(path, R_OK))
			return true;
		folders += len + (folders[len] == ':');
	}
	return false;
}

/* As libbpf searches: a library below the loader's folders, a program below PATH. */
static bool find_file(const char *name, char *path, size_t size)
{
	static const char libraries[] = "/lib64:/usr/lib64:/lib:/usr/lib"
#if defined(__x86_64__)
					":/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu"
#elif defined(__aarch64__)
					":/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu"
#elif defined(__s390x__)
					":/lib/s390x-linux-gnu:/usr/lib/s390x-linux-gnu"
#elif defined(__riscv)
					":/lib/riscv64-linux-gnu:/usr/lib/riscv64-linux-gnu"
#endif
		;

	if (strchr(name, '/')) {
		snprintf(path, size, "%s", name);
		return !access(path, R_OK);
	}
	if (strstr(name, ".so"))
		return look_in(getenv("LD_LIBRARY_PATH"), name, path, size) ||
		       look_in(libraries, name, path, size);
	return look_in(getenv("PATH"), name, path, size) ||
	       look_in("/usr/bin:/usr/sbin", name, path, size);
}

/* --- what is in it ---------------------------------------------------------------------------- */

/* wanted may be a glob, for uprobe.multi. */
static bool has_function(Elf *elf, const char *wanted)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;
		GElf_Shdr header;

		if (!gelf_getshdr(scn, &header) || !header.sh_entsize ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		data = elf_getdata(scn, NULL);
		for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
			const char *name;
			GElf_Sym symbol;

			if (!gelf_getsym(data, (int)i, &symbol) || !symbol.st_value ||
			    GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
				continue;
			name = elf_strptr(elf, header.sh_link, symbol.st_name);
			if (name && !fnmatch(wanted, name, 0))
				return true;
		}
	}
	return false;
}

/* Three addresses, then the provider, the name and the arguments, each with its NUL. */
static bool is_note(const char *bytes, size_t size, size_t word, const char *provider,
		    const char *name)
{
	const char *at = bytes + 3 * word, *end = bytes + size, *next;

	if (3 * word >= size || !(next = memchr(at, '\0', (size_t)(end - at))))
		return false;
	return !strcmp(at, provider) && memchr(next + 1, '\0', (size_t)(end - next - 1)) &&
	       !strcmp(next + 1, name);
}

static bool has_usdt(Elf *elf, const char *provider, const char *name)
{
	size_t word = gelf_getclass(elf) == ELFCLASS64 ? 8 : 4;
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		size_t at = 0, next, name_at, bytes_at;
		Elf_Data *data;
		GElf_Shdr header;
		GElf_Nhdr note;

		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(scn, NULL);
		while (data && (next = gelf_getnote(data, at, &note, &name_at, &bytes_at))) {
			const char *bytes = data->d_buf;

			if (note.n_type == 3 && note.n_namesz == 8 &&
			    !memcmp(bytes + name_at, "stapsdt", 8) &&
			    is_note(bytes + bytes_at, note.n_descsz, word, provider, name))
				return true;
			at = next;
		}
	}
	return false;
}

/* --- the answer ------------------------------------------------------------------------------- */

static struct kvet_cause *refuse(struct kvet_target_answer *answer)
{
	answer->verdict = KVET_NO;
	answer->reason = KVET_OBJECT_TARGET_FILE;
	return &answer->cause;
}

static void look(const char *path, char *rest, bool usdt, struct kvet_target_answer *answer)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *name = usdt ? strchr(rest, ':') : NULL;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		kvet_cause_fill(refuse(answer), 0, path, "'%s' cannot be read as an ELF file",
				path);
	} else if (usdt && !name) {
		kvet_cause_fill(refuse(answer), 0, "section",
				"a USDT is written FILE:PROVIDER:NAME, not '%s'", rest);
	} else if (usdt) {
		*name++ = '\0';
		if (!has_usdt(elf, rest, name))
			kvet_cause_fill(refuse(answer), 0, path,
					"the file has no USDT '%s' of this provider", name);
	} else {
		rest[strcspn(rest, "+")] = '\0';
		if (!has_function(elf, rest))
			kvet_cause_fill(refuse(answer), 0, path, "the file has no function '%s'",
					rest);
	}
	elf_end(elf);
}

void kvet_target_file(const char *text, bool usdt, struct kvet_target_answer *answer)
{
	char name[256], path[4096], *rest;

	snprintf(name, sizeof(name), "%s", text);
	rest = strchr(name, ':');
	if (!rest) {
		answer->verdict = KVET_UNDETERMINED;
		answer->reason = KVET_OBJECT_PLACEHOLDER;
		kvet_cause_fill(&answer->cause, 0, "section",
				"the loader sets its target: '%s' is not FILE:FUNCTION", text);
		return;
	}
	*rest++ = '\0';
	if (!strncmp(name, "/proc/self/", 11)) {
		answer->verdict = KVET_UNDETERMINED;
		answer->reason = KVET_OBJECT_PLACEHOLDER;
		kvet_cause_fill(&answer->cause, 0, "section", "'%s' is a file of the loader's own",
				name);
		return;
	}
	if (!find_file(name, path, sizeof(path)))
		kvet_cause_fill(refuse(answer), 0, "PATH", "there is no file '%s'", name);
	else
		look(path, rest, usdt, answer);
}
