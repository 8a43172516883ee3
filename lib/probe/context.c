/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The probe context: creates, keeps and frees what is found out once. */
#include <stdlib.h>
#include <unistd.h>

#include "core/fail.h"
#include "probe/context.h"

int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_cause *err)
{
	struct kvet_probe *new = calloc(1, sizeof(*new));

	if (!new)
		return kvet_fail_memory(err);
	if (host)
		new->host = *host;
	kvet_reach_read(&new->host, KVET_CALL_BPF, &new->reach);
	kvet_loader_init(&new->loader, new->reach.state != KVET_REACH_DEATH);
	kvet_privilege_read(&new->privilege, new->loader.token.fd != 0);
	kvet_denials_init(&new->denials, &new->host);
	kvet_shared_init(&new->shared, &new->loader);
	kvet_known_init(new->known);
	pthread_mutex_init(&new->lock, NULL);
	pthread_mutex_init(&new->attach_lock, NULL);
	*probe = new;
	return 0;
}

void kvet_probe_free(struct kvet_probe *probe)
{
	if (!probe)
		return;
	kvet_known_deinit(probe->known);
	for (size_t i = 0; i < KVET_MAP_COUNT; i++)
		if (probe->maps[i] > 0)
			close(probe->maps[i]);
	if (probe->object_btf.fd)
		close(probe->object_btf.fd);
	kvet_shared_deinit(&probe->shared);
	kvet_kernel_free(probe->kernel);
	kvet_loader_deinit(&probe->loader);
	kvet_denials_deinit(&probe->denials);
	kvet_probe_attachments_free(probe);
	pthread_mutex_destroy(&probe->attach_lock);
	pthread_mutex_destroy(&probe->lock);
	free(probe);
}
