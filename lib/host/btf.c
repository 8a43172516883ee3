/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>
#include <linux/btf.h>

#include "host/btf_read.h"

bool kvet_btf_parse(struct kvet_btf *btf, const char *bytes, size_t size)
{
	struct btf_header header;

	*btf = (struct kvet_btf){ .bytes = bytes, .size = size };
	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != BTF_MAGIC || header.hdr_len > size ||
	    header.type_off > size - header.hdr_len ||
	    header.type_len > size - header.hdr_len - header.type_off ||
	    header.str_off > size - header.hdr_len ||
	    header.str_len > size - header.hdr_len - header.str_off)
		return false;
	btf->types = bytes + header.hdr_len + header.type_off;
	btf->types_size = header.type_len;
	btf->strings = bytes + header.hdr_len + header.str_off;
	btf->strings_size = header.str_len;
	return btf->strings_size && !btf->strings[btf->strings_size - 1];
}

/* The offset of a string in the string section, which holds each string once; 0 if it is not
 * there. */
static uint32_t find_string(const struct kvet_btf *btf, const char *name)
{
	size_t len = strlen(name) + 1;
	const char *at = btf->strings, *end = at + btf->strings_size;

	while ((at = memmem(at, (size_t)(end - at), name, len))) {
		if (at > btf->strings && !at[-1])
			return (uint32_t)(at - btf->strings);
		at++;
	}
	return 0;
}

/* How many bytes follow the first twelve of a type; -1 for an unknown kind. */
static long tail_size(uint32_t kind, uint32_t vlen)
{
	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12L * vlen;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8L * vlen;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

/* The type of this name and kind, checked to be complete, and its id; NULL if there is none. */
static const char *find_type(const struct kvet_btf *btf, const char *name, uint32_t wanted,
			     uint32_t *id)
{
	uint32_t name_off = find_string(btf, name);
	size_t at = 0;

	for (*id = 1; name_off && btf->types_size - at >= sizeof(struct btf_type); ++*id) {
		struct btf_type type;
		long tail;

		memcpy(&type, btf->types + at, sizeof(type));
		tail = tail_size(BTF_INFO_KIND(type.info), BTF_INFO_VLEN(type.info));
		if (tail < 0 || (size_t)tail > btf->types_size - at - sizeof(type))
			return NULL;
		if (type.name_off == name_off && BTF_INFO_KIND(type.info) == wanted)
			return btf->types + at;
		at += sizeof(type) + (size_t)tail;
	}
	return NULL;
}

uint32_t kvet_btf_function(const struct kvet_btf *btf, const char *name)
{
	uint32_t id;

	return find_type(btf, name, BTF_KIND_FUNC, &id) ? id : 0;
}

bool kvet_btf_struct(const struct kvet_btf *btf, const char *name, struct kvet_btf_member *members,
		     size_t count)
{
	uint32_t id;
	const char *at = find_type(btf, name, BTF_KIND_STRUCT, &id);
	struct btf_type type;

	if (!at)
		return false;
	memcpy(&type, at, sizeof(type));
	at += sizeof(type);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type.info); i++, at += sizeof(struct btf_member)) {
		struct btf_member member;

		memcpy(&member, at, sizeof(member));
		for (size_t m = 0; m < count; m++) {
			if (member.name_off >= btf->strings_size ||
			    strcmp(btf->strings + member.name_off, members[m].name) != 0)
				continue;
			/* With this flag, the upper eight bits are the size of a bit field. */
			members[m].offset =
				(BTF_INFO_KFLAG(type.info) ? BTF_MEMBER_BIT_OFFSET(member.offset)
							   : member.offset) /
				8;
			members[m].found = true;
		}
	}
	return true;
}
