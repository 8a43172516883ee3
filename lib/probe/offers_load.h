/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a variant is not offered, found out once. Touches the kernel. */
#ifndef KVET_PROBE_OFFERS_LOAD_H
#define KVET_PROBE_OFFERS_LOAD_H

#include <pthread.h>

#include "probe/offers.h"
#include "probe/program_load.h"

struct kvet_offers_kept {
	pthread_mutex_t lock; /* held while the program loads; protects is_loaded */
	bool is_loaded;
	struct kvet_offers offers; /* immutable once loaded */
};

void kvet_offers_init(struct kvet_offers_kept *kept);
void kvet_offers_deinit(struct kvet_offers_kept *kept);

/* What was loaded; NULL if nothing was yet. */
const struct kvet_offers *kvet_offers_loaded(struct kvet_offers_kept *kept);

/* What the variant is not offered, of what is absent from another (NULL: of all). Without
 * memory, or on a kernel that does not say it, nothing. */
const struct kvet_offers *kvet_offers_load(struct kvet_offers_kept *kept,
					   struct kvet_loader *loader,
					   const struct kvet_program_spec *spec,
					   const struct kvet_offers *among);

#endif
