/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's small text files: /proc/sys, /proc/self/status. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"

/* The size limit for a copy of a file of /proc or /sys: the largest, /proc/kallsyms, has 20 MB. */
#define SIZE_MOST (256 << 20)

const char *kvet_host_path(const struct kvet_host *host, const char *path, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s%s", host && host->sysroot ? host->sysroot : "", path);
	return out;
}

struct kvet_host kvet_host_self(const struct kvet_host *host)
{
	return (struct kvet_host){ .sysroot = host ? host->selfroot : NULL };
}

/* Refuses what cannot be a file of the kernel. */
static int check_file(int fd, const char *path, struct kvet_cause *err)
{
	const dev_t null = makedev(1, 3);
	struct stat st;
	int ret = fstat(fd, &st);
	int errnum = errno;

	if (ret)
		return kvet_fail(err, errnum, "fstat", "%s: %s", path, strerror(errnum));
	if (S_ISREG(st.st_mode) && st.st_size > SIZE_MOST)
		return kvet_reject(err, EFBIG, "fstat",
				   "%s: larger than %d MiB: not a file of the kernel", path,
				   SIZE_MOST >> 20);
	/* A directory has an error of its own at the first read. */
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == null))
		return 0;
	return kvet_reject(err, EINVAL, "fstat", "%s: not a regular file", path);
}

int kvet_host_open(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		   struct kvet_cause *err)
{
	AUTO_CLOSE int fd =
		open(kvet_host_path(host, path, full), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int errnum = errno, ret;

	if (fd < 0)
		return kvet_fail(err, errnum, "open", "%s: %s", full, strerror(errnum));
	ret = check_file(fd, full, err);
	return ret ? ret : TAKE_FD(fd);
}

int kvet_host_fopen(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		    FILE **stream, struct kvet_cause *err)
{
	AUTO_CLOSE int fd = kvet_host_open(host, path, full, err);

	if (fd < 0)
		return fd;
	*stream = fdopen(fd, "r");
	if (!*stream)
		return kvet_fail_memory(err);
	(void)TAKE_FD(fd);
	return 0;
}

void kvet_host_fail_file(const struct kvet_cause *refused, const char *full, struct kvet_cause *err)
{
	if (refused->errnum)
		kvet_fail(err, refused->errnum, full, "%s", strerror(refused->errnum));
	else if (err)
		*err = *refused;
}

int kvet_host_read(const struct kvet_host *host, const char *path, char *buf, size_t size,
		   struct kvet_cause *err)
{
	char full[PATH_MAX];
	AUTO_CLOSE int fd = kvet_host_open(host, path, full, err);

	if (fd < 0)
		return fd;
	return kvet_host_read_fd(fd, full, buf, size, err);
}

int kvet_host_read_fd(int fd, const char *path, char *buf, size_t size, struct kvet_cause *err)
{
	size_t used = 0;

	for (;;) {
		char past;
		char *to = used < size - 1 ? buf + used : &past;
		ssize_t got = read(fd, to, used < size - 1 ? size - 1 - used : 1);
		int errnum = errno;

		if (got < 0 && errnum == EINTR)
			continue;
		if (got < 0)
			return kvet_fail(err, errnum, "read", "%s: %s", path, strerror(errnum));
		if (got == 0)
			break;
		if (to == &past)
			return kvet_reject(err, E2BIG, "read", "%s: more than %zu bytes", path,
					   size - 1);
		used += (size_t)got;
	}
	while (used && isspace((unsigned char)buf[used - 1]))
		used--;
	buf[used] = '\0';
	return 0;
}

int kvet_host_read_number(const struct kvet_host *host, const char *path, long *value,
			  struct kvet_cause *err)
{
	char text[64], *end;
	long number;
	int ret;

	ret = kvet_host_read(host, path, text, sizeof(text), err);
	if (ret)
		return ret;
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end) {
		char full[PATH_MAX];

		return kvet_reject(err, EINVAL, "read", "%s: '%s' is not a number",
				   kvet_host_path(host, path, full), text);
	}
	*value = number;
	return 0;
}

int kvet_host_sysctl(const struct kvet_host *host, const char *name, long *value,
		     struct kvet_cause *err)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	return kvet_host_read_number(host, path, value, err);
}

int kvet_host_seccomp(const struct kvet_host *host)
{
	const struct kvet_host self = kvet_host_self(host);
	char text[8192];
	const char *line;

	if (kvet_host_read(&self, "/proc/self/status", text, sizeof(text), NULL))
		return -1;
	line = strstr(text, "\nSeccomp:");
	return line ? atoi(line + strlen("\nSeccomp:")) : -1;
}
