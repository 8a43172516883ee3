/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The list of --columns: "name,module", or "site.name" for one kind of record only, in any case. A
 * table shows the columns of the list that its schema has, in the list's order. Pure.
 */
#ifndef CMD_OUTPUT_COLUMNS_H
#define CMD_OUTPUT_COLUMNS_H

#include <stdbool.h>

#include "schema.h"

/* Finds the fields of the schema that the list names, each once; fields has room for all fields of
 * the schema. Returns how many. */
size_t columns_of(const char *list, const struct schema *schema, size_t *fields);

/* Returns the first column of the list that no schema has, and its length in *len; NULL: all exist.
 * schemas ends with NULL. */
const char *columns_unknown(const char *list, const struct schema *const *schemas, size_t *len);

#endif
