/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fail.h"
#include "ksyms/bytes_read.h"

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

int kvet_ksyms_bytes_open(struct ksyms_bytes *bytes, const char *path, struct kvet_cause *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int errnum = errno;

	if (fd < 0)
		return kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum));
	kvet_ksyms_bytes_own(bytes, fd);
	return 0;
}

void kvet_ksyms_bytes_own(struct ksyms_bytes *bytes, int fd)
{
	*bytes = (struct ksyms_bytes){ file_read, file_close, (void *)(intptr_t)fd, NULL };
}

void kvet_ksyms_bytes_fd(struct ksyms_bytes *bytes, int fd)
{
	*bytes = (struct ksyms_bytes){ file_read, NULL, (void *)(intptr_t)fd, NULL };
}

int kvet_ksyms_bytes_regular(const struct ksyms_bytes *bytes, size_t len)
{
	int fd = (int)(intptr_t)bytes->ctx;
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == (off_t)len ? fd
											      : -1;
}

/* stdio returns what it read before an error: the error is for the next call. */
struct stream {
	FILE *file;
	int errnum;
	bool unnamed; /* errnum is a stand-in: the stream failed without one */
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
	stream->unnamed = ferror(stream->file) && !errnum;
	if (ferror(stream->file))
		stream->errnum = stream->unnamed ? EIO : errnum;
	return got || !stream->errnum ? (ssize_t)got : -stream->errnum;
}

static const char *stream_why(void *ctx)
{
	const struct stream *stream = ctx;

	return stream->unnamed ? "cannot be read to its end" : NULL;
}

int kvet_ksyms_bytes_stream(struct ksyms_bytes *bytes, FILE *file, struct kvet_cause *err)
{
	struct stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return kvet_fail_memory(err);
	*stream = (struct stream){ .file = file };
	*bytes = (struct ksyms_bytes){ stream_read, free, stream, stream_why };
	return 0;
}
