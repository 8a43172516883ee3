/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/btf_text.h"

/* A pointer to a function that takes such a pointer, and so on. */
#define DEPTH_MOST 8

struct writer {
	const struct kvet_btf *btf;
	char *text;
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
						      ...)
{
	va_list args;
	int size;

	if (writer->used >= writer->size)
		return;
	va_start(args, format);
	size = vsnprintf(writer->text + writer->used, writer->size - writer->used, format, args);
	va_end(args);
	writer->used += size > 0 ? (size_t)size : 0;
}

static void put_type(struct writer *writer, uint32_t id, int depth);

static void put_named(struct writer *writer, const char *kind, const struct btf_type *type)
{
	const char *name = kvet_btf_string(writer->btf, type->name_off);

	put(writer, "%s%s", kind, name && *name ? name : "{...}");
}

static void put_parameters(struct writer *writer, const struct btf_type *proto, int depth)
{
	uint32_t count = BTF_INFO_VLEN(proto->info);

	put(writer, "(");
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			put(writer, ", ");
		if (btf_params(proto)[i].type)
			put_type(writer, btf_params(proto)[i].type, depth);
		else
			put(writer, "...");
	}
	put(writer, count ? ")" : "void)");
}

static void put_pointer(struct writer *writer, uint32_t to, int depth)
{
	const struct btf_type *target = kvet_btf_type(writer->btf, to);

	if (target && btf_is_func_proto(target)) {
		put_type(writer, target->type, depth);
		put(writer, " (*)");
		put_parameters(writer, target, depth);
		return;
	}
	put_type(writer, to, depth);
	/* Stars stand together. */
	put(writer,
	    writer->used && writer->used < writer->size && writer->text[writer->used - 1] == '*'
		    ? "*"
		    : " *");
}

static void put_qualified(struct writer *writer, const char *word, uint32_t id, int depth)
{
	const struct btf_type *type = kvet_btf_type(writer->btf, id);

	if (type && btf_is_ptr(type)) {
		put_type(writer, id, depth);
		put(writer, "%s", word);
		return;
	}
	put(writer, "%s ", word);
	put_type(writer, id, depth);
}

static void put_type(struct writer *writer, uint32_t id, int depth)
{
	const struct btf_type *type = kvet_btf_type(writer->btf, id);

	if (!type) {
		put(writer, "void");
		return;
	}
	if (depth == DEPTH_MOST) {
		put(writer, "...");
		return;
	}
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
		put_named(writer, "struct ", type);
		break;
	case BTF_KIND_UNION:
		put_named(writer, "union ", type);
		break;
	case BTF_KIND_FWD:
		put_named(writer, btf_kflag(type) ? "union " : "struct ", type);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		put_named(writer, "enum ", type);
		break;
	case BTF_KIND_PTR:
		put_pointer(writer, type->type, depth + 1);
		break;
	case BTF_KIND_ARRAY:
		put_type(writer, btf_array(type)->type, depth + 1);
		put(writer, " [%u]", btf_array(type)->nelems);
		break;
	case BTF_KIND_CONST:
		put_qualified(writer, "const", type->type, depth + 1);
		break;
	case BTF_KIND_VOLATILE:
		put_qualified(writer, "volatile", type->type, depth + 1);
		break;
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		put_type(writer, type->type, depth + 1);
		break;
	default:
		put_named(writer, "", type);
	}
}

const char *kvet_btf_type_text(const struct kvet_btf *btf, uint32_t id, char *buf, size_t size)
{
	struct writer writer = { .btf = btf, .text = buf, .size = size };

	*buf = '\0';
	put_type(&writer, id, 0);
	return buf;
}
