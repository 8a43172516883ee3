/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program or shared library: its build id, segments and functions. */
#ifndef KVET_USYMS_FILE_H
#define KVET_USYMS_FILE_H

#include <kvet/usyms.h>

#include "core/text.h"

/* Which bytes of the file are at which addresses of the image. */
struct usyms_segment {
	uint64_t offset, size, address;
};

struct usyms_symbol {
	uint64_t start, end; /* addresses of the image */
	uint64_t reach;      /* the last end among this symbol and all before it */
	size_t name;         /* offset in names */
};

/* Starts as { 0 }. */
struct usyms_file {
	uint8_t build_id[KVET_BUILD_ID_SIZE];
	bool has_build_id;
	/* All kernels find it: the program headers and the note are in the first page, which is as
	 * far as kernels before 6.12 look. */
	bool early;
	struct usyms_segment *segments;
	size_t segment_count;
	struct usyms_symbol *symbols; /* sorted by start, then name */
	size_t symbol_count;
	struct text names;
};

void kvet_usyms_file_deinit(struct usyms_file *file);

/* Adds a function; a version behind "@" is not part of the name. Returns false if there is no
 * memory. */
bool kvet_usyms_file_add(struct usyms_file *file, uint64_t start, uint64_t size, const char *name);

/* Sorts the functions and drops those that are there twice. To be called after the last one. */
void kvet_usyms_file_sort(struct usyms_file *file);

/* Whether a process that maps the file has this byte of it. */
bool kvet_usyms_file_has(const struct usyms_file *file, uint64_t offset);

/* Writes all functions at an offset of the file as "__read|read+0xd". With returned, those of the
 * byte before it. Returns false if there are none; buf is then as it was. */
bool kvet_usyms_file_names(const struct usyms_file *file, uint64_t offset, bool returned, char *buf,
			   size_t size);

/*
 * Reads an ELF file. debug is another file of the same build id, which has the symbols that were
 * stripped from this one, or -1. The descriptors stay the caller's. Returns 0; -ENOMEM; or -EINVAL
 * for a file that is not ELF.
 */
int kvet_usyms_file_read(struct usyms_file *file, int fd, int debug);

/* Reads the build id and the segments only. */
int kvet_usyms_file_read_head(struct usyms_file *file, int fd);

#endif
