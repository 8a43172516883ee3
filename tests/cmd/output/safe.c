/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/safe.h"

#define U_FFFD "\xef\xbf\xbd"

static void text_is(const char *bytes, const char *expected)
{
	char *safe = safe_text(bytes);

	ck_assert_ptr_nonnull(safe);
	ck_assert_str_eq(safe, expected);
	free(safe);
}

static void utf8_is(const char *bytes, const char *expected)
{
	char *safe = safe_utf8(bytes);

	ck_assert_ptr_nonnull(safe);
	ck_assert_str_eq(safe, expected);
	free(safe);
}

START_TEST(plain_words_stay)
{
	text_is("", "");
	text_is("swapper/0 [x] ~", "swapper/0 [x] ~");
	utf8_is("", "");
	utf8_is("swapper/0 [x] ~", "swapper/0 [x] ~");
}
END_TEST

START_TEST(valid_characters_of_every_length_stay)
{
	static const char words[] = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7 \xf4\x8f\xbf\xbf "
				    "\xed\x9f\xbf \xee\x80\x80 \xc2\xa0";

	text_is(words, words);
	utf8_is(words, words);
}
END_TEST

START_TEST(control_characters_are_spelt_out_for_people)
{
	text_is("a\033[31mb", "a\\x1b[31mb");
	text_is("\a\b\t\n\r\x01\x1f", "\\x07\\x08\\x09\\x0a\\x0d\\x01\\x1f");
	text_is("\x7f", "\\x7f");
	text_is("\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f");
}
END_TEST

/* UTF-8 of a code point past U+007F. */
static void encode(uint32_t point, char *buf)
{
	if (point < 0x800)
		*buf++ = (char)(0xc0 | point >> 6);
	else if (point < 0x10000)
		*buf++ = (char)(0xe0 | point >> 12);
	else
		*buf++ = (char)(0xf0 | point >> 18);
	if (point >= 0x10000)
		*buf++ = (char)(0x80 | (point >> 12 & 0x3f));
	if (point >= 0x800)
		*buf++ = (char)(0x80 | (point >> 6 & 0x3f));
	*buf++ = (char)(0x80 | (point & 0x3f));
	*buf = '\0';
}

/* Both ends of each range of Unicode's Bidi_Control, Default_Ignorable_Code_Point, Zl and Zp, and
 * the neighbours that are seen. */
START_TEST(characters_that_hide_or_turn_text_are_spelt_out_for_people)
{
	static const uint32_t hidden[] = { 0xad,    0x34f,   0x61c,   0x115f,  0x1160,  0x17b4,
					   0x17b5,  0x180b,  0x180f,  0x200b,  0x200e,  0x200f,
					   0x2028,  0x2029,  0x202a,  0x202e,  0x2060,  0x2066,
					   0x2069,  0x206f,  0x3164,  0xfe00,  0xfe0f,  0xfeff,
					   0xffa0,  0xfff9,  0xfffb,  0x1bca0, 0x1d173, 0x1d17a,
					   0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef },
			      seen[] = { 0xac,   0xae,   0x34e,  0x350,  0x61b,  0x61d,
					 0x115e, 0x1161, 0x180a, 0x200a, 0x2010, 0x2027,
					 0x202f, 0x205f, 0x2070, 0x3163, 0x3165, 0xfdff,
					 0xfe10, 0xff9f, 0xffa1, 0xfffc, 0xfffd };
	char bytes[5];

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		char *safe, *expected = NULL;
		size_t size = 0;
		FILE *stream = open_memstream(&expected, &size);

		encode(hidden[i], bytes);
		for (const char *b = bytes; *b; b++)
			fprintf(stream, "\\x%02x", (unsigned char)*b);
		fclose(stream);
		safe = safe_text(bytes);
		ck_assert_str_eq(safe, expected);
		free(safe);
		free(expected);
		utf8_is(bytes, bytes);
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		encode(seen[i], bytes);
		text_is(bytes, bytes);
	}
}
END_TEST

START_TEST(a_backslash_is_doubled_so_that_no_text_can_pose_as_an_escape)
{
	text_is("\\x1b", "\\\\x1b");
	text_is("\\", "\\\\");
	text_is("\\\\", "\\\\\\\\");
}
END_TEST

START_TEST(bytes_that_are_no_character_are_spelt_out_for_people)
{
	text_is("a\xff"
		"b",
		"a\\xffb");
	text_is("\x80", "\\x80");
	text_is("\x9b"
		"31m",
		"\\x9b31m");
}
END_TEST

START_TEST(overlong_forms_are_not_characters)
{
	text_is("\xc0\xaf", "\\xc0\\xaf");
	text_is("\xc1\xbf", "\\xc1\\xbf");
	text_is("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	text_is("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	text_is("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf");
	utf8_is("\xc0\xaf", U_FFFD U_FFFD);
	utf8_is("\xf0\x8f\xbf\xbf", U_FFFD U_FFFD U_FFFD U_FFFD);
}
END_TEST

START_TEST(surrogates_are_not_characters)
{
	text_is("\xed\xa0\x80", "\\xed\\xa0\\x80");
	text_is("\xed\xbf\xbf", "\\xed\\xbf\\xbf");
	utf8_is("\xed\xa0\x80x", U_FFFD U_FFFD U_FFFD "x");
}
END_TEST

START_TEST(values_past_the_last_character_are_not_characters)
{
	text_is("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	text_is("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
	utf8_is("\xf4\x90\x80\x80", U_FFFD U_FFFD U_FFFD U_FFFD);
}
END_TEST

START_TEST(a_cut_off_character_at_the_end_is_not_read_past)
{
	text_is("a\xc3", "a\\xc3");
	text_is("a\xe2\x82", "a\\xe2\\x82");
	text_is("a\xf0\x9f\x90", "a\\xf0\\x9f\\x90");
	utf8_is("a\xc3", "a" U_FFFD);
	utf8_is("a\xe2\x82", "a" U_FFFD U_FFFD);
	utf8_is("a\xf0\x9f\x90", "a" U_FFFD U_FFFD U_FFFD);
}
END_TEST

START_TEST(a_character_cut_off_by_another_leaves_the_other_whole)
{
	text_is("\xe2\x82z", "\\xe2\\x82z");
	text_is("\xe2\xc3\xa9", "\\xe2\xc3\xa9");
	utf8_is("\xe2\xc3\xa9", U_FFFD "\xc3\xa9");
}
END_TEST

START_TEST(every_byte_alone_becomes_printable)
{
	for (int byte = 1; byte < 256; byte++) {
		char bytes[] = { (char)byte, '\0' };
		char *safe = safe_text(bytes);

		for (const char *c = safe; *c; c++)
			ck_assert(*c >= 0x20 && *c < 0x7f);
		free(safe);
	}
}
END_TEST

START_TEST(json_keeps_controls_below_32_for_its_own_escapes)
{
	utf8_is("a\033\n\\\"", "a\033\n\\\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output safe");
	TCase *tc = tcase_create("safe");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, plain_words_stay);
	tcase_add_test(tc, valid_characters_of_every_length_stay);
	tcase_add_test(tc, control_characters_are_spelt_out_for_people);
	tcase_add_test(tc, characters_that_hide_or_turn_text_are_spelt_out_for_people);
	tcase_add_test(tc, a_backslash_is_doubled_so_that_no_text_can_pose_as_an_escape);
	tcase_add_test(tc, bytes_that_are_no_character_are_spelt_out_for_people);
	tcase_add_test(tc, overlong_forms_are_not_characters);
	tcase_add_test(tc, surrogates_are_not_characters);
	tcase_add_test(tc, values_past_the_last_character_are_not_characters);
	tcase_add_test(tc, a_cut_off_character_at_the_end_is_not_read_past);
	tcase_add_test(tc, a_character_cut_off_by_another_leaves_the_other_whole);
	tcase_add_test(tc, every_byte_alone_becomes_printable);
	tcase_add_test(tc, json_keeps_controls_below_32_for_its_own_escapes);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
