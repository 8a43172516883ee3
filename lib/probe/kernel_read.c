/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's BTF, which anybody may read. Touches the kernel. */
#include <errno.h>
#include <string.h>

#include "core/fail.h"
#include "host/sys_read.h"
#include "probe/kernel.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

int kvet_kernel_read(struct kvet_kernel **kernel, const struct kvet_host *host,
		     struct kvet_error *err)
{
	char path[PATH_MAX];
	struct btf *btf;
	int errnum;

	errno = 0;
	btf = btf__parse_raw(kvet_host_path(host, VMLINUX, path));
	errnum = errno;
	if (!btf)
		return kvet_fail(err, errnum ? errnum : EINVAL, "open", "%s: %s", path,
				 strerror(errnum ? errnum : EINVAL));
	return kvet_kernel_new(kernel, btf, err);
}
