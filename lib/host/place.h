/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a process runs, from the signs of it. Pure. */
#ifndef KVET_HOST_PLACE_H
#define KVET_HOST_PLACE_H

#include <kvet/refusal.h>

/* NULL for each that does not exist. */
struct kvet_place_signs {
	const char
		*container; /* the variable of that name, set by podman, systemd-nspawn and LXC */
	const char *kubernetes; /* KUBERNETES_SERVICE_HOST */
	const char *invocation; /* INVOCATION_ID, which systemd sets for services */
	bool dockerenv;         /* /.dockerenv */
	bool containerenv;      /* /run/.containerenv, podman's */
	const char *cgroup;     /* /proc/self/cgroup */
	const char *mounts;     /* /proc/self/mountinfo */
};

void kvet_place_judge(const struct kvet_place_signs *signs, struct kvet_place *place);

#endif
