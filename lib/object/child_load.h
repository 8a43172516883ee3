/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the child does from its start to its end. Touches the kernel. */
#ifndef KVET_OBJECT_CHILD_LOAD_H
#define KVET_OBJECT_CHILD_LOAD_H

#include "object/child.h"

/* Checks the object in these bytes, which change, and sends all that it finds. Never returns. */
_Noreturn void kvet_child_run(struct kvet_child *child, char *bytes, size_t size);

#endif
