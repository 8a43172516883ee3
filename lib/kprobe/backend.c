/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <kvet/kprobe.h>

static const char *const names[KVET_KPROBE_BACKEND_COUNT] = {
	[KVET_KPROBE_AUTO] = "auto",       [KVET_KPROBE_PMU] = "pmu",
	[KVET_KPROBE_TRACEFS] = "tracefs", [KVET_KPROBE_MULTI] = "multi",
	[KVET_KPROBE_FENTRY] = "fentry",
};

const char *kvet_kprobe_backend_name(enum kvet_kprobe_backend backend)
{
	return names[backend];
}

size_t kvet_kprobe_descriptors(enum kvet_kprobe_backend backend, size_t probes)
{
	switch (backend) {
	case KVET_KPROBE_FENTRY:
	case KVET_KPROBE_PMU:
		/* For each probe its event, or its link. */
		return probes;
	case KVET_KPROBE_MULTI:
		/* One link; at worst, one link for each function. */
		return probes;
	case KVET_KPROBE_TRACEFS:
	default:
		/* As with the PMU, and one for the lock of the group. */
		return probes + 1;
	}
}

bool kvet_kprobe_backend_parse(const char *word, enum kvet_kprobe_backend *backend)
{
	for (int i = 0; i < KVET_KPROBE_BACKEND_COUNT; i++)
		if (!strcmp(word, names[i])) {
			*backend = (enum kvet_kprobe_backend)i;
			return true;
		}
	return false;
}
