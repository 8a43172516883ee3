/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel as its files describe it: this one's, or another one's that the user names. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "object/byte_order.h"
#include "object/core_types.h"
#include "object/needs.h"
#include "probe/version_code.h"

/* vmlinux with all of its debug information is as large as this. */
#define FILE_MOST ((off_t)2 << 30)

/* --- a file ----------------------------------------------------------------------------------- */

static bool take(struct kvet_btf_bytes *bytes, const void *at, size_t size)
{
	bytes->at = malloc(size + 1);
	if (bytes->at)
		memcpy(bytes->at, at, size);
	bytes->size = size;
	return bytes->at;
}

/* The section .BTF. */
static int read_section(Elf *elf, const char *path, struct kvet_btf_bytes *bytes,
			struct kvet_cause *err)
{
	Elf_Scn *scn = NULL;
	size_t names;

	while (!elf_getshdrstrndx(elf, &names) && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr header;
		const char *name =
			gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data = name && !strcmp(name, ".BTF") ? elf_rawdata(scn, NULL) : NULL;

		if (!data || !data->d_buf)
			continue;
		return take(bytes, data->d_buf, data->d_size) ? 0 : kvet_fail_memory(err);
	}
	return kvet_reject(err, EINVAL, path, "an ELF file without a section .BTF");
}

static int read_file(const char *path, struct kvet_btf_bytes *bytes, struct kvet_cause *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	int errnum = errno, ret;
	off_t size;
	Elf *elf;
	char *raw;

	if (fd < 0)
		return kvet_fail(err, errnum, path, "%s", strerror(errnum));
	size = lseek(fd, 0, SEEK_END);
	if (size < 0 || size > FILE_MOST)
		return kvet_reject(err, EINVAL, path, "neither BTF nor an ELF file");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF) {
		ret = read_section(elf, path, bytes, err);
	} else {
		raw = elf ? elf_rawfile(elf, &bytes->size) : NULL;
		ret = raw && take(bytes, raw, bytes->size)
			      ? 0
			      : kvet_reject(err, EINVAL, path, "neither BTF nor an ELF file");
	}
	elf_end(elf);
	return ret;
}

static int read_btf_file(struct kvet_needs_kernel *kernel, const char *path, struct kvet_cause *err)
{
	int ret = read_file(path, &kernel->bytes, err);

	if (ret)
		return ret;
	kernel->core.big_endian = BYTE_ORDER == BIG_ENDIAN;
	if (kvet_btf_is_swapped(kernel->bytes.at, kernel->bytes.size)) {
		kvet_btf_swap(kernel->bytes.at, kernel->bytes.size, false);
		kernel->core.big_endian = !kernel->core.big_endian;
	}
	kernel->btfs = calloc(1, sizeof(*kernel->btfs));
	if (!kernel->btfs)
		return kvet_fail_memory(err);
	ret = kvet_btf_new(&kernel->btfs[0], NULL, kernel->bytes.at, kernel->bytes.size, path, err);
	kernel->btf_count = !ret;
	return ret;
}

/* --- this kernel ------------------------------------------------------------------------------ */

static bool add_module(struct kvet_needs_kernel *kernel, const char *name)
{
	struct kvet_btf *btf = NULL;
	int ret = kvet_btf_read(&btf, kernel->host, name, kernel->btfs[0], NULL);

	/* A module may go while its file is read. */
	if (ret)
		return ret != -ENOMEM;
	if (!ARRAY_MORE(kernel->btfs, kernel->btf_count)) {
		kvet_btf_free(btf);
		return false;
	}
	kernel->btfs[kernel->btf_count++] = btf;
	return true;
}

static int read_modules(struct kvet_needs_kernel *kernel, struct kvet_cause *err)
{
	char path[PATH_MAX];
	DIR *folder = opendir(kvet_host_path(kernel->host, KVET_BTF_FOLDER, path));
	bool done = true;

	for (struct dirent *entry; folder && done && (entry = readdir(folder));)
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, KVET_BTF_KERNEL) != 0)
			done = add_module(kernel, entry->d_name);
	if (folder)
		closedir(folder);
	return done ? 0 : kvet_fail_memory(err);
}

static int read_own_btf(struct kvet_needs_kernel *kernel, struct kvet_cause *err)
{
	struct kvet_btf *btf = NULL;
	int ret = kvet_btf_read(&btf, kernel->host, KVET_BTF_KERNEL, NULL, &kernel->btf_cause);

	kernel->core.big_endian = BYTE_ORDER == BIG_ENDIAN;
	/* A kernel without types is an answer. */
	if (ret)
		return ret == -ENOMEM ? kvet_fail_memory(err) : 0;
	if (!ARRAY_MORE(kernel->btfs, kernel->btf_count)) {
		kvet_btf_free(btf);
		return kvet_fail_memory(err);
	}
	kernel->btfs[kernel->btf_count++] = btf;
	return read_modules(kernel, err);
}

/* --- both ------------------------------------------------------------------------------------- */

static int read_symbols(struct kvet_needs_kernel *kernel, const char *path, struct kvet_cause *err)
{
	const struct kvet_ksyms_options options = { .path = path };

	return kvet_ksyms_open(&kernel->symbols, NULL, &options, err);
}

struct kvet_ksyms *kvet_needs_symbols_read(struct kvet_needs_kernel *kernel)
{
	/* The iterator would be a program. */
	if (!kernel->symbols && kernel->host && !*kernel->symbols_cause.evidence)
		(void)kvet_ksyms_load(&kernel->symbols, kernel->host, NULL, &kernel->symbols_cause);
	return kernel->symbols;
}

int kvet_needs_kernel_read(struct kvet_needs_kernel *kernel, const struct kvet_host *host,
			   const struct kvet_object_kernel *files, struct kvet_cause *err)
{
	static const struct kvet_host here = { .sysroot = NULL };
	int ret;

	if (!host)
		host = &here;
	*kernel = (struct kvet_needs_kernel){ .host = files->btf ? NULL : host,
					      .name = files->btf ? files->btf : "this kernel" };
	ret = files->btf ? read_btf_file(kernel, files->btf, err) : read_own_btf(kernel, err);
	if (!ret && kernel->btf_count)
		ret = kvet_btf_index(kernel->btfs[0], err);
	if (!ret && files->kallsyms)
		ret = read_symbols(kernel, files->kallsyms, err);
	if (ret)
		return ret;
	if (!kernel->host && !kernel->symbols)
		kvet_cause_fill(&kernel->symbols_cause, 0, files->btf,
				"the symbols of another kernel are not known without --kallsyms");
	kernel->core.btfs = (const struct kvet_btf *const *)kernel->btfs;
	kernel->core.count = kernel->btf_count;
	kernel->core.pointer = kernel->btf_count ? kvet_core_pointer_size(kernel->btfs[0]) : 8;
	kernel->version =
		kernel->host && !(host->sysroot && *host->sysroot) ? kvet_probe_version_code() : 0;
	return 0;
}

void kvet_needs_kernel_deinit(struct kvet_needs_kernel *kernel)
{
	/* A module's types refer to the kernel's. */
	for (size_t i = kernel->btf_count; i-- > 0;)
		kvet_btf_free(kernel->btfs[i]);
	free(kernel->btfs);
	kvet_btf_bytes_free(&kernel->bytes);
	kvet_ksyms_free(kernel->symbols);
	*kernel = (struct kvet_needs_kernel){ 0 };
}
