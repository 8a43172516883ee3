/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel. */
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "probe/bundle_load.h"

/* A call takes about 100 bytes of log, 200 on old kernels, which write every register. */
#define LOG_SIZE 16384

void kvet_bundle_init(struct kvet_bundle *bundle)
{
	memset(bundle, 0, sizeof(*bundle));
	pthread_mutex_init(&bundle->lock, NULL);
}

void kvet_bundle_deinit(struct kvet_bundle *bundle)
{
	for (size_t i = 0; i < KVET_BUNDLE_MOST; i++)
		free(bundle->attempts[i]);
	pthread_mutex_destroy(&bundle->lock);
}

/* Without memory for it, the helper is asked about alone. */
static void keep(struct kvet_bundle *bundle, int helper, const struct kvet_probe_attempt *attempt)
{
	/* As much of it as the log takes. */
	size_t size = offsetof(struct kvet_probe_attempt, log) + strlen(attempt->log) + 1;
	struct kvet_probe_attempt *kept = malloc(size);

	if (kept)
		memcpy(kept, attempt, size);
	bundle->attempts[kvet_bundle_place(helper)] = kept;
}

/* Loads the program of all helpers, and without the one that was refused, until it loads. What was
 * accepted in a program that was refused is known only when a program with it has loaded. */
static void load_all(struct kvet_bundle *bundle, struct kvet_loader *loader,
		     const struct kvet_program_spec *spec)
{
	AUTO_FREE char *text = malloc(LOG_SIZE);
	const struct kvet_program_log log = { .level = 1, .text = text, .size = LOG_SIZE };
	struct bpf_insn insns[KVET_BUNDLE_SIZE];
	struct kvet_probe_attempt attempt;
	int left[KVET_BUNDLE_MOST], refused = 0;
	size_t count;
	const int *helpers = kvet_bundle_helpers(&count);

	memcpy(left, helpers, sizeof(left));
	while (text && count && refused >= 0) {
		size_t length = kvet_bundle_write(left, count, spec->exit_value, insns);
		int errnum = kvet_program_load_logged(loader, spec, insns, length, &log);

		if (kvet_bundle_loaded(errnum, text, &attempt))
			for (size_t i = 0; i < count; i++)
				keep(bundle, left[i], &attempt);
		refused = kvet_bundle_refused(left, count, errnum, text, &attempt);
		if (refused < 0)
			continue;
		keep(bundle, left[refused], &attempt);
		memmove(left + refused, left + refused + 1,
			(--count - (size_t)refused) * sizeof(*left));
	}
}

bool kvet_bundle_attempt(struct kvet_bundle *bundle, struct kvet_loader *loader,
			 const struct kvet_program_spec *spec, int helper,
			 struct kvet_probe_attempt *attempt)
{
	int place = kvet_bundle_place(helper);
	const struct kvet_probe_attempt *kept;

	if (place < 0)
		return false;
	pthread_mutex_lock(&bundle->lock);
	if (!bundle->is_loaded)
		load_all(bundle, loader, spec);
	bundle->is_loaded = true;
	kept = bundle->attempts[place];
	pthread_mutex_unlock(&bundle->lock);
	if (!kept)
		return false;
	memset(attempt, 0, sizeof(*attempt));
	attempt->errnum = kept->errnum;
	strcpy(attempt->log, kept->log);
	return true;
}
