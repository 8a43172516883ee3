/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where this process runs. */
#include <stdlib.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "host/place.h"
#include "host/sys_read.h"

/* A node with many pods has a large table of mounts; what does not fit is ignored. */
#define MOUNTS_MOST (1U << 20)

static bool is_there(const struct kvet_host *self, const char *path)
{
	char full[PATH_MAX];

	return access(kvet_host_path(self, path, full), F_OK) == 0;
}

void kvet_place_read(const struct kvet_host *host, struct kvet_place *place)
{
	const struct kvet_host self = kvet_host_self(host);
	AUTO_FREE char *mounts = malloc(MOUNTS_MOST);
	char cgroup[4096];
	struct kvet_place_signs signs = {
		.container = getenv("container"),
		.kubernetes = getenv("KUBERNETES_SERVICE_HOST"),
		.invocation = getenv("INVOCATION_ID"),
		.dockerenv = is_there(&self, "/.dockerenv"),
		.containerenv = is_there(&self, "/run/.containerenv"),
	};

	if (!kvet_host_read(&self, "/proc/self/cgroup", cgroup, sizeof(cgroup), NULL))
		signs.cgroup = cgroup;
	if (mounts && !kvet_host_read(&self, "/proc/self/mountinfo", mounts, MOUNTS_MOST, NULL))
		signs.mounts = mounts;
	kvet_place_judge(&signs, place);
}

void kvet_remedy_here(const struct kvet_host *host, enum kvet_need need, struct kvet_cause *cause)
{
	struct kvet_place place;

	if (!cause)
		return;
	kvet_place_read(host, &place);
	kvet_remedy_add(cause, need, &place, NULL);
}
