/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The writer of JSON beside json-c: the same bytes for the same content. */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/json_text.h"
#include "cmd/output/safe.h"

#define TREES 4000

static uint64_t seed;

/* xorshift64: the same trees in each run. */
static uint64_t any(uint64_t most)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % (most + 1);
}

/* Plain letters, what is escaped, whole characters of every length, and what is none. */
static void any_string(char string[64])
{
	static const char *const parts[] = {
		"a",        "vfs_read",     "\"",           "\\",
		"/",        "\b\t\n\f\r",   "\x01",         "\x1f",
		" ",        "~\x7f",        "\xc2\x80",     "\xc2\x9f",
		"\xc2\xa0", "\xc3\xa9",     "\xe2\x82\xac", "\xf0\x9f\x90\xa7",
		"\xff",     "\xc2",         "\xe2\x82",     "\xf0\x9f",
		"\xc0\xaf", "\xed\xa0\x80", "\\u0041"
	};
	size_t count = any(6);

	*string = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(string, parts[any(sizeof(parts) / sizeof(*parts) - 1)]);
}

static int64_t any_number(void)
{
	static const int64_t limits[] = { 0,         -1,        1,          9,         10,
					  INT32_MIN, INT32_MAX, UINT32_MAX, INT64_MIN, INT64_MAX };

	if (any(1))
		return limits[any(sizeof(limits) / sizeof(*limits) - 1)];
	return (int64_t)(any(UINT64_MAX - 1) >> any(63));
}

static struct json_object *safe_object(const char *string)
{
	char *safe = safe_utf8(string);
	struct json_object *object = json_object_new_string(safe);

	free(safe);
	return object;
}

/* Writes a value, and returns the same as json-c's object. */
static struct json_object *put_any(struct json_text *json, unsigned int depth);

/* json-c breaks a line inside "[]" up to 0.16, and no longer from 0.17 on. */
static uint64_t any_count(const struct json_text *json)
{
	return json->pretty ? any(3) + 1 : any(4);
}

static struct json_object *put_items(struct json_text *json, unsigned int depth)
{
	struct json_object *array = json_object_new_array();

	json_text_open(json, '[');
	for (uint64_t left = any_count(json); left; left--) {
		json_text_item(json);
		json_object_array_add(array, put_any(json, depth));
	}
	json_text_close(json, ']');
	return array;
}

static struct json_object *put_members(struct json_text *json, unsigned int depth)
{
	struct json_object *object = json_object_new_object();

	json_text_open(json, '{');
	for (uint64_t left = any_count(json); left; left--) {
		char name[64], *safe;
		struct json_object *value;

		any_string(name);
		safe = safe_utf8(name);
		/* json-c has one member of a name. */
		if (!json_object_object_get_ex(object, safe, NULL)) {
			json_text_key(json, name);
			value = put_any(json, depth);
			json_object_object_add(object, safe, value);
		}
		free(safe);
	}
	json_text_close(json, '}');
	return object;
}

static struct json_object *put_scalar(struct json_text *json)
{
	char string[64];
	int64_t number = any_number();
	bool yes = any(1);

	switch (any(5)) {
	case 0:
		json_text_null(json);
		return NULL;
	case 1:
		json_text_boolean(json, yes);
		return json_object_new_boolean(yes);
	case 2:
		json_text_digits(json, (uint64_t)number);
		snprintf(string, sizeof(string), "%llu", (unsigned long long)number);
		return json_object_new_string(string);
	case 3:
		json_text_address(json, (uint64_t)number);
		snprintf(string, sizeof(string), "0x%llx", (unsigned long long)number);
		return json_object_new_string(string);
	case 4:
		json_text_number(json, number);
		return json_object_new_int64(number);
	default:
		any_string(string);
		json_text_words(json, string);
		return safe_object(string);
	}
}

static struct json_object *put_any(struct json_text *json, unsigned int depth)
{
	uint64_t kind = depth ? any(3) : 0;

	return kind == 1   ? put_items(json, depth - 1)
	       : kind == 2 ? put_members(json, depth - 1)
			   : put_scalar(json);
}

/* What json-c writes, with DEL and the C1 control characters escaped, too. */
static char *text_of(struct json_object *object, int flags)
{
	const char *s =
		json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE);
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (; *s; s++) {
		bool c1 = (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0;

		if (c1 || *s == 0x7f)
			fprintf(stream, "\\u%04x", (unsigned char)*(s += c1));
		else
			fputc(*s, stream);
	}
	fclose(stream);
	return text;
}

START_TEST(the_bytes_are_those_of_json_c)
{
	struct json_text json = { .pretty = _i };
	int flags = _i ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN;

	seed = 0x9e3779b97f4a7c15;
	for (int i = 0; i < TREES; i++) {
		struct json_object *object;
		char *expected;

		json_text_reset(&json);
		object = put_members(&json, 4);
		expected = text_of(object, flags);
		ck_assert(!json.failed);
		ck_assert_uint_eq(json.text.used, strlen(expected));
		ck_assert_msg(!memcmp(json.text.bytes, expected, json.text.used), "%.*s not %s",
			      (int)json.text.used, json.text.bytes, expected);
		free(expected);
		json_object_put(object);
	}
	json_text_deinit(&json);
}
END_TEST

START_TEST(a_string_may_have_nuls_and_ends_where_it_ends)
{
	struct json_text json = { 0 };
	static const char expected[] = "[\"a\\u0000b\",\"\xc3\xa9\",\"\xef\xbf\xbd\"]";

	json_text_open(&json, '[');
	json_text_item(&json);
	json_text_string(&json, "a\0b", 3);
	json_text_item(&json);
	json_text_string(&json, "\xc3\xa9x", 2);
	/* Half of a character, whose other half is not the string's. */
	json_text_item(&json);
	json_text_string(&json, "\xc3\xa9", 1);
	json_text_close(&json, ']');
	ck_assert_uint_eq(json.text.used, strlen(expected));
	ck_assert(!memcmp(json.text.bytes, expected, json.text.used));
	json_text_deinit(&json);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output json text");
	TCase *tc = tcase_create("json text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, the_bytes_are_those_of_json_c, 0, 2);
	tcase_add_test(tc, a_string_may_have_nuls_and_ends_where_it_ends);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
