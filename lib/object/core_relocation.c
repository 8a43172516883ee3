/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/core_relocation.h"

/* struct btf_ext_header (kernel: tools/lib/bpf/libbpf_internal.h): offsets count from its end. */
struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_len;
	uint32_t func_off, func_len;
	uint32_t line_off, line_len;
	uint32_t core_off, core_len;
};

#define BTF_EXT_MAGIC 0xeB9F

struct section_header {
	uint32_t name, count;
};

/* All of one record size; called until it returns true. */
typedef bool (*visitor)(void *context, const char *section, const struct bpf_core_relo *relocation);

static const char *text_at(const struct btf *btf, uint32_t offset)
{
	const char *text = btf ? btf__name_by_offset(btf, offset) : NULL;

	return text ? text : "";
}

static bool visit_all(const struct btf *btf, const char *bytes, size_t size, visitor visit,
		      void *context)
{
	struct section_header part;
	struct header header;
	uint32_t record_size;
	size_t at, end;

	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != BTF_EXT_MAGIC || header.header_len < sizeof(header) ||
	    (uint64_t)header.header_len + header.core_off + header.core_len > size ||
	    header.core_len < sizeof(record_size))
		return false;
	at = header.header_len + header.core_off;
	end = at + header.core_len;
	memcpy(&record_size, bytes + at, sizeof(record_size));
	if (record_size < sizeof(struct bpf_core_relo))
		return false;
	for (at += sizeof(record_size); at + sizeof(part) <= end;) {
		memcpy(&part, bytes + at, sizeof(part));
		at += sizeof(part);
		for (; part.count && at + record_size <= end; part.count--, at += record_size) {
			struct bpf_core_relo relocation;

			memcpy(&relocation, bytes + at, sizeof(relocation));
			if (visit(context, text_at(btf, part.name), &relocation))
				return true;
		}
		if (part.count)
			break;
	}
	return false;
}

/* --- in words ---------------------------------------------------------------------------------
 */

static const struct btf_type *bare(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (int depth = 0; type && depth < 32 && (btf_is_mod(type) || btf_is_typedef(type));
	     depth++)
		type = btf__type_by_id(btf, type->type);
	return type;
}

/* "task_struct___old" is task_struct: what follows three underscores is the object's own. */
static int flavorless(const char *name)
{
	const char *flavor = strstr(name, "___");

	return flavor && flavor != name ? (int)(flavor - name) : (int)strlen(name);
}

static const char *keyword(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum ";
	default:
		return "";
	}
}

static void describe_type(const struct btf *btf, uint32_t id, char *buf, size_t size)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	const char *name = type ? text_at(btf, type->name_off) : "";

	if (!type)
		snprintf(buf, size, "type %u", id);
	else
		snprintf(buf, size, "%s%.*s", keyword(type), *name ? flavorless(name) : 11,
			 *name ? name : "(anonymous)");
}

static void describe_enumerator(const struct btf *btf, const struct bpf_core_relo *relocation,
				const char *access, char *buf, size_t size)
{
	const struct btf_type *type = bare(btf, relocation->type_id);
	unsigned long index = strtoul(access, NULL, 10);
	const char *name = "";
	char whole[160];

	describe_type(btf, relocation->type_id, whole, sizeof(whole));
	if (type && btf_is_enum(type) && index < btf_vlen(type))
		name = text_at(btf, btf_enum(type)[index].name_off);
	else if (type && btf_kind(type) == BTF_KIND_ENUM64 && index < btf_vlen(type))
		name = text_at(btf, btf_enum64(type)[index].name_off);
	snprintf(buf, size, "enumerator '%.*s' of %s", flavorless(name), name, whole);
}

/* "0:1:2": the first number is an index into an array of the type itself, each other one a member
 * or an element. */
static void describe_member(const struct btf *btf, const struct bpf_core_relo *relocation,
			    const char *access, char *buf, size_t size)
{
	const struct btf_type *type = bare(btf, relocation->type_id);
	char path[160] = "", whole[160];
	size_t used = 0;

	describe_type(btf, relocation->type_id, whole, sizeof(whole));
	access = strchr(access, ':');
	while (type && access && used < sizeof(path)) {
		unsigned long index = strtoul(access + 1, NULL, 10);

		access = strchr(access + 1, ':');
		if (btf_is_array(type)) {
			used += (size_t)snprintf(path + used, sizeof(path) - used, "[%lu]", index);
			type = bare(btf, btf_array(type)->type);
		} else if (btf_is_composite(type) && index < btf_vlen(type)) {
			const struct btf_member *member = &btf_members(type)[index];
			const char *name = text_at(btf, member->name_off);

			if (*name)
				used += (size_t)snprintf(path + used, sizeof(path) - used, "%s%s",
							 used ? "." : "", name);
			type = bare(btf, member->type);
		} else {
			break;
		}
	}
	if (*path)
		snprintf(buf, size, "member '%s' of %s", path, whole);
	else
		snprintf(buf, size, "%s", whole);
}

static void describe(const struct btf *btf, const struct bpf_core_relo *relocation, char *buf,
		     size_t size)
{
	const char *access = text_at(btf, relocation->access_str_off);

	switch ((unsigned int)relocation->kind) {
	case BPF_CORE_TYPE_ID_LOCAL:
	case BPF_CORE_TYPE_ID_TARGET:
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_SIZE:
	case 12: /* BPF_CORE_TYPE_MATCHES (Linux 6.0) */
		describe_type(btf, relocation->type_id, buf, size);
		break;
	case BPF_CORE_ENUMVAL_EXISTS:
	case BPF_CORE_ENUMVAL_VALUE:
		describe_enumerator(btf, relocation, access, buf, size);
		break;
	default:
		describe_member(btf, relocation, access, buf, size);
	}
}

struct search {
	const struct btf *btf;
	const char *section;
	uint64_t offset;
	char *buf;
	size_t size;
};

static bool match(void *context, const char *section, const struct bpf_core_relo *relocation)
{
	const struct search *search = context;

	if (relocation->insn_off != search->offset || strcmp(section, search->section) != 0)
		return false;
	describe(search->btf, relocation, search->buf, search->size);
	return true;
}

bool kvet_core_relocation_describe(const struct btf *btf, const char *bytes, size_t size,
				   const char *section, uint64_t offset, char *buf, size_t buf_size)
{
	struct search search = { btf, section, offset, buf, buf_size };

	return btf && visit_all(btf, bytes, size, match, &search);
}

static bool count_one(void *context, const char *section, const struct bpf_core_relo *relocation)
{
	(void)section;
	(void)relocation;
	++*(size_t *)context;
	return false;
}

size_t kvet_core_relocation_count(const char *bytes, size_t size)
{
	size_t count = 0;

	visit_all(NULL, bytes, size, count_one, &count);
	return count;
}
