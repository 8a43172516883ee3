/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/btf_read.h"
#include "host/sys_read.h"

/* Returns 0 or a negative errno; -ENODATA if there are fewer than size bytes. */
static int read_whole(int fd, char *bytes, size_t size)
{
	for (size_t used = 0; used < size;) {
		ssize_t got = read(fd, bytes + used, size - used);
		int errnum = errno;

		if (got < 0 && errnum == EINTR)
			continue;
		if (got <= 0)
			return got ? -errnum : -ENODATA;
		used += (size_t)got;
	}
	return 0;
}

/*
 * Since Linux 6.16 sysfs allows the file to be mapped, which saves 1400 calls of read(2). A regular
 * file below a sysroot is read instead: if it shrank, access to the lost part would be a SIGBUS.
 */
static const char *map(int fd, size_t size)
{
	struct statfs fs;
	void *bytes;

	if (fstatfs(fd, &fs) || fs.f_type != SYSFS_MAGIC)
		return NULL;
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	return bytes == MAP_FAILED ? NULL : bytes;
}

static int check_file(const struct stat *st, const char *path, struct kvet_cause *err)
{
	if (!S_ISREG(st->st_mode))
		return kvet_reject(err, EINVAL, "fstat", "%s: not a regular file", path);
	if (!st->st_size)
		return kvet_reject(err, EINVAL, "fstat", "%s: no BTF: the file is empty", path);
	return 0;
}

int kvet_btf_read(const struct kvet_host *host, struct kvet_btf *out, struct kvet_cause *err)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *own = NULL;
	const char *bytes;
	struct kvet_btf btf;
	char full[PATH_MAX];
	struct stat st;
	int errnum, ret;

	fd = kvet_host_open(host, KVET_BTF_VMLINUX, full, err);
	if (fd < 0)
		return fd;
	ret = fstat(fd, &st);
	errnum = errno;
	if (ret)
		return kvet_fail(err, errnum, "fstat", "%s: %s", full, strerror(errnum));
	ret = check_file(&st, full, err);
	if (ret)
		return ret;
	bytes = map(fd, (size_t)st.st_size);
	if (!bytes) {
		bytes = own = malloc((size_t)st.st_size);
		if (!own)
			return kvet_fail_memory(err);
		ret = read_whole(fd, own, (size_t)st.st_size);
		if (ret == -ENODATA)
			return kvet_reject(err, ENODATA, "read",
					   "%s: the file shrank while it was read", full);
		if (ret)
			return kvet_fail(err, -ret, "read", "%s: %s", full, strerror(-ret));
	}
	if (!kvet_btf_parse(&btf, bytes, (size_t)st.st_size)) {
		if (!own)
			munmap((void *)(uintptr_t)bytes, (size_t)st.st_size);
		return kvet_reject(err, EINVAL, "read", "%s: not BTF data", full);
	}
	btf.mapped = !own;
	own = NULL;
	*out = btf;
	return 0;
}

void kvet_btf_deinit(struct kvet_btf *btf)
{
	if (btf->mapped)
		munmap((void *)(uintptr_t)btf->bytes, btf->size);
	else
		free((void *)(uintptr_t)btf->bytes);
	*btf = (struct kvet_btf){ 0 };
}
