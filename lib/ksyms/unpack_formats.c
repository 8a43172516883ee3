/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Compression formats: modules use gzip, xz or zstd, kernel images seven of these. */
#include <limits.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "ksyms/unpack_lz4.h"

/* The dictionary limit is zstd's own default; kernels use up to 128 MiB. */
#define MEMORY_MOST (192ULL << 20)

static uInt at_most(size_t size)
{
	return size < UINT_MAX ? (uInt)size : UINT_MAX;
}

/* --- gzip --------------------------------------------------------------------------------- */

static void *gzip_start(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	/* 16: accept a gzip header only. */
	if (stream && inflateInit2(stream, 16 + MAX_WBITS) != Z_OK) {
		free(stream);
		stream = NULL;
	}
	return stream;
}

static enum ksyms_step gzip_step(void *state, struct ksyms_span *span)
{
	z_stream *stream = state;
	uInt in = at_most(span->in_size), out = at_most(span->out_size);
	int status;

	stream->next_in = (Bytef *)(uintptr_t)span->in;
	stream->avail_in = in;
	stream->next_out = span->out;
	stream->avail_out = out;
	status = inflate(stream, Z_NO_FLUSH);
	span->in += in - stream->avail_in;
	span->in_size -= in - stream->avail_in;
	span->out += out - stream->avail_out;
	span->out_size -= out - stream->avail_out;
	switch (status) {
	case Z_OK:
	case Z_BUF_ERROR:
		return KSYMS_STEP_MORE;
	case Z_STREAM_END:
		return KSYMS_STEP_END;
	case Z_MEM_ERROR:
		return KSYMS_STEP_MEMORY;
	default:
		return KSYMS_STEP_DAMAGED;
	}
}

static void gzip_end(void *state)
{
	inflateEnd(state);
	free(state);
}

/* --- xz, lzma ------------------------------------------------------------------------------- */

static void *lzma_start(lzma_ret (*init)(lzma_stream *stream, uint64_t memory))
{
	lzma_stream *stream = malloc(sizeof(*stream));

	if (!stream)
		return NULL;
	*stream = (lzma_stream)LZMA_STREAM_INIT;
	if (init(stream, MEMORY_MOST) != LZMA_OK) {
		lzma_end(stream);
		free(stream);
		stream = NULL;
	}
	return stream;
}

static lzma_ret xz_init(lzma_stream *stream, uint64_t memory)
{
	return lzma_stream_decoder(stream, memory, 0);
}

static void *xz_start(void)
{
	return lzma_start(xz_init);
}

static void *alone_start(void)
{
	return lzma_start(lzma_alone_decoder);
}

static enum ksyms_step xz_step(void *state, struct ksyms_span *span)
{
	lzma_stream *stream = state;
	lzma_ret status;

	stream->next_in = span->in;
	stream->avail_in = span->in_size;
	stream->next_out = span->out;
	stream->avail_out = span->out_size;
	status = lzma_code(stream, LZMA_RUN);
	span->in = stream->next_in;
	span->in_size = stream->avail_in;
	span->out = stream->next_out;
	span->out_size = stream->avail_out;
	switch (status) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return KSYMS_STEP_MORE;
	case LZMA_STREAM_END:
		return KSYMS_STEP_END;
	case LZMA_MEM_ERROR:
		return KSYMS_STEP_MEMORY;
	case LZMA_MEMLIMIT_ERROR:
		return KSYMS_STEP_LARGE;
	case LZMA_OPTIONS_ERROR:
		return KSYMS_STEP_UNKNOWN;
	default:
		return KSYMS_STEP_DAMAGED;
	}
}

static void xz_end(void *state)
{
	lzma_end(state);
	free(state);
}

#define alone_step xz_step
#define alone_end  xz_end

/* --- zstd ----------------------------------------------------------------------------------- */

static void *zstd_start(void)
{
	return ZSTD_createDStream();
}

static enum ksyms_step zstd_step(void *state, struct ksyms_span *span)
{
	ZSTD_inBuffer in = { span->in, span->in_size, 0 };
	ZSTD_outBuffer out = { span->out, span->out_size, 0 };
	size_t status = ZSTD_decompressStream(state, &out, &in);

	span->in += in.pos;
	span->in_size -= in.pos;
	span->out += out.pos;
	span->out_size -= out.pos;
	if (!ZSTD_isError(status))
		return status ? KSYMS_STEP_MORE : KSYMS_STEP_END;
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_memory_allocation:
		return KSYMS_STEP_MEMORY;
	case ZSTD_error_frameParameter_windowTooLarge:
		return KSYMS_STEP_LARGE;
	case ZSTD_error_version_unsupported:
	case ZSTD_error_frameParameter_unsupported:
	case ZSTD_error_dictionary_wrong:
		return KSYMS_STEP_UNKNOWN;
	default:
		return KSYMS_STEP_DAMAGED;
	}
}

static void zstd_end(void *state)
{
	ZSTD_freeDStream(state);
}

/* --- all of them ------------------------------------------------------------------------------ */

#define MAGIC(bytes) .magic = (bytes), .magic_len = sizeof(bytes) - 1
#define READ(how)    .start = how##_start, .step = how##_step, .end = how##_end

static const struct ksyms_format formats[] = {
	{ .name = "gzip", MAGIC("\x1f\x8b"), READ(gzip) },
	{ .name = "xz", MAGIC("\xfd\x37zXZ\0"), READ(xz) },
	{ .name = "zstd", MAGIC("\x28\xb5\x2f\xfd"), READ(zstd) },
	{ .name = "lzma", MAGIC("\x5d\0\0"), READ(alone) },
	{ .name = "lz4", MAGIC("\x04\x22\x4d\x18"), READ(kvet_ksyms_lz4) },
	{ .name = "lz4",
	  MAGIC("\x02\x21\x4c\x18"),
	  READ(kvet_ksyms_lz4_legacy),
	  .whole = kvet_ksyms_lz4_legacy_whole },
	{ .name = "bzip2", MAGIC("BZh"), .command = "bzip2 -dc" },
	{ .name = "lzop", MAGIC("\x89LZO\0\r\n\x1a\n"), .command = "lzop -dc" },
	{ .name = "lzip", MAGIC("LZIP"), .command = "lzip -dc" },
	{ .name = "compress", MAGIC("\x1f\x9d"), .command = "gzip -dc" },
	{ .name = "zip", MAGIC("PK\3\4"), .command = "unzip -p" },
};

/* zstd may start with skippable frames, which begin with one of 16 magic numbers. */
static bool is_skippable(const unsigned char *head, size_t len)
{
	return len >= 4 && (head[0] & 0xf0) == 0x50 && !memcmp(head + 1, "\x2a\x4d\x18", 3);
}

const struct ksyms_format *kvet_ksyms_format(const char *head, size_t len)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		const struct ksyms_format *format = &formats[i];

		if (len >= format->magic_len && !memcmp(head, format->magic, format->magic_len))
			return format;
		if (format->step == zstd_step && is_skippable((const unsigned char *)head, len))
			return format;
	}
	return NULL;
}
