/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The reader of BTF, fed with anything: all types followed, with and without an index, and the
 * names of helpers that probe takes from it. */
#include "host/btf.h"
#include "kprobe/prototype.h"
#include "probe/kernel_btf.h"
#include "tests/fuzz/require.h"

static void follow(const struct kvet_btf *btf)
{
	struct kvet_kprobe_prototype prototype;
	struct kvet_btf_member member;

	for (uint32_t id = btf->first; id < btf->end; id++) {
		const struct btf_type *type = kvet_btf_type(btf, id);
		const char *name = kvet_btf_string(btf, type->name_off);
		uint32_t next = kvet_btf_next(btf, id);

		require(!next ||
			(next > id && btf_kind(kvet_btf_type(btf, next)) == btf_kind(type)));
		require(kvet_btf_resolve(btf, id) < btf->end);
		kvet_btf_member(btf, id, "a", &member);
		if (name && *name)
			require(kvet_btf_find(btf, btf_kind(type), name) <= id);
	}
	kvet_prototype_find(btf, "f", &prototype);
}

static void read_kernel(const char *bytes, size_t size)
{
	struct kvet_kernel *kernel = NULL;
	struct kvet_btf *btf = NULL;
	struct kvet_cause err = { 0 };
	int member;

	if (kvet_btf_new(&btf, NULL, bytes, size, "fuzz", &err)) {
		require(!btf && *err.evidence);
		return;
	}
	if (btf->end < 1000)
		follow(btf);
	require(!kvet_btf_index(btf, NULL));
	follow(btf);
	kvet_btf_free(btf);
	require(!kvet_btf_new(&btf, NULL, bytes, size, "fuzz", &err));
	if (kvet_kernel_new(&kernel, btf, &err)) {
		require(!kernel && *err.evidence);
		return;
	}
	for (int i = -1; i <= kvet_kernel_helpers_end(kernel); i++)
		kvet_kernel_helper_name(kernel, i);
	for (size_t i = 0; i < kvet_kernel_ops_count(kernel); i++) {
		require(kvet_kernel_ops_name(kernel, i) != NULL);
		require(kvet_kernel_ops_member(kernel, i, 0, &member) != NULL);
	}
	kvet_kernel_find(kernel, "f", true);
	kvet_kernel_find(kernel, "s", false);
	kvet_kernel_free(kernel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = as_text(data, size);

	read_kernel(bytes, size);
	free(bytes);
	return 0;
}
