/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of depmod(8) say of modules that have no symbols in the table. */
#ifndef KVET_KSYMS_MODULES_READ_H
#define KVET_KSYMS_MODULES_READ_H

#include <kvet/host.h>

enum ksyms_module {
	KSYMS_MODULE_UNKNOWN,  /* nothing speaks of it */
	KSYMS_MODULE_BUILT_IN, /* its symbols are the kernel's proper */
	KSYMS_MODULE_ON_DISK   /* it could be loaded */
};

/* What a module of that name is to the running kernel: '-' and '_' are the same in it. */
enum ksyms_module kvet_ksyms_module_read(const struct kvet_host *host, const char *name,
					 size_t len);

/* Which module exports a symbol, by modules.symbols. Returns false if none does, or it cannot be
 * read. */
bool kvet_ksyms_exporter_read(const struct kvet_host *host, const char *symbol, size_t len,
			      char *module, size_t size);

#endif
