/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>

#include <kvet/probe.h>

static const char *const texts[] = {
	[KVET_REASON_LOADED] = "loaded",
	[KVET_REASON_ARGUMENTS] = "accepted; arguments refused later",
	[KVET_REASON_FOLLOWS] = "accepted; program refused later",
	[KVET_REASON_UNKNOWN_HELPER] = "unknown to this kernel",
	[KVET_REASON_NOT_FOR_TYPE] = "not for this program type",
	[KVET_REASON_NOT_SUPPORTED] = "not supported for this program type",
	[KVET_REASON_NOT_ALLOWED] = "not allowed in this program type",
	[KVET_REASON_MAP_REFUSED] = "refused with every map that it takes",
	[KVET_REASON_SLEEPABLE_ONLY] = "only in sleepable programs",
	[KVET_REASON_SLEEPABLE_NEVER] =
		"only in sleepable programs, which this type does not support",
	[KVET_REASON_CANNOT_SLEEP] = "this program type cannot be sleepable",
	[KVET_REASON_TYPE_ABSENT] = "program type absent",
	[KVET_REASON_ATTACH_ABSENT] = "attach type absent",
	[KVET_REASON_NOT_BUILT] = "not built into this kernel",
	[KVET_REASON_NO_JIT] = "requires the JIT compiler",
	[KVET_REASON_NOT_PERMITTED] = "not permitted",
	[KVET_REASON_PRIVILEGE] = "not for this program type or privilege missing",
	[KVET_REASON_CAPABILITY] = "capability missing",
	[KVET_REASON_LOCKDOWN] = "not for this program type or locked down",
	[KVET_REASON_TARGET] = "not for the targets tried",
	[KVET_REASON_NO_TARGET] = "no suitable target found",
	[KVET_REASON_NO_MAP] = "no map could be created",
	[KVET_REASON_UNTRIED] = "refused with the maps tried",
	[KVET_REASON_GPL_ONLY] = "refused as GPL-only",
	[KVET_REASON_NO_BPF] = "bpf(2) not available",
	[KVET_REASON_NO_MEMORY] = "out of memory",
	[KVET_REASON_INTERRUPTED] = "interrupted",
	[KVET_REASON_TOO_NEW] = "attributes unknown to this kernel",
	[KVET_REASON_WORDLESS] = "refused without a verifier message",
	[KVET_REASON_NULL_REFUSED] = "empty program refused",
	[KVET_REASON_BOGUS_ACCEPTED] = "nonexistent helper accepted",
	[KVET_REASON_BOGUS_ODD] = "nonexistent helper refused unexpectedly",
	[KVET_REASON_LOG_CUT] = "verifier log cut off",
	[KVET_REASON_WORDS_UNKNOWN] = "unrecognised verifier message",
};

static_assert(sizeof(texts) / sizeof(*texts) == KVET_REASON_COUNT, "a text for each reason");

const char *kvet_probe_reason_text(enum kvet_probe_reason reason)
{
	return (unsigned int)reason < KVET_REASON_COUNT ? texts[reason] : "?";
}
