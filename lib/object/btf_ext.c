/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "object/btf_ext.h"

/* struct btf_ext_header (kernel: tools/lib/bpf/libbpf_internal.h): offsets count from its end. The
 * last part is newer than the others. */
struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_len;
	struct {
		uint32_t offset, size;
	} parts[KVET_BTF_EXT_RELOCATIONS + 1];
};

#define BTF_EXT_MAGIC 0xeB9F

struct section_header {
	uint32_t name, count;
};

/* Where a part is; its first word is the size of its records. */
static bool find_part(const char *bytes, size_t size, enum kvet_btf_ext_part part, size_t *at,
		      size_t *end)
{
	size_t least = offsetof(struct header, parts) + (part + 1) * sizeof(uint64_t);
	struct header header = { 0 };

	if (size < least)
		return false;
	memcpy(&header, bytes, least);
	if (header.magic != BTF_EXT_MAGIC || header.header_len < least ||
	    (uint64_t)header.header_len + header.parts[part].offset + header.parts[part].size >
		    size ||
	    header.parts[part].size < sizeof(uint32_t))
		return false;
	*at = (size_t)header.header_len + header.parts[part].offset;
	*end = *at + header.parts[part].size;
	return true;
}

bool kvet_btf_ext_visit(const char *bytes, size_t size, enum kvet_btf_ext_part part,
			size_t record_size, kvet_btf_ext_visitor visit, void *context)
{
	struct section_header section;
	uint32_t its_size;
	size_t at, end;

	if (!find_part(bytes, size, part, &at, &end))
		return false;
	memcpy(&its_size, bytes + at, sizeof(its_size));
	if (its_size < record_size)
		return false;
	for (at += sizeof(its_size); at + sizeof(section) <= end;) {
		memcpy(&section, bytes + at, sizeof(section));
		at += sizeof(section);
		for (; section.count && at + its_size <= end; section.count--, at += its_size)
			if (visit(context, section.name, bytes + at))
				return true;
		if (section.count)
			break;
	}
	return false;
}
