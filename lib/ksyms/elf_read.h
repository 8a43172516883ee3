/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_ELF_READ_H
#define KVET_KSYMS_ELF_READ_H

#include "ksyms/scan.h"

/*
 * The symbols of a vmlinux or a module: those of its symbol table that have a name and are
 * defined, without files, sections and the assembler's own marks. head is what was already read.
 * fd: the regular file that the bytes are, so that not all of it has to be read; -1: there is none.
 * A module's sections have no addresses before it is loaded: they are laid end to end, and its
 * symbols belong to the module that the file names. path must outlive the source. Takes the bytes
 * over, even on failure. Errors: of read(); -EINVAL with libelf's message, or for a truncated file;
 * -ENODATA if it has no symbols; -EFBIG; -ENOMEM.
 */
int kvet_ksyms_elf_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			const char *path, const struct ksyms_head *head, int fd,
			struct kvet_cause *err);

#endif
