/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of one object of which its loader takes one. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/array.h"

static const char *target_of(const char *section)
{
	const char *slash = strchr(section, '/');

	return slash ? slash + 1 : NULL;
}

static bool is_return(const char *section)
{
	section += *section == '?';
	return !strncmp(section, "kret", 4) || !strncmp(section, "uret", 4) ||
	       !strncmp(section, "fexit", 5);
}

static size_t count_in(const struct object_twin *all, size_t count, const char *section)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += !strcmp(all[i].section, section);
	return found;
}

bool object_has_better_twin(const struct object_twin *all, size_t count, size_t which)
{
	const struct object_twin *one = &all[which];
	const char *target = target_of(one->section), *other;

	if (!target || count_in(all, count, one->section) != 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		other = target_of(all[i].section);
		if (all[i].verdict == KVET_YES && other && !strcmp(target, other) &&
		    strcmp(one->type, all[i].type) != 0 &&
		    is_return(one->section) == is_return(all[i].section) &&
		    count_in(all, count, all[i].section) == 1)
			return true;
	}
	return false;
}

void object_names_add(struct object_names *list, const char *name)
{
	char *copy = strdup(name);

	if (copy && ARRAY_MORE(list->names, list->count))
		list->names[list->count++] = copy;
	else
		free(copy);
}

void object_names_free(struct object_names *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
}
