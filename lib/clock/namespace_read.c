/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time namespace of the calling process. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <kvet/clock.h>

#include "clock/namespace.h"
#include "core/fail.h"
#include "host/sys_read.h"

/* The inode number of the initial time namespace is fixed: PROC_TIME_INIT_INO of
 * include/linux/proc_ns.h, 0xEFFFFFFA. */
static const char initial[] = "time:[4026531834]";

/* "type:[inode]" (namespaces(7)); a number has at most 20 digits. */
#define LINK_SIZE 64

static int read_link(const struct kvet_host *host, const char *path, char name[LINK_SIZE],
		     struct kvet_cause *err)
{
	char full[PATH_MAX];
	ssize_t len = readlink(kvet_host_path(host, path, full), name, LINK_SIZE - 1);
	int errnum = errno;

	if (len < 0)
		return kvet_fail(err, errnum, "readlink", "%s: %s", full, strerror(errnum));
	name[len] = '\0';
	return 0;
}

/* Every current kernel has mount namespaces, so a /proc without one is not that of this process. */
static int check_proc(const struct kvet_host *host, struct kvet_cause *err)
{
	char name[LINK_SIZE], full[PATH_MAX];

	if (!read_link(host, "/proc/self/ns/mnt", name, NULL))
		return 0;
	kvet_reject(err, ENOENT, "readlink",
		    "%s is missing, so kvet cannot tell whether a time namespace shifts the clocks",
		    kvet_host_path(host, "/proc/self/ns", full));
	if (err)
		kvet_cause_remedy(err, "mount /proc");
	return -ENOENT;
}

int kvet_clock_namespace_read(const struct kvet_host *host, struct kvet_clock_namespace *ns,
			      struct kvet_cause *err)
{
	struct kvet_clock_namespace found = { 0 };
	char own[LINK_SIZE], children[LINK_SIZE], text[4096];
	struct kvet_cause absent;
	int ret;

	ret = read_link(host, "/proc/self/ns/time", own, &absent);
	if (ret == -ENOENT) {
		ret = check_proc(host, err);
		if (!ret)
			*ns = found;
		return ret;
	}
	if (!ret)
		ret = read_link(host, "/proc/self/ns/time_for_children", children, &absent);
	if (ret) {
		if (err)
			*err = absent;
		return ret;
	}
	found.inside = strcmp(own, initial) != 0;
	found.known = !found.inside || !strcmp(own, children);
	if (found.inside && found.known) {
		ret = kvet_host_read(host, "/proc/self/timens_offsets", text, sizeof(text), err);
		if (ret)
			return ret;
		ret = kvet_clock_namespace_parse(text, &found.monotonic_ns, &found.boottime_ns,
						 err);
		if (ret)
			return ret;
	}
	*ns = found;
	return 0;
}
