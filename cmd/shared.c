/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stddef.h>

#include "shared.h"

int shared_probe(struct context *context, struct kvet_probe **probe, struct kvet_cause *err)
{
	struct shared *shared = context->shared;
	int ret;

	if (!shared)
		return kvet_probe_new(probe, &context->host, err);
	if (!shared->probe) {
		ret = kvet_probe_new(&shared->probe, &context->host, err);
		if (ret)
			return ret;
	}
	*probe = shared->probe;
	return 0;
}

void shared_probe_release(struct context *context, struct kvet_probe *probe)
{
	if (!context->shared)
		kvet_probe_free(probe);
}

int shared_symbols(struct context *context, const struct kvet_ksyms_options *options,
		   struct kvet_ksyms **table, struct kvet_cause *err)
{
	struct shared *shared = context->shared;
	int ret;

	if (!shared || (options && (options->path || options->has_kind)))
		return kvet_ksyms_open(table, &context->host, options, err);
	if (!shared->symbols) {
		ret = kvet_ksyms_open(&shared->symbols, &context->host, NULL, err);
		if (ret)
			return ret;
	}
	*table = shared->symbols;
	return 0;
}

void shared_symbols_release(struct context *context, struct kvet_ksyms *table)
{
	if (!context->shared || table != context->shared->symbols)
		kvet_ksyms_free(table);
}

void shared_free(struct shared *shared)
{
	kvet_probe_free(shared->probe);
	kvet_ksyms_free(shared->symbols);
	*shared = (struct shared){ 0 };
}
