/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fail.h"
#include "ksyms/bytes_read.h"

#define ARCHIVE_BUFFER (128U << 10)

static ssize_t file_read(void *ctx, char *buf, size_t size)
{
	for (;;) {
		ssize_t got = read((int)(intptr_t)ctx, buf, size);
		int errnum = errno;

		if (got >= 0 || errnum != EINTR)
			return got < 0 ? -errnum : got;
	}
}

static void file_close(void *ctx)
{
	close((int)(intptr_t)ctx);
}

static ssize_t archive_read(void *ctx, char *buf, size_t size)
{
	int got, errnum, status;

	errno = 0;
	got = gzread(ctx, buf, (unsigned int)size);
	errnum = errno;
	/* gzread() hands out what it has of an archive that was cut, and says so only here. */
	gzerror(ctx, &status);
	if (got > 0)
		return got;
	if (status == Z_ERRNO)
		return errnum ? -errnum : -EIO;
	if (status == Z_MEM_ERROR)
		return -ENOMEM;
	return got < 0 || status < 0 ? -EBADMSG : 0;
}

static void archive_close(void *ctx)
{
	gzclose_r(ctx);
}

int kvet_ksyms_bytes_open(struct ksyms_bytes *bytes, const char *path, bool archive,
			  struct kvet_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int errnum = errno;
	gzFile file;

	if (fd < 0)
		return kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum));
	*bytes = (struct ksyms_bytes){ file_read, file_close, (void *)(intptr_t)fd };
	if (!archive)
		return 0;
	file = gzdopen(fd, "rb");
	if (!file) {
		close(fd);
		return kvet_fail_memory(err);
	}
	gzbuffer(file, ARCHIVE_BUFFER);
	*bytes = (struct ksyms_bytes){ archive_read, archive_close, file };
	return 0;
}

/* stdio hands out what it has read before an error: the error waits for the next call. */
struct stream {
	FILE *file;
	int errnum;
};

static ssize_t stream_read(void *ctx, char *buf, size_t size)
{
	struct stream *stream = ctx;
	int errnum;
	size_t got;

	if (stream->errnum)
		return -stream->errnum;
	errno = 0;
	got = fread(buf, 1, size, stream->file);
	errnum = errno;
	if (ferror(stream->file))
		stream->errnum = errnum ? errnum : EIO;
	return got || !stream->errnum ? (ssize_t)got : -stream->errnum;
}

int kvet_ksyms_bytes_stream(struct ksyms_bytes *bytes, FILE *file, struct kvet_error *err)
{
	struct stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return kvet_fail_memory(err);
	*stream = (struct stream){ .file = file };
	*bytes = (struct ksyms_bytes){ stream_read, free, stream };
	return 0;
}
