/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The controls of each variant, asked once. Touches the kernel. */
#include <stdlib.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/context.h"
#include "probe/facts_read.h"

/* A shortage of memory, or an interruption, that lasts for so many questions is permanent. */
#define TRIES_MOST 4

/* Owns the whole list that begins with it. */
static void kvet_known_free(struct kvet_known *known)
{
	while (known) {
		struct kvet_known *next = known->next;

		kvet_calibration_free(known->calibration);
		kvet_bundle_deinit(&known->bundle);
		kvet_offers_deinit(&known->offers);
		free(known->refusal);
		free(known);
		known = next;
	}
}

AUTO_DEFINE(kvet_known)

void kvet_known_init(struct kvet_known_place *places)
{
	for (size_t i = 0; i < KVET_PROBE_PLACES; i++)
		pthread_mutex_init(&places[i].lock, NULL);
}

void kvet_known_deinit(struct kvet_known_place *places)
{
	for (size_t i = 0; i < KVET_PROBE_PLACES; i++) {
		kvet_known_free(places[i].first);
		pthread_mutex_destroy(&places[i].lock);
	}
}

/* The answer to each question about the variant, if its controls alone decide. */
static int judge_controls(struct kvet_probe *probe, const struct kvet_probe_question *question,
			  struct kvet_known *known, struct kvet_cause *err)
{
	AUTO_FREE struct kvet_probe_answer *refusal = calloc(1, sizeof(*refusal));
	struct kvet_host_facts facts;

	if (!refusal)
		return kvet_fail_memory(err);
	if (!kvet_judge_controls(&known->calibration->controls, refusal))
		return 0;
	kvet_facts_read(probe, refusal, &facts);
	kvet_judge_cause(question, &facts, refusal);
	known->refusal = TAKE(refusal);
	return 0;
}

static int ask_controls(struct kvet_probe *probe, const struct kvet_probe_question *question,
			struct kvet_known **out, struct kvet_cause *err)
{
	AUTO(kvet_known) *known = calloc(1, sizeof(*known));
	int ret;

	if (!known)
		return kvet_fail_memory(err);
	kvet_bundle_init(&known->bundle);
	kvet_offers_init(&known->offers);
	ret = kvet_calibration_load(&known->calibration, &probe->shared,
				    kvet_probe_kernel_for(probe, question->type), question->type,
				    question->variant, question->sleepable, err);
	if (!ret)
		ret = judge_controls(probe, question, known, err);
	if (ret)
		return ret;
	known->type = question->type;
	known->variant = question->variant;
	known->sleepable = question->sleepable;
	known->is_passing = kvet_calibration_is_passing(known->calibration);
	*out = TAKE(known);
	return 0;
}

static bool is_of(const struct kvet_known *known, const struct kvet_probe_question *question)
{
	return known->type == question->type && known->variant == question->variant &&
	       known->sleepable == question->sleepable;
}

/* Types are fewer than 64, their variants mostly fewer than 16. */
static unsigned int place_of(const struct kvet_probe_question *question)
{
	return ((unsigned int)question->type + (unsigned int)question->variant * 64) %
	       KVET_PROBE_PLACES;
}

int kvet_probe_known(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     struct kvet_known **out, struct kvet_cause *err)
{
	struct kvet_known_place *place = &probe->known[place_of(question)];
	struct kvet_known *found, *known;
	int ret = 0;

	pthread_mutex_lock(&place->lock);
	for (found = place->first; found && !is_of(found, question); found = found->next)
		;
	known = found;
	/* Another thread may still use the earlier result, so it stays. */
	if (!found || (found->is_passing && found->tries < TRIES_MOST)) {
		ret = ask_controls(probe, question, &known, err);
		if (!ret) {
			known->tries = found ? found->tries + 1 : 1;
			known->next = place->first;
			place->first = known;
		}
	}
	pthread_mutex_unlock(&place->lock);
	if (!ret)
		*out = known;
	return ret;
}
