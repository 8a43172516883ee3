/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields marked FIELD_METRIC as numbers of monitoring systems: in base units, without a time. */
#ifndef CMD_OUTPUT_METRIC_H
#define CMD_OUTPUT_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "schema.h"

#define METRIC_NUMBER 48 /* bytes that a number takes, with its NUL */

/* Writes the value as a number: a DURATION in seconds, a BOOLEAN as 1 or 0, a verdict as 0 (yes), 1
 * (no) or 3 (undetermined), like exit statuses. Returns false if it is absent or no metric. */
bool metric_number(const struct field *field, const struct value *value,
		   char number[METRIC_NUMBER]);

/* Writes the field's name, "low_seconds" for the DURATION "low_ns". Returns buf. */
const char *metric_name(const struct field *field, char *buf, size_t size);

/* Whether the schema has a field that says which thing a record is about: then its metrics are many
 * of the same name. */
bool metric_has_labels(const struct schema *schema);

#endif
