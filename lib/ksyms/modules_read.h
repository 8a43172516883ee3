/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What depmod(8)'s files say about modules without symbols in the table. */
#ifndef KVET_KSYMS_MODULES_READ_H
#define KVET_KSYMS_MODULES_READ_H

#include <kvet/host.h>

enum ksyms_module {
	KSYMS_MODULE_UNKNOWN,  /* no file lists it */
	KSYMS_MODULE_BUILT_IN, /* its symbols belong to the kernel proper */
	KSYMS_MODULE_ON_DISK   /* it could be loaded */
};

/* The state of a module for the running kernel. '-' and '_' are the same in its name. */
enum ksyms_module kvet_ksyms_module_read(const struct kvet_host *host, const char *name,
					 size_t len);

/* Which module exports a symbol, according to modules.symbols. Returns false if none does, or the
 * file cannot be read. */
bool kvet_ksyms_exporter_read(const struct kvet_host *host, const char *symbol, size_t len,
			      char *module, size_t size);

#endif
