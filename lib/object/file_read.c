/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "object/file_read.h"

#define FILE_MOST (64L << 20)

int kvet_object_file_read(const char *path, char **bytes, size_t *size, struct kvet_cause *err)
{
	AUTO_CLOSE int fd = -1;
	size_t room = 0;
	struct stat stat;
	int errnum;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	errnum = errno;
	if (fd < 0)
		return kvet_fail(err, errnum, path, "%s", strerror(errnum));
	if (!fstat(fd, &stat) && S_ISDIR(stat.st_mode))
		return kvet_reject(err, EISDIR, path, "a directory, not a file");
	*size = 0;
	for (;;) {
		ssize_t got;

		if (!ARRAY_RESERVE(*bytes, room, *size + 65536))
			return kvet_fail_memory(err);
		got = read(fd, *bytes + *size, 65536);
		errnum = errno;
		if (got < 0)
			return kvet_fail(err, errnum, path, "%s", strerror(errnum));
		if (!got)
			return 0;
		*size += (size_t)got;
		if (*size > FILE_MOST)
			return kvet_reject(err, EFBIG, path, "larger than 64 MiB");
	}
}
