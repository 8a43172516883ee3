/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trace --fields: what can be asked of a function. */
#ifndef CMD_TRACE_FIELDS_H
#define CMD_TRACE_FIELDS_H

#include "command.h"
#include "lines.h"

extern const struct schema trace_field_schema;

/* Writes a record for each argument of each function, and for what it returns. A line is a SPEC,
 * and may have an expression after a space, whose members are then listed. */
enum status trace_fields(struct context *context, const struct lines *lines);

#endif
