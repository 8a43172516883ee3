/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* securityfs, mounted or not. Touches the kernel: fsopen(2), fsmount(2). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/securityfs_read.h"
#include "host/sys_read.h"

/* From <linux/mount.h>, which conflicts with <sys/mount.h> of some versions. */
#define FS_CLOEXEC        1
#define CONFIG_CMD_CREATE 6

/* A descriptor for the root of an instance that is mounted nowhere, or -1. */
static int mount_detached(void)
{
	AUTO_CLOSE int context = (int)syscall(SYS_fsopen, "securityfs", FS_CLOEXEC);

	if (context < 0 || syscall(SYS_fsconfig, context, CONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return (int)syscall(SYS_fsmount, context, FS_CLOEXEC, 0);
}

int kvet_securityfs_read(const struct kvet_host *host, const char *name, char *buf, size_t size,
			 struct kvet_cause *err)
{
	AUTO_CLOSE int mount = -1, fd = -1;
	char path[64];
	int ret, errnum;

	snprintf(path, sizeof(path), "/sys/kernel/security/%s", name);
	ret = kvet_host_read(host, path, buf, size, err);
	/* If the module list exists, the file system is mounted, and this file is absent. */
	if (ret != -ENOENT || (host && host->sysroot && host->sysroot[0]) ||
	    !access("/sys/kernel/security/lsm", F_OK))
		return ret;
	mount = mount_detached();
	if (mount < 0)
		return ret;
	fd = openat(mount, name, O_RDONLY | O_CLOEXEC);
	errnum = errno;
	if (fd < 0)
		return kvet_fail(err, errnum, "openat", "securityfs: %s: %s", name,
				 strerror(errnum));
	return kvet_host_read_fd(fd, path, buf, size, err);
}

const char *kvet_host_lockdown(const struct kvet_host *host)
{
	static const char *const levels[] = { "none", "integrity", "confidentiality" };
	char text[128], bracketed[32];

	if (kvet_securityfs_read(host, "lockdown", text, sizeof(text), NULL)) {
		/* securityfs is there and lists the active modules: lockdown is not one of them. */
		return !kvet_securityfs_read(host, "lsm", text, sizeof(text), NULL) &&
				       !strstr(text, "lockdown")
			       ? "none"
			       : "unknown";
	}
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		snprintf(bracketed, sizeof(bracketed), "[%s]", levels[i]);
		if (strstr(text, bracketed))
			return levels[i];
	}
	return "unknown";
}
