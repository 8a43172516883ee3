/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_PROTOTYPE_H
#define KVET_KPROBE_PROTOTYPE_H

#include "host/btf.h"

#include <kvet/kprobe.h>

/* What the functions of this name take and return, in a BTF and in its base. Returns how many
 * prototypes that differ they have: 0, 1, or 2 for several. The strings are the BTF's. Pure. */
int kvet_prototype_find(const struct kvet_btf *btf, const char *name,
			struct kvet_kprobe_prototype *prototype);

#endif
