/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A line of /proc/PID/maps. */
#ifndef KVET_USYMS_MAPS_H
#define KVET_USYMS_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct usyms_mapping {
	uint64_t start, end;
	uint64_t offset; /* in the file, of start */
	bool executable;
	unsigned int major, minor; /* of the file's device */
	uint64_t inode;            /* 0: no file */
	/* In the line: the file's path without " (deleted)", a name in brackets, or "". */
	const char *name;
	int name_len;
};

/* Returns false for a line that is not one of maps (kernel: show_map_vma()). Pure. */
bool kvet_usyms_mapping_parse(const char *line, struct usyms_mapping *mapping);

#endif
