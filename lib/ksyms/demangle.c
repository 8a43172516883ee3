/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <libiberty/demangle.h>

#include <kvet/ksyms.h>

char *kvet_ksyms_demangle(const char *name)
{
	/* What is not mangled is not to be guessed about: "_R" is Rust's v0, "_Z" C++'s and
	 * Rust's old form. */
	if (strncmp(name, "_R", 2) != 0 && strncmp(name, "_Z", 2) != 0)
		return NULL;
	return cplus_demangle(name, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO);
}
