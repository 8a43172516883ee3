/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/btf_ext.h"
#include "object/core_relocation.h"
#include "object/core_types.h"

static const char *text_at(const struct kvet_btf *btf, uint32_t offset)
{
	const char *text = btf ? kvet_btf_string(btf, offset) : NULL;

	return text ? text : "";
}

/* --- in words --------------------------------------------------------------------------------- */

static const struct btf_type *bare(const struct kvet_btf *btf, uint32_t id)
{
	return kvet_btf_type(btf, kvet_btf_resolve(btf, id));
}

/* "task_struct___old" is task_struct: what follows three underscores is the object's own. */
static int flavorless(const char *name)
{
	return (int)kvet_core_name_length(name);
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

static void describe_type(const struct kvet_btf *btf, uint32_t id, char *buf, size_t size)
{
	const struct btf_type *type = kvet_btf_type(btf, id);
	const char *name = type ? text_at(btf, type->name_off) : "";

	if (!type)
		snprintf(buf, size, "type %u", id);
	else
		snprintf(buf, size, "%s%.*s", keyword(type), *name ? flavorless(name) : 11,
			 *name ? name : "(anonymous)");
}

static void describe_enumerator(const struct kvet_btf *btf, const struct bpf_core_relo *relocation,
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
static void describe_member(const struct kvet_btf *btf, const struct bpf_core_relo *relocation,
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

void kvet_core_relocation_words(const struct kvet_btf *btf, const struct bpf_core_relo *relocation,
				char *buf, size_t size)
{
	const char *access = text_at(btf, relocation->access_str_off);

	switch ((unsigned int)relocation->kind) {
	case BPF_CORE_TYPE_ID_LOCAL:
	case BPF_CORE_TYPE_ID_TARGET:
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_SIZE:
	case KVET_CORE_TYPE_MATCHES:
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
	const struct kvet_btf *btf;
	const char *section;
	uint64_t offset;
	char *buf;
	size_t size;
};

static bool match(void *context, uint32_t section, const void *record)
{
	const struct search *search = context;
	struct bpf_core_relo relocation;

	memcpy(&relocation, record, sizeof(relocation));
	if (relocation.insn_off != search->offset ||
	    strcmp(text_at(search->btf, section), search->section) != 0)
		return false;
	kvet_core_relocation_words(search->btf, &relocation, search->buf, search->size);
	return true;
}

bool kvet_core_relocation_describe(const struct kvet_btf *btf, const char *bytes, size_t size,
				   const char *section, uint64_t offset, char *buf, size_t buf_size)
{
	struct search search = { btf, section, offset, buf, buf_size };

	return btf && kvet_btf_ext_visit(bytes, size, KVET_BTF_EXT_RELOCATIONS,
					 sizeof(struct bpf_core_relo), match, &search);
}

struct range {
	const struct btf *btf;
	const char *section;
	uint64_t start, end;
	size_t count;
};

static bool count_one(void *context, uint32_t section, const void *record)
{
	struct range *range = context;
	const char *name = btf__name_by_offset(range->btf, section);
	struct bpf_core_relo relocation;

	memcpy(&relocation, record, sizeof(relocation));
	range->count += relocation.insn_off >= range->start && relocation.insn_off < range->end &&
			name && !strcmp(name, range->section);
	return false;
}

size_t kvet_core_relocation_count(const struct btf *btf, const char *bytes, size_t size,
				  const char *section, uint64_t start, uint64_t end)
{
	struct range range = { .btf = btf, .section = section, .start = start, .end = end };

	if (btf)
		kvet_btf_ext_visit(bytes, size, KVET_BTF_EXT_RELOCATIONS,
				   sizeof(struct bpf_core_relo), count_one, &range);
	return range.count;
}
