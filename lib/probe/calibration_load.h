/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the kernel says yes and no to programs of one type, one variant of it. */
#ifndef KVET_PROBE_CALIBRATION_LOAD_H
#define KVET_PROBE_CALIBRATION_LOAD_H

#include "probe/kernel_btf.h"
#include "probe/shared_load.h"

/* Immutable once loaded. spec is how the null program was loaded, and how the next program is to be
 * loaded. */
struct kvet_calibration {
	int type;
	int variant;
	bool sleepable;
	struct kvet_program_spec spec;
	char target[128];
	struct kvet_probe_controls controls;
};

/* How many variants the type has, and their names; kernel may be NULL. */
int kvet_calibration_variants(const struct kvet_kernel *kernel, int type);
const char *kvet_calibration_variant_name(const struct kvet_kernel *kernel, int type, int variant);

/* Asks the controls. kernel may be NULL: then no target can be found. Owned by the caller,
 * kvet_calibration_free(). Errors: -ENOMEM. */
int kvet_calibration_load(struct kvet_calibration **calibration, struct kvet_shared *shared,
			  const struct kvet_kernel *kernel, int type, int variant, bool sleepable,
			  struct kvet_cause *err);
void kvet_calibration_free(struct kvet_calibration *calibration);

/* Whether a control failed for a passing reason (memory, a signal). */
bool kvet_calibration_is_passing(const struct kvet_calibration *calibration);

#endif
