/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's BTF, which every user may read. Touches the kernel. */
#include <errno.h>
#include <string.h>

#include "core/fail.h"
#include "host/btf_read.h"
#include "host/sys_read.h"
#include "probe/kernel.h"

int kvet_kernel_read(struct kvet_kernel **kernel, const struct kvet_host *host,
		     struct kvet_cause *err)
{
	struct kvet_btf raw;
	struct btf *btf;
	char full[PATH_MAX];
	int ret, errnum;

	/* Mapped where possible: libbpf reads the file with 1400 calls of read(2). */
	ret = kvet_btf_read(host, &raw, err);
	if (ret)
		return ret;
	errno = 0;
	btf = btf__new(raw.bytes, (uint32_t)raw.size);
	errnum = errno;
	kvet_btf_deinit(&raw);
	/* Other errnos are set by libbpf: no call returned them. */
	if (!btf && errnum == ENOMEM)
		return kvet_fail_memory(err);
	if (!btf)
		return kvet_reject(err, EINVAL, "BTF", "%s: damaged: libbpf cannot read it",
				   kvet_host_path(host, KVET_BTF_VMLINUX, full));
	return kvet_kernel_new(kernel, btf, err);
}
