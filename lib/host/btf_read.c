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
#include "host/btf.h"
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
static void *map(int fd, size_t size)
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

static int read_bytes(int fd, const char *path, struct kvet_btf_bytes *bytes,
		      struct kvet_cause *err)
{
	struct stat st;
	int ret, errnum;

	ret = fstat(fd, &st);
	errnum = errno;
	if (ret)
		return kvet_fail(err, errnum, "fstat", "%s: %s", path, strerror(errnum));
	ret = check_file(&st, path, err);
	if (ret)
		return ret;
	bytes->size = (size_t)st.st_size;
	bytes->at = map(fd, bytes->size);
	bytes->mapped = bytes->at;
	if (bytes->mapped)
		return 0;
	bytes->at = malloc(bytes->size);
	if (!bytes->at)
		return kvet_fail_memory(err);
	ret = read_whole(fd, bytes->at, bytes->size);
	if (ret == -ENODATA)
		return kvet_reject(err, ENODATA, "read", "%s: the file shrank while it was read",
				   path);
	return ret ? kvet_fail(err, -ret, "read", "%s: %s", path, strerror(-ret)) : 0;
}

static int read_types(struct kvet_btf **out, const struct kvet_host *host, const char *module,
		      const struct kvet_btf *base, struct kvet_btf_goals *goals,
		      struct kvet_cause *err)
{
	struct kvet_btf_bytes bytes = { 0 };
	struct kvet_btf *btf = NULL;
	AUTO_CLOSE int fd = -1;
	char path[128], full[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), KVET_BTF_FOLDER "%s", module);
	fd = kvet_host_open(host, path, full, err);
	if (fd < 0)
		return fd;
	ret = read_bytes(fd, full, &bytes, err);
	if (!ret)
		ret = kvet_btf_new_for(&btf, base, bytes.at, bytes.size, goals, full, err);
	if (ret) {
		kvet_btf_bytes_free(&bytes);
		return ret;
	}
	btf->bytes = bytes;
	*out = btf;
	return 0;
}

int kvet_btf_read(struct kvet_btf **out, const struct kvet_host *host, const char *module,
		  const struct kvet_btf *base, struct kvet_cause *err)
{
	return read_types(out, host, module, base, NULL, err);
}

int kvet_btf_read_for(struct kvet_btf **out, const struct kvet_host *host,
		      struct kvet_btf_goals *goals, struct kvet_cause *err)
{
	return read_types(out, host, KVET_BTF_KERNEL, NULL, goals, err);
}
