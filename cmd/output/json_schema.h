/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The JSON Schema of what a command prints as JSON, from the schemas of its records. */
#ifndef CMD_OUTPUT_JSON_SCHEMA_H
#define CMD_OUTPUT_JSON_SCHEMA_H

#include <stdbool.h>
#include <stdio.h>

#include "schema.h"

/* New keys do not change this number: only a change that breaks a reader raises it. */
#define JSON_SCHEMA_VERSION 1

struct json_schema_of {
	const char *command;
	const struct schema *const *records; /* ends with NULL */
	const struct schema *summary;        /* may be NULL */
	bool others;                         /* there may be records of other commands, too */
};

/* Writes it to the stream: of a document, and of each of the JSON lines. Returns false if there is
 * no memory. */
bool json_schema_write(FILE *stream, const struct json_schema_of *of);

#endif
