/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/loaded.h"

/* How many modules are named. */
#define NAMES_MOST 4

/* "name size references users state address", and possibly taints. */
bool kvet_ksyms_loaded_parse(const char *line, struct ksyms_loaded_module *module)
{
	*module = (struct ksyms_loaded_module){ 0 };
	return sscanf(line, "%63s %" SCNu64 " %*s %*s %c%*s %" SCNx64, module->name, &module->size,
		      &module->state, &module->address) == 4;
}

static int by_name(const void *a, const void *b)
{
	const struct ksyms_loaded_module *one = a, *other = b;

	return strcmp(one->name, other->name);
}

void kvet_ksyms_loaded_sort(struct ksyms_loaded *loaded)
{
	if (loaded->module_count)
		qsort(loaded->modules, loaded->module_count, sizeof(*loaded->modules), by_name);
}

static bool is_same(const struct ksyms_loaded_module *a, const struct ksyms_loaded_module *b)
{
	return a->state == b->state && a->size == b->size && a->address == b->address &&
	       a->inode == b->inode;
}

/* A sentence about what came, went or changed; nothing if nothing did. */
struct change {
	char names[NAMES_MOST * 66];
	size_t count;
};

static void note(struct change *change, const char *name)
{
	size_t used = strlen(change->names);

	if (change->count++ < NAMES_MOST)
		snprintf(change->names + used, sizeof(change->names) - used, "%s%s",
			 used ? ", " : "", name);
}

static void say(struct kvet_cause *cause, const char *what)
{
	size_t used = strlen(cause->evidence);

	snprintf(cause->evidence + used, sizeof(cause->evidence) - used, "%s%s", used ? "; " : "",
		 what);
}

static void say_modules(struct kvet_cause *cause, const char *did, const struct change *change)
{
	char words[sizeof(change->names) + 64];

	if (!change->count)
		return;
	snprintf(words, sizeof(words), "%s: %s", did, change->names);
	if (change->count > NAMES_MOST)
		snprintf(words + strlen(words), 32, " and %zu more", change->count - NAMES_MOST);
	say(cause, words);
}

static void compare_modules(const struct ksyms_loaded *before, const struct ksyms_loaded *after,
			    struct kvet_cause *cause)
{
	struct change came = { 0 }, went = { 0 }, changed = { 0 };
	size_t a = 0, b = 0;

	while (a < before->module_count || b < after->module_count) {
		const struct ksyms_loaded_module *old = &before->modules[a],
						 *new = &after->modules[b];
		int order = a == before->module_count  ? 1
			    : b == after->module_count ? -1
						       : strcmp(old->name, new->name);

		if (order < 0)
			note(&went, old->name);
		else if (order > 0)
			note(&came, new->name);
		else if (!is_same(old, new))
			note(&changed, new->name);
		a += order <= 0;
		b += order >= 0;
	}
	say_modules(cause, "modules loaded", &came);
	say_modules(cause, "modules removed", &went);
	say_modules(cause, "modules loaded again, or in another state", &changed);
}

/* Counts what is only in one of two rising lists. */
static size_t only_in(const struct kvet_bpf_ids *one, const struct kvet_bpf_ids *other)
{
	size_t count = 0, b = 0;

	for (size_t a = 0; a < one->count; a++) {
		while (b < other->count && other->items[b] < one->items[a])
			b++;
		count += b == other->count || other->items[b] != one->items[a];
	}
	return count;
}

static void compare_ids(const struct kvet_bpf_ids *before, const struct kvet_bpf_ids *after,
			const char *what, struct kvet_cause *cause)
{
	size_t came = only_in(after, before), went = only_in(before, after);
	char words[96];

	if (!came && !went)
		return;
	snprintf(words, sizeof(words), "BPF %s: %zu came, %zu went", what, came, went);
	say(cause, words);
}

enum kvet_verdict kvet_ksyms_loaded_differ(const struct ksyms_loaded *before,
					   const struct ksyms_loaded *after,
					   struct kvet_cause *cause)
{
	const struct kvet_cause *unread[] = { &before->no_modules, &after->no_modules,
					      &before->no_bpf, &after->no_bpf };
	struct kvet_cause found = { .source = "kallsyms" };

	if (!*unread[0]->source && !*unread[1]->source)
		compare_modules(before, after, &found);
	if (!*unread[2]->source && !*unread[3]->source) {
		compare_ids(&before->programs, &after->programs, "programs", &found);
		compare_ids(&before->links, &after->links, "links", &found);
	}
	*cause = found;
	if (*found.evidence)
		return KVET_YES;
	for (size_t i = 0; i < sizeof(unread) / sizeof(*unread); i++) {
		if (!*unread[i]->source)
			continue;
		*cause = *unread[i];
		return KVET_UNDETERMINED;
	}
	return KVET_NO;
}

void kvet_ksyms_loaded_free(struct ksyms_loaded *loaded)
{
	if (!loaded)
		return;
	free(loaded->modules);
	free(loaded->programs.items);
	free(loaded->links.items);
	free(loaded);
}
