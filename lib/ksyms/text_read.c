/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>

#include <kvet/refusal.h>

#include "host/sys_read.h"
#include "ksyms/ahead.h"
#include "ksyms/bytes_read.h"
#include "ksyms/scan.h"
#include "ksyms/text_read.h"

#define KALLSYMS "/proc/kallsyms"

static bool is_running(const struct kvet_host *host)
{
	return !host || !host->sysroot || !*host->sysroot;
}

int kvet_ksyms_text_open(struct ksyms_source **source, const struct kvet_host *host,
			 struct kvet_cause *err)
{
	struct ksyms_bytes bytes;
	char full[PATH_MAX];
	int ret = kvet_host_fail_masked(host, KALLSYMS, err), fd;

	if (ret)
		return ret;
	fd = kvet_host_open(host, KALLSYMS, full, err);
	/* With systemd's ProcSubset=pid the file does not exist. */
	if (fd == -ENOENT && err)
		kvet_remedy_here(host, KVET_NEED_UNMASKED, err);
	if (fd < 0)
		return fd;
	kvet_ksyms_bytes_own(&bytes, fd);
	kvet_ksyms_ahead(&bytes);
	ret = kvet_ksyms_scan_open(source, &bytes, full, NULL, 0, err);
	if (!ret)
		(*source)->kernel_sorted = is_running(host);
	return ret;
}
