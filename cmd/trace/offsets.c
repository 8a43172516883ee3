/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* trace --offsets: at which offsets of a function instructions begin. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "plan.h"
#include "records.h"

/* Writes a record for each offset of one symbol at which a probe can go. *found counts them; cause
 * becomes the last refusal. Returns any status but yes if the kernel could not be asked. */
static enum status put_offsets(struct trace_plan *plan, struct context *context, const char *spec,
			       struct kvet_kprobe_site site, uint64_t end, size_t *found,
			       struct kvet_cause *cause)
{
	struct kvet_kprobe_ways *ways = trace_plan_ways(plan, context);

	if (!ways)
		return context_failure(context, ENOMEM, "malloc");
	for (; site.offset < end && !context_stopped(context); site.offset++, site.address++) {
		enum kvet_kprobe_backend backend;
		enum kvet_verdict attachable;

		/* Each offset takes some ms. */
		if (site.offset % 16 == 0)
			context_progress(context, "kvet: %s+0x%" PRIx64 " of 0x%" PRIx64,
					 site.symbol, site.offset, end);
		attachable =
			kvet_kprobe_judge(ways, &site, KVET_KPROBE_ASK_ALWAYS, &backend, cause);
		if (attachable == KVET_UNDETERMINED) {
			context_error(context, cause);
			return STATUS_UNDETERMINED;
		}
		if (attachable == KVET_YES)
			trace_put_site(context, plan->table,
				       &(struct trace_site_row){ .number = ++*found,
								 .spec = spec,
								 .site = &site,
								 .attachable = &attachable,
								 .backend = backend });
	}
	context_progress(context, "%s", "");
	return STATUS_YES;
}

enum status trace_plan_put_offsets(struct trace_plan *plan, struct context *context,
				   const struct trace_range *range)
{
	enum status status = STATUS_YES;
	size_t found = 0;

	for (size_t i = 0; i < plan->site_count; i++) {
		struct kvet_kprobe_site site = *plan->sites[i];
		struct kvet_cause cause = site.cause;
		uint64_t end = site.extent;
		size_t before = found;

		if (range->given) {
			site.address += range->first - site.offset;
			site.offset = range->first;
			if (range->last < end)
				end = range->last + 1;
		}
		if (site.offset >= end) {
			cause = (struct kvet_cause){ .source = "kallsyms" };
			snprintf(cause.evidence, sizeof(cause.evidence),
				 "offset 0x%" PRIx64
				 " is past the end of %s, which is at 0x%" PRIx64,
				 site.offset, site.symbol, site.extent);
		}
		status = status_worst(status, put_offsets(plan, context, plan->owners[i]->text,
							  site, end, &found, &cause));
		if (status == STATUS_UNDETERMINED)
			return status;
		if (context_stopped(context))
			break;
		if (found > before)
			continue;
		context_error(context, &cause);
		status = STATUS_NO;
	}
	return status;
}
