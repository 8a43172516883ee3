/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe maps: which map types can be created here? */
#include "catalogue.h"

static enum status run(struct context *context, const void *args, const char *const *operands,
		       size_t count)
{
	return catalogue_run(context, KVET_FEATURE_MAP, args, operands, count);
}

static enum status check(struct context *context, const void *args, const char *const *operands,
			 size_t count)
{
	return catalogue_check(context, KVET_FEATURE_MAP, args, operands, count);
}

static const char *const examples[] = { "kvet probe maps ringbuf", "kvet probe maps '*storage*'",
					"kvet probe maps -q ringbuf hash:no_prealloc", NULL };

const struct command probe_maps_command = {
	.name = "probe maps",
	.summary = "Which BPF map types and flags really work here",
	.operands = "[NAME]...",
	.operands_help = "NAME is a map type as libbpf names it, with a flag as hash:no_prealloc, "
			 "or a glob. Default: all.",
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = catalogue_options,
	.schemas = catalogue_schemas,
	.summary_schema = &catalogue_summary_schema,
	.args_size = sizeof(struct catalogue_args),
	.capabilities = catalogue_capabilities,
	.check = check,
	.run = run,
};
