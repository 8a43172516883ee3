/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The readers of BTF, fed with anything: the one pass for a type or two, and the whole kernel. */
#include <bpf/libbpf.h>

#include "host/btf_read.h"
#include "probe/kernel.h"
#include "tests/fuzz/require.h"

static void read_pass(const char *bytes, size_t size)
{
	struct kvet_btf_member members[] = { { .name = "a" }, { .name = "bc" } };
	struct kvet_btf btf;

	if (!kvet_btf_parse(&btf, bytes, size))
		return;
	kvet_btf_function(&btf, "f");
	kvet_btf_function(&btf, "vfs_read");
	if (!kvet_btf_struct(&btf, "s", members, 2))
		require(!members[0].found && !members[1].found);
}

static void read_kernel(const char *bytes, size_t size)
{
	struct btf *btf = btf__new(bytes, (__u32)size);
	struct kvet_kernel *kernel = NULL;
	struct kvet_cause err = { 0 };
	int member;

	if (!btf)
		return;
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

	libbpf_set_print(NULL);
	read_pass(bytes, size);
	read_kernel(bytes, size);
	free(bytes);
	return 0;
}
