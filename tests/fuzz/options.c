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
	{ "flag", 'f', NULL, OPTION_FLAG, offsetof(struct args, flag), .excludes = "list WORD",
	  .help = "a flag" },
	{ "string", 's', "WORD", OPTION_STRING, offsetof(struct args, string),
	  .choices = "one two three", .needs = "list number", .needs_for = "two",
	  .help = "a word" },
	{ "list", 'l', "WORD", OPTION_LIST, offsetof(struct args, list), .excludes = "string=three",
	  .help = "words" },
	{ "number", 'n', "N", OPTION_NUMBER, offsetof(struct args, number), .form = "1/N",
	  .least = 2, .most = 4096, .help = "a number" },
	{ "duration", 'd', "TIME", OPTION_DURATION, offsetof(struct args, duration),
	  .needs = "number", .help = "a time" },
	{ 0 },
};

/* What is no mistake keeps to the table. */
static void check_rules(const struct args *args, size_t operands)
{
	require(!args->flag || (!args->list.count && !operands));
	require(!args->string || !strcmp(args->string, "one") || !strcmp(args->string, "two") ||
		!strcmp(args->string, "three"));
	require(!args->string || strcmp(args->string, "two") != 0 || args->list.count ||
		args->number.given);
	require(!args->list.count || !args->string || strcmp(args->string, "three") != 0);
	require(!args->number.given || (args->number.value >= 2 && args->number.value <= 4096));
	require(!args->duration.given || args->number.given);
}

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
	if (!result.complaint[0])
		check_rules(&args, result.count);
	options_output(&common, operands_first, &output);
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
