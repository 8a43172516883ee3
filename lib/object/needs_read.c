/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an object needs, from its file to the verdicts. Touches the kernel's files only. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "object/file_read.h"
#include "object/live_code.h"
#include "object/needs.h"

AUTO_DEFINE(kvet_object_needs)

#define NEEDS_MOST 200000

const char *kvet_object_need_name(enum kvet_object_need_kind kind)
{
	static const char *const names[] = {
		[KVET_NEED_PROGRAM_TYPE] = "program-type",
		[KVET_NEED_ATTACH_TYPE] = "attach-type",
		[KVET_NEED_TARGET] = "target",
		[KVET_NEED_HELPER] = "helper",
		[KVET_NEED_KFUNC] = "kfunc",
		[KVET_NEED_MAP_TYPE] = "map-type",
		[KVET_NEED_RELOCATION] = "relocation",
		[KVET_NEED_KCONFIG] = "kconfig",
		[KVET_NEED_KSYM] = "ksym",
		[KVET_NEED_CAPABILITY] = "capability",
	};
	_Static_assert(sizeof(names) / sizeof(*names) == KVET_NEED_KIND_COUNT,
		       "each kind has a word");

	return kind < KVET_NEED_KIND_COUNT ? names[kind] : "";
}

/* Without the kernel's types, what relocations come to is unknown: any of both ways is. */
static void forget_relocations(struct kvet_image *image)
{
	for (size_t i = 0; i < image->relocation_count; i++) {
		image->relocations[i].first = i;
		image->relocations[i].code->marks[image->relocations[i].index] |= KVET_MARK_INVALID;
	}
}

static int judge_all(struct kvet_object_needs *needs, const struct kvet_image *image,
		     const struct kvet_needs_list *list, struct kvet_needs_kernel *kernel,
		     struct kvet_cause *err)
{
	if (list->count > NEEDS_MOST)
		return kvet_reject(err, E2BIG, "ELF", "the object needs more than %d things",
				   NEEDS_MOST);
	needs->items = calloc(list->count + 1, sizeof(*needs->items));
	if (!needs->items)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < list->count; i++)
		kvet_needs_judge(&needs->items[needs->count++], &list->items[i], image, kernel);
	return 0;
}

static int read_needs(struct kvet_object_needs *needs, struct kvet_image *image,
		      struct kvet_needs_kernel *kernel, struct kvet_cause *err)
{
	struct kvet_needs_list list = { 0 };
	int ret = 0;

	for (size_t i = 0; i < image->elf.function_count; i++)
		needs->program_count += image->elf.functions[i].program;
	kvet_needs_externs_read(image, kernel);
	if (!kernel->btf_count)
		forget_relocations(image);
	else if (image->relocation_count)
		ret = kvet_image_relocate(image, &kernel->core, err);
	if (!ret)
		ret = kvet_live_code_mark(image, err);
	if (!ret)
		ret = kvet_needs_collect(&list, image, err);
	if (!ret)
		ret = judge_all(needs, image, &list, kernel, err);
	free(list.items);
	return ret;
}

int kvet_object_needs_read(struct kvet_object_needs **out, const struct kvet_host *host,
			   const struct kvet_object_kernel *files, const char *path,
			   struct kvet_cause *err)
{
	AUTO(kvet_object_needs) *needs = calloc(1, sizeof(*needs));
	struct kvet_object *answer = calloc(1, sizeof(*answer));
	struct kvet_needs_kernel kernel = { 0 };
	struct kvet_image image = { 0 };
	AUTO_FREE char *bytes = NULL;
	size_t size = 0;
	int ret = needs && answer ? kvet_object_file_read(path, &bytes, &size, err)
				  : kvet_fail_memory(err);

	if (!ret)
		ret = kvet_needs_kernel_read(&kernel, host, files, err);
	if (!ret && kvet_image_read(&image, bytes, size, answer)) {
		needs->verdict = answer->verdict == KVET_YES ? KVET_UNDETERMINED : answer->verdict;
		needs->reason = answer->reason;
		needs->cause = answer->cause;
	} else if (!ret) {
		ret = read_needs(needs, &image, &kernel, err);
	}
	kvet_image_deinit(&image);
	kvet_needs_kernel_deinit(&kernel);
	free(answer);
	if (ret)
		return ret;
	*out = TAKE(needs);
	return 0;
}

void kvet_object_needs_free(struct kvet_object_needs *needs)
{
	if (!needs)
		return;
	free(needs->items);
	free(needs);
}
