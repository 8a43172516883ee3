/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's own offsets. */
#include <errno.h>
#include <string.h>

#include "clock/timer_list.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"

int kvet_clock_kernel_read(const struct kvet_host *host, struct kvet_clock_kernel *kernel,
			   struct kvet_error *err)
{
	AUTO_FCLOSE FILE *stream = NULL;
	char path[PATH_MAX];
	int errnum;

	stream = fopen(kvet_host_path(host, "/proc/timer_list", path), "re");
	errnum = errno;
	if (!stream) {
		kvet_fail(err, errnum, path, "%s", strerror(errnum));
		if (err && errnum == EACCES)
			kvet_cause_remedy(&err->cause, "run as root: the file is root's alone");
		return -errnum;
	}
	return kvet_clock_timer_list_parse(stream, kernel, err);
}
