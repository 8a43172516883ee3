/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe programs: which program types load, and which attach? */
#include "catalogue.h"

static enum status run(struct context *context, const void *args, const char *const *operands,
		       size_t count)
{
	return catalogue_run(context, KVET_FEATURE_PROGRAM, args, operands, count);
}

static enum status check(struct context *context, const void *args, const char *const *operands,
			 size_t count)
{
	return catalogue_check(context, KVET_FEATURE_PROGRAM, args, operands, count);
}

static const char *const examples[] = { "kvet probe programs kprobe fentry",
					"kvet probe programs 'cgroup*'",
					"kvet probe programs -q lsm", NULL };

const struct command probe_programs_command = {
	.name = "probe programs",
	.summary = "Which BPF program types load here, and which attach",
	.operands = "[NAME]...",
	.operands_help = "NAME is a program type as libbpf names it, or one of its variants, as "
			 "fentry, or a glob. Default: all.",
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
