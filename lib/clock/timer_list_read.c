/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's own offsets. */
#include <errno.h>
#include <string.h>

#include "clock/timer_list.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"

#include <kvet/refusal.h>

int kvet_clock_kernel_read(const struct kvet_host *host, struct kvet_clock_kernel *kernel,
			   struct kvet_cause *err)
{
	AUTO_FCLOSE FILE *stream = NULL;
	struct kvet_cause refused = { 0 };
	char path[PATH_MAX];
	int ret;

	ret = kvet_host_fail_masked(host, "/proc/timer_list", err);
	if (ret)
		return ret;
	ret = kvet_host_fopen(host, "/proc/timer_list", path, &stream, &refused);
	if (ret) {
		kvet_host_fail_file(&refused, path, err);
		if (err && (ret == -EACCES || ret == -ENOENT))
			kvet_remedy_here(host, ret == -EACCES ? KVET_NEED_ROOT : KVET_NEED_UNMASKED,
					 err);
		return ret;
	}
	ret = kvet_clock_timer_list_parse(stream, kernel, err);
	if (ret && err)
		snprintf(err->source, sizeof(err->source), "%.120s", path);
	return ret;
}
