/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <libiberty/demangle.h>

#include <kvet/ksyms.h>

char *kvet_ksyms_demangle(const char *name)
{
	/* Only names that are surely mangled: "_R" is Rust's v0 form, "_Z" C++'s and Rust's old
	 * one. */
	if (strncmp(name, "_R", 2) != 0 && strncmp(name, "_Z", 2) != 0)
		return NULL;
	return cplus_demangle(name, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO);
}
