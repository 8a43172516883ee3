/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KFUNC_LIST_READ_H
#define KVET_KFUNC_LIST_READ_H

#include "kfunc/kfuncs.h"

/* Reads the BTF of kernel and modules, and the symbol table where BTF tags nothing. Errors:
 * -ENOMEM. Touches the kernel. */
int kvet_kfuncs_read(struct kvet_kfuncs *kfuncs, struct kvet_cause *err);

#endif
