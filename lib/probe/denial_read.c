/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: securityfs, its configuration. */
#include <string.h>

#include "probe/denial_read.h"

void kvet_denials_init(struct kvet_denials *denials, const struct kvet_host *host)
{
	memset(denials, 0, sizeof(*denials));
	denials->host = *host;
	pthread_mutex_init(&denials->lock, NULL);
}

void kvet_denials_deinit(struct kvet_denials *denials)
{
	pthread_mutex_destroy(&denials->lock);
}

const char *kvet_denials_lockdown(struct kvet_denials *denials)
{
	const char *level;

	pthread_mutex_lock(&denials->lock);
	if (!denials->lockdown)
		denials->lockdown = kvet_host_lockdown(&denials->host);
	level = denials->lockdown;
	pthread_mutex_unlock(&denials->lock);
	return level;
}

const struct kvet_refusal *kvet_denials_refusal(struct kvet_denials *denials)
{
	pthread_mutex_lock(&denials->lock);
	if (!denials->refusal_read)
		kvet_refusal_read(&denials->refusal, &denials->host, KVET_CALL_BPF);
	denials->refusal_read = true;
	pthread_mutex_unlock(&denials->lock);
	return &denials->refusal;
}

/* The lock is held. */
static const struct kvet_denial *find(struct kvet_denials *denials, const char *option)
{
	struct kvet_denial *denial = denials->options;

	while (denial < denials->options + denials->count && strcmp(denial->option, option) != 0)
		denial++;
	if (denial == denials->options + KVET_DENIALS_OPTIONS)
		return NULL;
	if (denial == denials->options + denials->count) {
		denial->option = option;
		denial->value = kvet_host_config(&denials->host, option, denial->evidence,
						 sizeof(denial->evidence));
		denials->count++;
	}
	return denial;
}

const char *kvet_denials_not_built(struct kvet_denials *denials, const char *option)
{
	const struct kvet_denial *denial;

	pthread_mutex_lock(&denials->lock);
	denial = find(denials, option);
	pthread_mutex_unlock(&denials->lock);
	return denial && denial->value == KVET_CONFIG_NO ? denial->evidence : NULL;
}
