/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's BTF, which every user may read. Touches the kernel. */
#include "probe/kernel_btf.h"

int kvet_kernel_read(struct kvet_kernel **kernel, const struct kvet_host *host,
		     struct kvet_cause *err)
{
	struct kvet_btf *btf;
	int ret = kvet_btf_read(&btf, host, KVET_BTF_KERNEL, NULL, err);

	return ret ? ret : kvet_kernel_new(kernel, btf, err);
}
