/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `kvet probe maps`, `programs` and `features` share: all of a kind, or those that match. */
#ifndef CMD_PROBE_CATALOGUE_H
#define CMD_PROBE_CATALOGUE_H

#include <kvet/feature.h>

#include "command.h"

struct catalogue_args {
	bool all;
};

extern const struct option_spec catalogue_options[];
extern const struct schema *const catalogue_schemas[];
extern const struct schema catalogue_summary_schema;
extern const int catalogue_capabilities[];

/* Asks for each whose name matches one of the words; for all, if there is no word. */
enum status catalogue_run(struct context *context, enum kvet_feature_kind kind,
			  const struct catalogue_args *args, const char *const *words,
			  size_t count);

/* Only whether each word names something, for struct command. */
enum status catalogue_check(struct context *context, enum kvet_feature_kind kind,
			    const struct catalogue_args *args, const char *const *words,
			    size_t count);

#endif
