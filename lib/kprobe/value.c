/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <kvet/kprobe.h>

uint64_t kvet_kprobe_value_bits(const struct kvet_kprobe_value *value, uint64_t reg)
{
	unsigned int unused = value->size < 8 ? 64 - value->size * 8 : 0;

	/* The upper bits of the register are undefined. */
	if (value->kind == KVET_KPROBE_SIGNED)
		return (uint64_t)((int64_t)(reg << unused) >> unused);
	return reg << unused >> unused;
}
