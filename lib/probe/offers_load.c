/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel. */
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "probe/offers_load.h"

/* A call takes 55 bytes. */
#define LOG_SIZE 32768

void kvet_offers_init(struct kvet_offers_kept *kept)
{
	memset(kept, 0, sizeof(*kept));
	pthread_mutex_init(&kept->lock, NULL);
}

void kvet_offers_deinit(struct kvet_offers_kept *kept)
{
	pthread_mutex_destroy(&kept->lock);
}

static void load(struct kvet_offers *offers, struct kvet_loader *loader,
		 const struct kvet_program_spec *spec, const struct kvet_offers *among)
{
	struct bpf_insn insns[KVET_OFFERS_SIZE];
	int helpers[KVET_OFFERS_END];
	size_t count = kvet_offers_list(among, helpers);
	AUTO_FREE char *text = malloc(LOG_SIZE);
	const struct kvet_program_log log = { .level = 2, .text = text, .size = LOG_SIZE };

	if (!text || !count)
		return;
	count = kvet_offers_write(helpers, count, insns);
	kvet_program_load_logged(loader, spec, insns, count, &log);
	kvet_offers_read(text, offers);
}

const struct kvet_offers *kvet_offers_loaded(struct kvet_offers_kept *kept)
{
	bool is_loaded;

	pthread_mutex_lock(&kept->lock);
	is_loaded = kept->is_loaded;
	pthread_mutex_unlock(&kept->lock);
	return is_loaded ? &kept->offers : NULL;
}

const struct kvet_offers *kvet_offers_load(struct kvet_offers_kept *kept,
					   struct kvet_loader *loader,
					   const struct kvet_program_spec *spec,
					   const struct kvet_offers *among)
{
	pthread_mutex_lock(&kept->lock);
	if (!kept->is_loaded)
		load(&kept->offers, loader, spec, among);
	kept->is_loaded = true;
	pthread_mutex_unlock(&kept->lock);
	return &kept->offers;
}
