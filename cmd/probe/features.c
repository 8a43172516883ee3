/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe features: which features of BPF work here? */
#include "catalogue.h"

static enum status run(struct context *context, const void *args, const char *const *operands,
		       size_t count)
{
	return catalogue_run(context, KVET_FEATURE_OTHER, args, operands, count);
}

static enum status check(struct context *context, const void *args, const char *const *operands,
			 size_t count)
{
	return catalogue_check(context, KVET_FEATURE_OTHER, args, operands, count);
}

static const char *const examples[] = { "kvet probe features bounded_loops",
					"kvet probe features 'link_*' 'CONFIG_BPF*'",
					"kvet probe features -q ring_buffer kernel_btf", NULL };

const struct command probe_features_command = {
	.name = "probe features",
	.summary = "Which features of verifier, bpf(2) and BTF work here",
	.operands = "[NAME]...",
	.operands_help = "NAME is a feature, a setting (CONFIG_BPF_JIT, bpf_jit_enable) or a glob. "
			 "Default: all but settings.",
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
