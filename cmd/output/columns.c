/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "columns.h"

/* Returns the index of the field with this name of len letters; the schema's count if it has
 * none. */
static size_t find(const struct schema *schema, const char *name, size_t len)
{
	size_t record = strlen(schema->record), i = 0;

	if (len > record && name[record] == '.' && !strncasecmp(name, schema->record, record)) {
		name += record + 1;
		len -= record + 1;
	}
	while (i < schema->count && (strlen(schema->fields[i].name) != len ||
				     strncasecmp(schema->fields[i].name, name, len) != 0))
		i++;
	return i;
}

static bool has(const size_t *fields, size_t count, size_t field)
{
	for (size_t i = 0; i < count; i++)
		if (fields[i] == field)
			return true;
	return false;
}

size_t columns_of(const char *list, const struct schema *schema, size_t *fields)
{
	size_t count = 0;

	while (list) {
		size_t len = strcspn(list, ","), field = find(schema, list, len);

		if (field < schema->count && !has(fields, count, field))
			fields[count++] = field;
		list = list[len] ? list + len + 1 : NULL;
	}
	return count;
}

const char *columns_unknown(const char *list, const struct schema *const *schemas, size_t *len)
{
	while (list) {
		const struct schema *const *schema = schemas;

		*len = strcspn(list, ",");
		while (*schema && find(*schema, list, *len) == (*schema)->count)
			schema++;
		if (!*schema)
			return list;
		list = list[*len] ? list + *len + 1 : NULL;
	}
	return NULL;
}
