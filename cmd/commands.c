/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <kvet/nearest.h>

#include "command.h"

#define COMMAND(name) extern const struct command name##_command;
#include "commands.def"
#undef COMMAND

#define COMMAND(name) &name##_command,
const struct command *const commands[] = {
#include "commands.def"
	NULL,
};
#undef COMMAND

const char *status_word(enum status status)
{
	static const char *const words[] = {
		[STATUS_YES] = "yes",
		[STATUS_NO] = "no",
		[STATUS_UNDETERMINED] = "undetermined",
		[STATUS_ERROR] = "error",
		[STATUS_USAGE] = "error",
	};
	static_assert(sizeof(words) / sizeof(*words) == STATUS_COUNT, "every status has a word");

	return words[status];
}

int command_matches(const struct command *command, int argc, char **argv)
{
	const char *rest = command->name;
	int words = 0;

	while (*rest) {
		size_t len = strcspn(rest, " ");

		if (words == argc || strlen(argv[words]) != len ||
		    strncmp(argv[words], rest, len) != 0)
			return 0;
		words++;
		rest += len + (rest[len] == ' ');
	}
	return words;
}

bool command_is_object(const char *word)
{
	for (const struct command *const *c = commands; *c; c++) {
		size_t len = strcspn((*c)->name, " ");

		if ((*c)->name[len] && strlen(word) == len && !strncmp((*c)->name, word, len))
			return true;
	}
	return false;
}

/* Offers the names that are possible here: objects, or an object's verbs. A candidate is the end of
 * a static name, or its first word, copied to buf. */
static void offer_words(struct kvet_nearest *nearest, const char *object, char *buf, size_t size)
{
	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name;
		size_t len = strcspn(name, " ");
		char word[32];

		if (object && (strlen(object) != len || strncmp(name, object, len) != 0))
			continue;
		if (object)
			snprintf(word, sizeof(word), "%s", name + len + (name[len] == ' '));
		else
			snprintf(word, sizeof(word), "%.*s", (int)len, name);
		kvet_nearest_offer(nearest, word);
		if (nearest->best == word) {
			snprintf(buf, size, "%s", word);
			nearest->best = buf;
		}
	}
	if (!object)
		kvet_nearest_offer(nearest, "help");
}

/* The only command whose second word this is; the first was left out. */
static const char *by_verb(const char *word)
{
	for (const struct command *const *c = commands; *c; c++) {
		const char *space = strchr((*c)->name, ' ');

		if (space && !strcmp(space + 1, word))
			return (*c)->name;
	}
	return NULL;
}

const char *command_nearest(const char *word, const char *object, char *buf, size_t size)
{
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, word);
	offer_words(&nearest, object, buf, size);
	return !object && by_verb(word) ? by_verb(word) : nearest.best;
}
