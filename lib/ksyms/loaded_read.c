/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/array.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "ksyms/loaded.h"

static uint64_t read_inode(const struct kvet_host *host, const char *name)
{
	char path[128], full[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return stat(kvet_host_path(host, path, full), &st) ? 0 : st.st_ino;
}

static int read_modules(const struct kvet_host *host, struct ksyms_loaded *loaded,
			struct kvet_cause *err)
{
	AUTO_FCLOSE FILE *stream = NULL;
	AUTO_FREE char *line = NULL;
	char full[PATH_MAX];
	size_t size = 0;
	int ret = kvet_host_fopen(host, "/proc/modules", full, &stream, &loaded->no_modules);

	/* A kernel without modules has no such file. */
	if (ret == -ENOENT)
		loaded->no_modules = (struct kvet_cause){ 0 };
	if (ret)
		return ret == -ENOMEM ? kvet_fail_memory(err) : 0;
	while (getline(&line, &size, stream) > 0) {
		struct ksyms_loaded_module module;

		if (!kvet_ksyms_loaded_parse(line, &module))
			continue;
		module.inode = read_inode(host, module.name);
		if (!ARRAY_MORE(loaded->modules, loaded->module_count))
			return kvet_fail_memory(err);
		loaded->modules[loaded->module_count++] = module;
	}
	if (ferror(stream))
		kvet_fail(&loaded->no_modules, errno, full, "%s", strerror(errno));
	kvet_ksyms_loaded_sort(loaded);
	return 0;
}

static int read_bpf(const struct kvet_host *host, struct ksyms_loaded *loaded,
		    struct kvet_cause *err)
{
	int ret;

	if (host && host->sysroot && *host->sysroot)
		return 0;
	ret = kvet_bpf_programs_read(host, &loaded->programs, &loaded->no_bpf);
	if (!ret)
		ret = kvet_bpf_links_read(host, &loaded->links, &loaded->no_bpf);
	return ret == -ENOMEM ? kvet_fail_memory(err) : 0;
}

int kvet_ksyms_loaded_read(const struct kvet_host *host, struct ksyms_loaded **out,
			   struct kvet_cause *err)
{
	AUTO(ksyms_loaded) *loaded = calloc(1, sizeof(*loaded));
	int ret = loaded ? 0 : kvet_fail_memory(err);

	if (!ret)
		ret = read_modules(host, loaded, err);
	if (!ret)
		ret = read_bpf(host, loaded, err);
	if (!ret)
		*out = TAKE(loaded);
	return ret;
}
