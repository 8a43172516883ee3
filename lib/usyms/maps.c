/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "usyms/maps.h"

bool kvet_usyms_mapping_parse(const char *line, struct usyms_mapping *mapping)
{
	static const char deleted[] = " (deleted)";
	const size_t deleted_len = sizeof(deleted) - 1;
	char flags[5] = "";
	int at = 0;
	size_t len;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 "%n",
		   &mapping->start, &mapping->end, flags, &mapping->offset, &mapping->major,
		   &mapping->minor, &mapping->inode, &at) != 7 ||
	    strlen(flags) != 4 || mapping->start >= mapping->end)
		return false;
	mapping->executable = flags[2] == 'x';
	line += at;
	line += strspn(line, " ");
	len = strcspn(line, "\n");
	if (len > deleted_len && !memcmp(line + len - deleted_len, deleted, deleted_len))
		len -= deleted_len;
	mapping->name = line;
	mapping->name_len = (int)len;
	return true;
}
