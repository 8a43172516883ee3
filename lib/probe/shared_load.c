/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "bpf/verifier_log.h"
#include "probe/shared_load.h"

#define LOCKS_OBJECT (-1)

struct kvet_shared_attempt {
	struct kvet_program_spec spec;
	int helper; /* or LOCKS_OBJECT */
	int errnum;
	struct kvet_shared_attempt *next;
	char log[];
};

void kvet_shared_init(struct kvet_shared *shared, struct kvet_loader *loader)
{
	shared->loader = loader;
	for (size_t i = 0; i < KVET_SHARED_BUCKETS; i++) {
		pthread_mutex_init(&shared->buckets[i].lock, NULL);
		shared->buckets[i].first = NULL;
	}
}

void kvet_shared_deinit(struct kvet_shared *shared)
{
	for (size_t i = 0; i < KVET_SHARED_BUCKETS; i++) {
		struct kvet_shared_bucket *bucket = &shared->buckets[i];

		while (bucket->first) {
			struct kvet_shared_attempt *next = bucket->first->next;

			free(bucket->first);
			bucket->first = next;
		}
		pthread_mutex_destroy(&bucket->lock);
	}
}

static void load(struct kvet_loader *loader, const struct kvet_program_spec *spec, int helper,
		 const struct kvet_object_calls *calls, struct kvet_probe_attempt *attempt)
{
	if (helper == LOCKS_OBJECT)
		kvet_program_load_with_object(loader, spec, calls, attempt);
	else if (helper)
		kvet_program_load(loader, spec, helper, attempt);
	else
		kvet_program_load_null(loader, spec, attempt, NULL);
}

static bool is_equal(const struct kvet_shared_attempt *kept, const struct kvet_program_spec *spec,
		     int helper)
{
	return kept->helper == helper && kept->spec.type == spec->type &&
	       kept->spec.attach == spec->attach && kept->spec.flags == spec->flags &&
	       kept->spec.btf_id == spec->btf_id && kept->spec.exit_value == spec->exit_value;
}

/* Without memory for it, the next equal attempt is loaded again. */
static void keep(struct kvet_shared_bucket *bucket, const struct kvet_program_spec *spec,
		 int helper, const struct kvet_probe_attempt *attempt)
{
	size_t size = strlen(attempt->log) + 1;
	struct kvet_shared_attempt *kept;

	if (attempt->log_cut || (attempt->errnum && kvet_verifier_log_is_wordless(attempt->log)))
		return;
	kept = malloc(sizeof(*kept) + size);
	if (!kept)
		return;
	kept->spec = *spec;
	kept->helper = helper;
	kept->errnum = attempt->errnum;
	memcpy(kept->log, attempt->log, size);
	kept->next = bucket->first;
	bucket->first = kept;
}

static void load_once(struct kvet_shared *shared, const struct kvet_program_spec *spec, int helper,
		      const struct kvet_object_calls *calls, struct kvet_probe_attempt *attempt)
{
	struct kvet_shared_bucket *bucket =
		&shared->buckets[(unsigned int)spec->type % KVET_SHARED_BUCKETS];
	const struct kvet_shared_attempt *kept;

	pthread_mutex_lock(&bucket->lock);
	for (kept = bucket->first; kept && !is_equal(kept, spec, helper); kept = kept->next)
		;
	if (kept) {
		memset(attempt, 0, sizeof(*attempt));
		attempt->errnum = kept->errnum;
		strcpy(attempt->log, kept->log);
	} else {
		load(shared->loader, spec, helper, calls, attempt);
		keep(bucket, spec, helper, attempt);
	}
	pthread_mutex_unlock(&bucket->lock);
}

void kvet_shared_load(struct kvet_shared *shared, const struct kvet_program_spec *spec, int helper,
		      struct kvet_probe_attempt *attempt)
{
	if (spec->replaces_fd || spec->btf.fd)
		load(shared->loader, spec, helper, NULL, attempt);
	else
		load_once(shared, spec, helper, NULL, attempt);
}

void kvet_shared_load_object(struct kvet_shared *shared, const struct kvet_program_spec *spec,
			     const struct kvet_object_calls *calls,
			     struct kvet_probe_attempt *attempt)
{
	if (spec->replaces_fd)
		load(shared->loader, spec, LOCKS_OBJECT, calls, attempt);
	else
		load_once(shared, spec, LOCKS_OBJECT, calls, attempt);
}
