/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "core/fail.h"
#include "probe/remedy.h"

void kvet_probe_remedy_missing(struct kvet_cause *cause, const char *missing)
{
	const char *last = memrchr(missing, ',', strlen(missing));

	if (last)
		kvet_cause_remedy(cause, "run as root, or with %.*s and%s", (int)(last - missing),
				  missing, last + 1);
	else
		kvet_cause_remedy(cause, "run as root, or with %s", missing);
}
