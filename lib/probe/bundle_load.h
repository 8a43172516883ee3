/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The bundle of one variant: a few loads that answer for many helpers. Touches the kernel. */
#ifndef KVET_PROBE_BUNDLE_LOAD_H
#define KVET_PROBE_BUNDLE_LOAD_H

#include <pthread.h>

#include "probe/bundle.h"
#include "probe/program_load.h"

struct kvet_bundle {
	pthread_mutex_t lock; /* held while the programs load; protects the members below */
	bool is_loaded;
	/* By place in the list of kvet_bundle_helpers(). NULL: ask with a program of its own. */
	struct kvet_probe_attempt *attempts[KVET_BUNDLE_MOST];
};

void kvet_bundle_init(struct kvet_bundle *bundle);
void kvet_bundle_deinit(struct kvet_bundle *bundle);

/* Fills the attempt to call the helper, loading the bundle if it was not loaded yet. Returns false
 * if the helper must be asked about with a program of its own. */
bool kvet_bundle_attempt(struct kvet_bundle *bundle, struct kvet_loader *loader,
			 const struct kvet_program_spec *spec, int helper,
			 struct kvet_probe_attempt *attempt);

#endif
