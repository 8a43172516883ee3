/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: words, each ended by a newline. No word is lost or made up. */
#include "cmd/options.h"
#include "tests/fuzz/require.h"

#define WORDS_MOST 64

struct args {
	bool flag;
	const char *string;
	struct option_list list;
	struct option_number number;
	struct option_number duration;
};

static const struct option_spec specs[] = {
	{ "flag", 'f', NULL, OPTION_FLAG, offsetof(struct args, flag), "a flag" },
	{ "string", 's', "WORD", OPTION_STRING, offsetof(struct args, string), "a word" },
	{ "list", 'l', "WORD", OPTION_LIST, offsetof(struct args, list), "words" },
	{ "number", 'n', "N", OPTION_NUMBER, offsetof(struct args, number), "a number" },
	{ "duration", 'd', "TIME", OPTION_DURATION, offsetof(struct args, duration), "a time" },
	{ 0 },
};

static void parse(int argc, char **argv, bool operands_first)
{
	struct common_args common = { 0 };
	struct options_result result;
	struct output_options output;
	struct args args = { 0 };

	options_parse(argc, argv, specs, &args, &common, operands_first, &result);
	require(memchr(result.complaint, '\0', sizeof(result.complaint)) != NULL);
	require(result.count < (size_t)argc);
	require(args.list.count < (size_t)argc);
	for (size_t i = 0; i < result.count; i++)
		require(result.operands[i] != NULL);
	for (size_t i = 0; i < args.list.count; i++)
		require(args.list.items[i] != NULL);
	require(!args.duration.given || args.duration.value < UINT64_C(1) << 63);
	options_output(&common, operands_first, &output, &result);
	options_free(specs, &args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = as_text(data, size), *argv[WORDS_MOST + 2] = { (char[]){ "kvet" } };
	bool operands_first = size && (data[0] & 1);
	int argc = 1;

	for (char *word = text, *end; *word && argc <= WORDS_MOST; word = end) {
		end = strchrnul(word, '\n');
		if (*end)
			*end++ = '\0';
		argv[argc++] = word;
	}
	parse(argc, argv, operands_first);
	free(text);
	return 0;
}
