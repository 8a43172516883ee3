/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_TRACEFS_ATTACH_H
#define KVET_KPROBE_TRACEFS_ATTACH_H

#include <kvet/kprobe.h>

/* Makes an event of the group at a site, and opens it, disabled. Returns its descriptor, or -1 with
 * the verdict and cause. */
int kvet_kprobe_group_event(struct kvet_kprobe_group *group, const struct kvet_host *host,
			    const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, bool returns,
			    enum kvet_verdict *verdict, struct kvet_cause *cause);

/* Parses "kvet_PID_LOCK": the process that made the group, and the byte of kprobe_events that it
 * has locked. False for another name. Pure. */
bool kvet_kprobe_group_parse(const char *group, uint32_t *pid, uint64_t *lock);

/* Parses "p:GROUP/EVENT ...", a line of kprobe_events: name becomes "GROUP/EVENT", and *group_len
 * the length of its first part. False for a group that is not kvet's. Pure. */
bool kvet_kprobe_event_parse(const char *line, char *name, size_t size, size_t *group_len);

#endif
