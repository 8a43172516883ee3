/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_TEXT_READ_H
#define KVET_KSYMS_TEXT_READ_H

#include <kvet/host.h>

#include "ksyms/row.h"

/* The rows of /proc/kallsyms, from its text. Errors: of open(2); -ENODATA if an engine hides the
 * file; -ENOMEM. */
int kvet_ksyms_text_open(struct ksyms_source **source, const struct kvet_host *host,
			 struct kvet_cause *err);

#endif
