/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each format against the text that its own library packed. */
#include <check.h>
#include <errno.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "ksyms/unpack.h"

#define ROOM (1U << 20)

static unsigned char packed[ROOM], out[2 * ROOM];
static char text[100000];

static size_t pack_gzip(const void *from, size_t size)
{
	z_stream stream = { .next_in = (void *)(uintptr_t)from,
			    .avail_in = (uInt)size,
			    .next_out = packed,
			    .avail_out = ROOM };

	ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	ck_assert_int_eq(deflateEnd(&stream), Z_OK);
	return ROOM - stream.avail_out;
}

/* As the kernel's makefiles call xz: one block, a filter for x86, CRC32. */
static size_t pack_xz(const void *from, size_t size)
{
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };
	size_t used = 0;

	ck_assert(!lzma_lzma_preset(&options, 6));
	ck_assert_int_eq(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, from, size,
						   packed, &used, ROOM),
			 LZMA_OK);
	return used;
}

static size_t pack_lzma(const void *from, size_t size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	ck_assert(!lzma_lzma_preset(&options, 6));
	ck_assert_int_eq(lzma_alone_encoder(&stream, &options), LZMA_OK);
	stream.next_in = from;
	stream.avail_in = size;
	stream.next_out = packed;
	stream.avail_out = ROOM;
	ck_assert_int_eq(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&stream);
	return ROOM - stream.avail_out;
}

static size_t pack_zstd(const void *from, size_t size)
{
	return ZSTD_compress(packed, ROOM, from, size, 19);
}

static size_t pack_lz4(const void *from, size_t size)
{
	size_t used = LZ4F_compressFrame(packed, ROOM, from, size, NULL);

	ck_assert(!LZ4F_isError(used));
	return used;
}

/* As lz4 -l writes it, and the kernel's makefiles: one block, for there is no more than 8 MiB. */
static size_t pack_lz4_legacy(const void *from, size_t size)
{
	uint32_t used =
		(uint32_t)LZ4_compress_default(from, (char *)packed + 8, (int)size, ROOM - 8);

	memcpy(packed, "\x02\x21\x4c\x18", 4);
	for (int i = 0; i < 4; i++)
		packed[4 + i] = (unsigned char)(used >> 8 * i);
	return used + 8;
}

static const struct {
	const char *name;
	size_t (*pack)(const void *from, size_t size);
} packers[] = {
	{ "gzip", pack_gzip }, { "xz", pack_xz },   { "lzma", pack_lzma },
	{ "zstd", pack_zstd }, { "lz4", pack_lz4 }, { "lz4", pack_lz4_legacy },
};

#define PACKERS ((int)(sizeof(packers) / sizeof(*packers)))

struct input {
	const unsigned char *bytes;
	size_t size, used, step;
	int errnum; /* behind them */
};

static ssize_t read_some(void *ctx, char *buf, size_t size)
{
	struct input *input = ctx;
	size_t rest = input->size - input->used;

	size = size < input->step ? size : input->step;
	size = size < rest ? size : rest;
	memcpy(buf, input->bytes + input->used, size);
	input->used += size;
	return size ? (ssize_t)size : -input->errnum;
}

/* Unpacks, step bytes at a time; *size: how many there were. Returns 0 or a negative errno, and
 * then why has the words. */
static int unpack_from(struct input *input, bool single, size_t step, size_t *size, char why[128])
{
	struct ksyms_bytes bytes = { .read = read_some, .ctx = input };
	struct kvet_cause err = { 0 };
	struct ksyms_head head;
	const struct ksyms_format *format;
	ssize_t got;

	ck_assert_int_eq(kvet_ksyms_head_read(&bytes, "file", &head, &err), 0);
	format = kvet_ksyms_format(head.text, head.len);
	ck_assert_ptr_nonnull(format);
	ck_assert_int_eq(kvet_ksyms_unpack(&bytes, format, &head, single, &err), 0);
	*size = 0;
	do {
		size_t room = sizeof(out) - *size;

		got = bytes.read(bytes.ctx, (char *)out + *size, step < room ? step : room);
		*size += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	why[0] = '\0';
	if (got)
		snprintf(why, 128, "%s", bytes.why(bytes.ctx) ? bytes.why(bytes.ctx) : "");
	/* What is wrong stays wrong. */
	ck_assert_int_eq(bytes.read(bytes.ctx, (char *)out, 1), got);
	bytes.close(bytes.ctx);
	return (int)got;
}

static int unpack(size_t packed_size, size_t *size, char why[128])
{
	struct input input = { .bytes = packed, .size = packed_size, .step = ROOM };

	return unpack_from(&input, false, ROOM, size, why);
}

static void setup(void)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof(text); i++) {
		seed = seed * 1664525 + 1013904223;
		text[i] = "0123456789abcdef \n"[(seed >> 24) % 18];
	}
}

START_TEST(what_was_packed_comes_out)
{
	static const size_t steps[] = { 1, 2, 3, 17, 4096, ROOM };
	size_t packed_size = packers[_i].pack(text, sizeof(text)), size;
	char why[128];

	ck_assert_str_eq(kvet_ksyms_format((char *)packed, packed_size)->name, packers[_i].name);
	for (size_t in = 0; in < 6; in++)
		for (size_t to = 0; to < 6; to++) {
			struct input input = { .bytes = packed,
					       .size = packed_size,
					       .step = steps[in] };

			ck_assert_int_eq(unpack_from(&input, false, steps[to], &size, why), 0);
			ck_assert_uint_eq(size, sizeof(text));
			ck_assert_mem_eq(out, text, sizeof(text));
		}
}
END_TEST

START_TEST(nothing_comes_out_of_nothing)
{
	size_t size;
	char why[128];

	ck_assert_int_eq(unpack(packers[_i].pack("", 0), &size, why), 0);
	ck_assert_uint_eq(size, 0);
}
END_TEST

/* No shorter file passes for a whole one; what comes out before that shows is right. */
START_TEST(a_cut_is_seen_wherever_it_is)
{
	size_t packed_size = packers[_i].pack(text, 3000), size;
	char why[128];

	for (size_t cut = 6; cut < packed_size; cut++) {
		ck_assert_int_eq(unpack(cut, &size, why), -EBADMSG);
		ck_assert_ptr_nonnull(strstr(why, "is truncated"));
		ck_assert_ptr_nonnull(strstr(why, packers[_i].name));
		ck_assert_uint_le(size, 3000);
		ck_assert_mem_eq(out, text, size);
	}
}
END_TEST

START_TEST(one_may_follow_another)
{
	size_t half = packers[_i].pack(text, 5000), size;
	char why[128];

	memcpy(packed + half, packed, half);
	ck_assert_int_eq(unpack(2 * half, &size, why), 0);
	ck_assert_uint_eq(size, 10000);
	ck_assert_mem_eq(out + 5000, text, 5000);
	/* Zeros fill up what has blocks, a tape or a partition. */
	memset(packed + 2 * half, 0, 5120);
	ck_assert_int_eq(unpack(2 * half + 5120, &size, why), 0);
	ck_assert_uint_eq(size, 10000);
	memcpy(packed + 2 * half + 5120, "more", 4);
	ck_assert_int_eq(unpack(2 * half + 5124, &size, why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "followed by data of another format"));
}
END_TEST

/* An image has the size of the kernel behind the kernel. */
START_TEST(behind_a_single_one_nothing_counts)
{
	size_t packed_size = packers[_i].pack(text, 5000), size;
	struct input input = { .bytes = packed, .size = packed_size + 4, .step = ROOM };
	char why[128];

	memcpy(packed + packed_size, "\1\2\3\4", 4);
	ck_assert_int_eq(unpack_from(&input, true, ROOM, &size, why), 0);
	ck_assert_uint_eq(size, 5000);
}
END_TEST

START_TEST(an_error_of_the_file_stays_one)
{
	size_t packed_size = packers[_i].pack(text, sizeof(text)), size;
	struct input input = {
		.bytes = packed, .size = packed_size - 9, .step = ROOM, .errnum = EIO
	};
	char why[128];

	/* The head is read first: the error has to come behind it. */
	ck_assert_uint_gt(packed_size - 9, KSYMS_HEAD);
	ck_assert_int_eq(unpack_from(&input, false, ROOM, &size, why), -EIO);
	ck_assert_str_eq(why, "");
}
END_TEST

START_TEST(damage_is_an_error_or_harmless)
{
	size_t packed_size = packers[_i].pack(text, 3000), size;
	bool has_sum = packers[_i].pack == pack_gzip || packers[_i].pack == pack_xz;
	char why[128];

	for (size_t at = 12; at < packed_size - 12; at++) {
		int ret;

		packed[at] ^= 0x10;
		ret = unpack(packed_size, &size, why);
		ck_assert(ret == 0 || ret == -EBADMSG || ret == -EOPNOTSUPP || ret == -EFBIG);
		/* What has a checksum never gives out another text as whole. */
		if (has_sum && !ret)
			ck_assert(size == 3000 && !memcmp(out, text, size));
		packed[at] ^= 0x10;
	}
}
END_TEST

START_TEST(frames_without_data_may_come_first)
{
	static const unsigned char skippable[] = "\x5a\x2a\x4d\x18\x03\0\0\0abc";
	size_t packed_size = pack_zstd(text, 5000), size;
	char why[128];

	memmove(packed + sizeof(skippable) - 1, packed, packed_size);
	memcpy(packed, skippable, sizeof(skippable) - 1);
	ck_assert_int_eq(unpack(packed_size + sizeof(skippable) - 1, &size, why), 0);
	ck_assert_uint_eq(size, 5000);
}
END_TEST

/* 1 MiB of zeros over and over, each a stream of its own: a thousandth of it is read. */
START_TEST(a_bomb_is_bounded_by_what_was_read)
{
	static unsigned char zeros[ROOM];
	size_t one = pack_gzip(zeros, sizeof(zeros)), count = ROOM / one;
	struct input input = { .bytes = packed, .size = one * count, .step = ROOM };
	struct ksyms_bytes bytes = { .read = read_some, .ctx = &input };
	struct kvet_cause err = { 0 };
	struct ksyms_head head;
	uint64_t made = 0;
	ssize_t got;

	for (size_t i = 1; i < count; i++)
		memcpy(packed + i * one, packed, one);
	ck_assert_int_eq(kvet_ksyms_head_read(&bytes, "bomb", &head, &err), 0);
	ck_assert_int_eq(kvet_ksyms_unpack(&bytes, kvet_ksyms_format(head.text, head.len), &head,
					   false, &err),
			 0);
	while ((got = bytes.read(bytes.ctx, (char *)out, sizeof(out))) > 0)
		made += (uint64_t)got;
	ck_assert_int_eq(got, -EFBIG);
	ck_assert_ptr_nonnull(strstr(bytes.why(bytes.ctx), "more than 100 times its size"));
	ck_assert_uint_ge(made, KSYMS_UNPACK_FREE);
	ck_assert_uint_le(made,
			  KSYMS_UNPACK_FREE + (input.used + 1) * KSYMS_UNPACK_RATIO + sizeof(out));
	bytes.close(bytes.ctx);
}
END_TEST

START_TEST(what_is_not_read_has_a_command)
{
	static const struct {
		const char *magic, *name, *command;
	} others[] = {
		{ "BZh91AY&SY", "bzip2", "bzip2 -dc" },
		{ "\x89LZO", "lzop", "lzop -dc" },
		{ "PK\3\4", "zip", "unzip -p" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char head[16] = "\0\0\0\0\0\r\n\x1a\n";
		const struct ksyms_format *format;

		memcpy(head, others[i].magic, strlen(others[i].magic));
		if (!strcmp(others[i].name, "lzop"))
			memcpy(head, "\x89LZO\0\r\n\x1a\n", 9);
		format = kvet_ksyms_format(head, sizeof(head));
		ck_assert_ptr_nonnull(format);
		ck_assert_str_eq(format->name, others[i].name);
		ck_assert_str_eq(format->command, others[i].command);
		ck_assert_ptr_null(format->start);
	}
	ck_assert_ptr_null(kvet_ksyms_format("ffffffff81000000 T _text\n", 25));
	ck_assert_ptr_null(kvet_ksyms_format("\177ELF", 4));
	ck_assert_ptr_null(kvet_ksyms_format("\x1f", 1));
	ck_assert_ptr_null(kvet_ksyms_format("", 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms unpack");
	TCase *tc = tcase_create("unpack");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, what_was_packed_comes_out, 0, PACKERS);
	tcase_add_loop_test(tc, nothing_comes_out_of_nothing, 0, PACKERS);
	tcase_add_loop_test(tc, a_cut_is_seen_wherever_it_is, 0, PACKERS);
	tcase_add_loop_test(tc, one_may_follow_another, 0, PACKERS);
	tcase_add_loop_test(tc, behind_a_single_one_nothing_counts, 0, PACKERS);
	tcase_add_loop_test(tc, an_error_of_the_file_stays_one, 0, PACKERS);
	tcase_add_loop_test(tc, damage_is_an_error_or_harmless, 0, PACKERS);
	tcase_add_test(tc, frames_without_data_may_come_first);
	tcase_add_test(tc, a_bomb_is_bounded_by_what_was_read);
	tcase_add_test(tc, what_is_not_read_has_a_command);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
