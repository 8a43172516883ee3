/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this host denies to everyone, read once, when it is first asked for. */
#ifndef KVET_PROBE_DENIAL_READ_H
#define KVET_PROBE_DENIAL_READ_H

#include <pthread.h>

#include <kvet/host.h>
#include <kvet/refusal.h>

#define KVET_DENIALS_OPTIONS 16

struct kvet_denials {
	struct kvet_host host;
	pthread_mutex_t lock; /* protects the members below */
	const char *lockdown; /* NULL: not read yet */
	struct kvet_denial {
		const char *option;
		enum kvet_config value;
		char evidence[192];
	} options[KVET_DENIALS_OPTIONS];
	unsigned int count;
	struct kvet_refusal refusal; /* of bpf(2), where it is refused */
	bool refusal_read;
};

/* host is copied; its sysroot string stays the caller's. */
void kvet_denials_init(struct kvet_denials *denials, const struct kvet_host *host);
void kvet_denials_deinit(struct kvet_denials *denials);

/* As kvet_host_lockdown() says. */
const char *kvet_denials_lockdown(struct kvet_denials *denials);

/* What is known of why bpf(2) is refused; lives as long as denials, and does not change. */
const struct kvet_refusal *kvet_denials_refusal(struct kvet_denials *denials);

/* What says that the kernel was built without an option (a static string), and where; NULL if it
 * was built with it, or if that cannot be read. The string lives as long as denials. */
const char *kvet_denials_not_built(struct kvet_denials *denials, const char *option);

#endif
