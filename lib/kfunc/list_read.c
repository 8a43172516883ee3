/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads what marks kfuncs: the BTF of kernel and modules, the symbol table. Touches the kernel. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "kfunc/list_read.h"
#include "probe/context.h"

static void note_incomplete(struct kvet_kfuncs *kfuncs, const struct kvet_cause *cause)
{
	if (kfuncs->complete == KVET_YES)
		kfuncs->incomplete = *cause;
	kfuncs->complete = KVET_UNDETERMINED;
}

static struct kvet_kfunc_place *add_place(struct kvet_kfuncs *kfuncs, const char *name)
{
	struct kvet_kfunc_place *place;

	if (!ARRAY_MORE(kfuncs->places, kfuncs->place_count))
		return NULL;
	place = &kfuncs->places[kfuncs->place_count++];
	*place = (struct kvet_kfunc_place){ .fd = -1 };
	snprintf(place->name, sizeof(place->name), "%s", name);
	return place;
}

static int add_module(struct kvet_kfuncs *kfuncs, const char *name, struct kvet_cause *err)
{
	struct kvet_kfunc_place *place = add_place(kfuncs, name);
	struct kvet_cause cause;
	int ret;

	if (!place)
		return kvet_fail_memory(err);
	ret = kvet_btf_read(&place->own, &kfuncs->probe->host, name, kfuncs->places[0].btf, &cause);
	if (ret == -ENOMEM)
		return kvet_fail_memory(err);
	/* A module may be unloaded at any time. */
	if (ret && ret != -ENOENT)
		note_incomplete(kfuncs, &cause);
	place->btf = place->own;
	return 0;
}

static int add_modules(struct kvet_kfuncs *kfuncs, struct kvet_cause *err)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder;
	int ret = 0, errnum;

	kvet_host_path(&kfuncs->probe->host, KVET_BTF_FOLDER, path);
	errno = 0;
	folder = opendir(path);
	errnum = errno;
	if (!folder) {
		struct kvet_cause cause = { 0 };

		kvet_cause_fill(&cause, errnum, "opendir", "%s: %s", path, strerror(errnum));
		note_incomplete(kfuncs, &cause);
		return 0;
	}
	while (!ret && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, KVET_BTF_KERNEL) != 0)
			ret = add_module(kfuncs, entry->d_name, err);
	closedir(folder);
	return ret;
}

/* Reads the sets from the symbol table. Without any the list stays empty, and is not complete. */
static int add_sets(struct kvet_kfuncs *kfuncs, struct kvet_cause *err)
{
	struct kvet_ksyms_query query;
	struct kvet_ksyms_options options = { .queries = &query, .query_count = 1 };
	struct kvet_ksyms *table = NULL;
	struct kvet_cause cause = { 0 };
	size_t sets = 0;
	int ret = kvet_ksyms_query_parse(&query, "__BTF_ID__*", false, err);

	if (ret)
		return ret;
	ret = kvet_ksyms_open(&table, &kfuncs->probe->host, &options, &cause);
	kvet_ksyms_query_deinit(&query);
	if (ret == -ENOMEM)
		return kvet_fail_memory(err);
	if (!ret && kvet_ksyms_count(table) && kvet_ksyms_hidden(table)) {
		kvet_ksyms_hidden_cause(&kfuncs->probe->host, NULL, &cause);
	} else if (!ret) {
		ret = kvet_kfunc_put_sets(kfuncs, table, &sets);
		if (ret)
			kvet_fail_memory(err);
		kvet_cause_fill(
			&cause, 0, "/proc/kallsyms",
			"BTF tags no function as bpf_kfunc, and the symbol table has no set "
			"of BTF ids");
		kvet_cause_remedy(&cause, "name the functions: kvet probe kfuncs NAME");
	}
	kvet_ksyms_free(table);
	if (ret == -ENOMEM)
		return ret;
	if (!sets)
		note_incomplete(kfuncs, &cause);
	return 0;
}

int kvet_kfuncs_read(struct kvet_kfuncs *kfuncs, struct kvet_cause *err)
{
	struct kvet_cause cause = { 0 };
	struct kvet_kfunc_place *kernel = add_place(kfuncs, "");
	int ret = 0;

	if (!kernel)
		return kvet_fail_memory(err);
	kernel->btf = kvet_probe_btf(kfuncs->probe, &cause);
	if (!kernel->btf) {
		note_incomplete(kfuncs, &cause);
		return 0;
	}
	ret = add_modules(kfuncs, err);
	for (size_t i = 0; i < kfuncs->place_count && !ret; i++)
		if (kfuncs->places[i].btf && kvet_kfunc_put_tagged(kfuncs, i))
			ret = kvet_fail_memory(err);
	if (!ret && !kfuncs->count)
		ret = add_sets(kfuncs, err);
	return ret;
}
