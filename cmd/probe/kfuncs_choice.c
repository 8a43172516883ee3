/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "kfuncs_choice.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/nearest.h>

#include "core/array.h"

static bool is_glob(const char *word)
{
	return word[strcspn(word, "*?[")];
}

/* Marks the functions that a word matches, and returns how many there are. */
static size_t mark(struct kfunc_choice *choice, const char *word, struct kvet_nearest *nearest)
{
	size_t found = 0;

	for (size_t i = 0; i < kvet_kfuncs_count(choice->kfuncs); i++) {
		struct kvet_kfunc kfunc = kvet_kfuncs_at(choice->kfuncs, i);

		kvet_nearest_offer(nearest, kfunc.name);
		if (fnmatch(word, kfunc.name, 0))
			continue;
		found++;
		choice->count += !choice->chosen[i];
		choice->chosen[i] = true;
	}
	return found;
}

/* A function that this kernel does not have is a no, not wrong use: another kernel has it. */
static enum status no_match(struct kfunc_choice *choice, const char *word,
			    const struct kvet_nearest *nearest)
{
	struct kfunc_absent *absent;
	int ret;

	if (!ARRAY_MORE(choice->absent, choice->absent_count))
		return context_failure(choice->context, ENOMEM, "malloc");
	absent = &choice->absent[choice->absent_count++];
	absent->word = word;
	absent->verdict = KVET_NO;
	absent->is_glob = is_glob(word);
	if (absent->is_glob) {
		absent->cause = (struct kvet_cause){ .source = "BTF" };
		snprintf(absent->cause.evidence, sizeof(absent->cause.evidence),
			 "no kfunc of this kernel matches '%s'", word);
		return STATUS_YES;
	}
	ret = kvet_kfuncs_add(choice->kfuncs, word, &absent->cause);
	if (ret == -ENODATA)
		absent->verdict = KVET_UNDETERMINED;
	if (nearest->best)
		snprintf(absent->cause.remedy, sizeof(absent->cause.remedy), "did you mean %s?",
			 nearest->best);
	return ret == -ENOMEM ? context_failure(choice->context, ENOMEM, "malloc") : STATUS_YES;
}

/* Names that the list lacks are those of other functions of the kernel: whether programs may call
 * them is asked all the same. */
static void add_named(struct kfunc_choice *choice, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_glob(words[i]))
			kvet_kfuncs_add(choice->kfuncs, words[i], NULL);
}

enum status kfunc_choose(struct kfunc_choice *choice, struct context *context,
			 struct kvet_kfuncs *kfuncs, const char *const *words, size_t count)
{
	static const char *const everything[] = { "*" };

	choice->context = context;
	choice->kfuncs = kfuncs;
	if (!count) {
		words = everything;
		count = 1;
	}
	for (size_t i = 0; i < count; i++)
		choice->is_list = choice->is_list || is_glob(words[i]);
	add_named(choice, words, count);
	choice->chosen = calloc(kvet_kfuncs_count(choice->kfuncs) + 1, sizeof(*choice->chosen));
	if (!choice->chosen)
		return context_failure(choice->context, ENOMEM, "malloc");
	for (size_t i = 0; i < count; i++) {
		struct kvet_nearest nearest;
		enum status status;

		kvet_nearest_init(&nearest, words[i]);
		if (mark(choice, words[i], &nearest))
			continue;
		status = no_match(choice, words[i], &nearest);
		if (status != STATUS_YES)
			return status;
	}
	return STATUS_YES;
}

void kfunc_choice_deinit(struct kfunc_choice *choice)
{
	free(choice->chosen);
	free(choice->absent);
}
