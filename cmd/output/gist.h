/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What records say in a sentence: the reasons of the first that is not a yes. */
#ifndef CMD_OUTPUT_GIST_H
#define CMD_OUTPUT_GIST_H

#include "schema.h"

struct gist {
	char no[1024];
	char undetermined[1024];
	char aside[1024]; /* of one that does not count */
};

/* Keeps the record's reasons if it is the first of its kind. */
void gist_take(struct gist *gist, const struct schema *schema, const struct value *values);

#endif
