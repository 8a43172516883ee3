/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be asked of a function: its arguments, their members, what it returns. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "host/btf_text.h"
#include "kprobe/condition.h"
#include "kprobe/expression.h"

/* Of an anonymous struct in another, and so on. */
#define DEPTH_MOST 8

struct list {
	const struct kvet_btf *btf;
	const struct btf_type *proto;
	const struct kvet_kprobe_prototype *places; /* NULL: of what is returned */
	const char *prefix, *step;
	kvet_kprobe_field_sink sink;
	void *context;
};

/* Fills in what the expression comes to, and passes the field on. */
static void put(const struct list *list, struct kvet_kprobe_field *field,
		const struct kvet_kprobe_prototype *places, uint32_t type, uint32_t bits)
{
	struct kvet_kprobe_expression expression;
	struct kvet_kprobe_wrong wrong;
	size_t used;

	kvet_btf_type_text(list->btf, type, field->type, sizeof(field->type));
	used = strlen(field->type);
	if (bits)
		snprintf(field->type + used, sizeof(field->type) - used, " : %u", bits);
	field->form = KVET_KPROBE_FORM_NONE;
	*field->why = '\0';
	if (kvet_expression_resolve(list->btf, list->proto, places, field->text, &expression,
				    &wrong))
		field->form = expression.form;
	else
		snprintf(field->why, sizeof(field->why), "%s", wrong.why);
	list->sink(list->context, field);
}

static void list_arguments(const struct list *list)
{
	const struct btf_param *params = btf_params(list->proto);
	struct kvet_kprobe_field field;

	for (uint32_t i = 0; i < BTF_INFO_VLEN(list->proto->info) && params[i].type; i++) {
		const char *name = kvet_btf_string(list->btf, params[i].name_off);

		if (!name || !*name)
			continue;
		snprintf(field.text, sizeof(field.text), "%s%s",
			 kvet_condition_is_word(name) ? "args." : "", name);
		put(list, &field, list->places, params[i].type, 0);
	}
	snprintf(field.text, sizeof(field.text), "ret");
	put(list, &field, NULL, list->proto->type, 0);
}

static void list_members(const struct list *list, uint32_t id, int depth)
{
	const struct btf_type *type = kvet_btf_type(list->btf, id);
	struct kvet_kprobe_field field;

	if (!type || !btf_is_composite(type) || depth == DEPTH_MOST)
		return;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *name = kvet_btf_string(list->btf, member->name_off);

		if (!name)
			continue;
		if (!*name) {
			list_members(list, kvet_btf_resolve(list->btf, member->type), depth + 1);
			continue;
		}
		snprintf(field.text, sizeof(field.text), "%s%s%s", list->prefix, list->step, name);
		put(list, &field, list->places, member->type, btf_member_bitfield_size(type, i));
	}
}

static bool fail(struct kvet_kprobe_wrong *wrong, size_t at, const char *why)
{
	*wrong = (struct kvet_kprobe_wrong){ .at = at };
	snprintf(wrong->why, sizeof(wrong->why), "%s", why);
	return false;
}

/* The members of a struct, or of the one that a pointer or an array leads to. */
static bool list_behind(struct list *list, uint32_t id, struct kvet_kprobe_wrong *wrong)
{
	const struct btf_type *type = kvet_btf_type(list->btf, id);

	list->step = ".";
	if (type && btf_is_ptr(type)) {
		list->step = "->";
		id = kvet_btf_resolve(list->btf, type->type);
	} else if (type && btf_is_array(type)) {
		list->step = "[0].";
		id = kvet_btf_resolve(list->btf, btf_array(type)->type);
	}
	type = kvet_btf_type(list->btf, id);
	if (!type || !btf_is_composite(type))
		return fail(wrong, strlen(list->prefix), "this has no members");
	list_members(list, id, 0);
	return true;
}

bool kvet_fields_list(const struct kvet_btf *btf, const struct btf_type *proto,
		      const struct kvet_kprobe_prototype *places, const char *prefix,
		      kvet_kprobe_field_sink sink, void *context, struct kvet_kprobe_wrong *wrong)
{
	struct list list = {
		.btf = btf, .proto = proto, .places = places, .sink = sink, .context = context
	};
	size_t size = strlen(prefix);
	char text[256];
	uint32_t type;

	/* What continues it may be written, too. */
	if (size >= 2 && !strcmp(prefix + size - 2, "->"))
		size -= 2;
	else if (size && prefix[size - 1] == '.')
		size--;
	if (size >= sizeof(text))
		return fail(wrong, 0, "the expression is too long");
	memcpy(text, prefix, size);
	text[size] = '\0';
	list.prefix = text;
	if (!*prefix) {
		list_arguments(&list);
		return true;
	}
	if (!strncmp(text, "ret", 3) && !isalnum((unsigned char)text[3]) && text[3] != '_')
		list.places = NULL;
	return kvet_expression_type(btf, proto, list.places, text, &type, wrong) &&
	       list_behind(&list, type, wrong);
}
