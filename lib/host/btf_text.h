/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_BTF_TEXT_H
#define KVET_HOST_BTF_TEXT_H

#include "host/btf.h"

/* Writes a type as C has it, "const struct file *"; cut where size ends. Returns buf. Pure. */
const char *kvet_btf_type_text(const struct kvet_btf *btf, uint32_t id, char *buf, size_t size);

#endif
