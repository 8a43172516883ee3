/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The list of --columns: "name,module", or "site.name" of one kind of record alone, in capitals or
 * not. A table has those of the list that its schema has, in the list's order. Pure.
 */
#ifndef CMD_OUTPUT_COLUMNS_H
#define CMD_OUTPUT_COLUMNS_H

#include <stdbool.h>

#include "schema.h"

/* The fields of the schema that the list names, each once; fields has room for all of its fields.
 * Returns how many. */
size_t columns_of(const char *list, const struct schema *schema, size_t *fields);

/* The first of the list that none of the schemas, which end with NULL, has: its length is left in
 * *len. NULL: there is none. */
const char *columns_unknown(const char *list, const struct schema *const *schemas, size_t *len);

#endif
