/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The context of kfuncs: the list that is asked about. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kfunc/kfuncs.h"
#include "kfunc/list_read.h"

AUTO_DEFINE(kvet_kfuncs)

static const char *const texts[] = {
	[KVET_KFUNC_TAGGED] = "tagged in BTF",
	[KVET_KFUNC_IN_SET] = "in a set of kallsyms",
	[KVET_KFUNC_NAMED] = "named",
};

static_assert(sizeof(texts) / sizeof(*texts) == KVET_KFUNC_LISTED_COUNT, "a text for each");

const char *kvet_kfunc_listed_text(enum kvet_kfunc_listed listed)
{
	return (unsigned int)listed < KVET_KFUNC_LISTED_COUNT ? texts[listed] : "?";
}

static int by_name(const void *a, const void *b, void *opaque)
{
	const struct kvet_kfunc_entry *one = a, *other = b;
	int order = strcmp(kvet_kfunc_name(opaque, one), kvet_kfunc_name(opaque, other));

	return order ? order : (one->place > other->place) - (one->place < other->place);
}

int kvet_kfuncs_new(struct kvet_kfuncs **out, struct kvet_probe *probe, struct kvet_cause *err)
{
	AUTO(kvet_kfuncs) *kfuncs = calloc(1, sizeof(*kfuncs));
	int ret;

	if (!kfuncs)
		return kvet_fail_memory(err);
	kfuncs->probe = probe;
	kfuncs->complete = KVET_YES;
	ret = kvet_kfuncs_read(kfuncs, err);
	if (ret)
		return ret;
	if (kfuncs->count)
		qsort_r(kfuncs->entries, kfuncs->count, sizeof(*kfuncs->entries), by_name, kfuncs);
	*out = TAKE(kfuncs);
	return 0;
}

void kvet_kfuncs_free(struct kvet_kfuncs *kfuncs)
{
	if (!kfuncs)
		return;
	for (size_t i = 0; i < kfuncs->place_count; i++) {
		kvet_btf_free(kfuncs->places[i].own);
		if (kfuncs->places[i].fd >= 0)
			close(kfuncs->places[i].fd);
	}
	free(kfuncs->places);
	free(kfuncs->entries);
	free(kfuncs);
}

size_t kvet_kfuncs_count(const struct kvet_kfuncs *kfuncs)
{
	return kfuncs->count;
}

struct kvet_kfunc kvet_kfuncs_at(const struct kvet_kfuncs *kfuncs, size_t index)
{
	const struct kvet_kfunc_entry *entry = &kfuncs->entries[index];
	const char *module = kfuncs->places[entry->place].name;

	return (struct kvet_kfunc){ kvet_kfunc_name(kfuncs, entry), *module ? module : NULL,
				    entry->id, entry->listed };
}

int kvet_kfuncs_add(struct kvet_kfuncs *kfuncs, const char *name, struct kvet_cause *err)
{
	bool any = false;

	for (size_t i = 0; i < kfuncs->count; i++)
		if (!strcmp(kvet_kfunc_name(kfuncs, &kfuncs->entries[i]), name))
			return 0;
	for (size_t i = 0; i < kfuncs->place_count; i++) {
		const struct kvet_btf *btf = kfuncs->places[i].btf;
		uint32_t id = btf ? kvet_btf_find(btf, BTF_KIND_FUNC, name) : 0;

		for (; id; id = kvet_btf_next(btf, id)) {
			any = true;
			if (kvet_kfunc_put(kfuncs, i, id, KVET_KFUNC_NAMED))
				return kvet_fail_memory(err);
		}
	}
	if (any)
		return 0;
	for (size_t i = 0; i < kfuncs->place_count; i++)
		if (!kfuncs->places[i].btf) {
			if (err)
				*err = kfuncs->incomplete;
			return -ENODATA;
		}
	return kvet_reject(err, ENOENT, "BTF",
			   "no function of this kernel or of a loaded module has the name '%s'",
			   name);
}
