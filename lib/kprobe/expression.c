/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expressions on a function's arguments: parsed, and resolved in its BTF, step by step. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <kvet/nearest.h>

#include "kprobe/expression.h"

/* Of an anonymous struct in another, and so on, when names are compared. */
#define DEPTH_MOST 8

/* An element of an array of pointers to arrays, and so on. */
#define SIZE_MOST (1U << 30)

#define NAME_SIZE 64

struct parser {
	const struct kvet_btf *btf;
	const char *text, *next;
	struct kvet_kprobe_expression *out;
	struct kvet_kprobe_wrong *wrong;
	uint32_t type;  /* behind typedefs, of what has been parsed */
	bool in_memory; /* it is at offset bits after the pointers; else it is the register */
	uint64_t offset;
	struct kvet_btf_member member; /* the last one */
};

__attribute__((format(printf, 3, 4))) static bool fail(struct parser *parser, const char *at,
						       const char *format, ...)
{
	va_list args;

	parser->wrong->at = (size_t)(at - parser->text);
	va_start(args, format);
	vsnprintf(parser->wrong->why, sizeof(parser->wrong->why), format, args);
	va_end(args);
	return false;
}

static const struct btf_type *type_of(const struct parser *parser)
{
	return kvet_btf_type(parser->btf, parser->type);
}

static const char *name_at(const struct parser *parser, uint32_t offset)
{
	const char *name = kvet_btf_string(parser->btf, offset);

	return name ? name : "";
}

/* --- names ----------------------------------------------------------------------------------- */

/* Reads a name into buf; false if there is none, or it is too long for one of the kernel's. */
static bool take_name(struct parser *parser, char name[NAME_SIZE], const char *what)
{
	const char *start = parser->next, *end = start;

	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	if (end == start || isdigit((unsigned char)*start))
		return fail(parser, start, "%s is missing", what);
	if (end - start >= NAME_SIZE)
		return fail(parser, start, "%s is too long", what);
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	parser->next = end;
	return true;
}

static void suggest(struct parser *parser, const struct kvet_nearest *nearest)
{
	if (nearest->best)
		snprintf(parser->wrong->nearest, sizeof(parser->wrong->nearest), "%s",
			 nearest->best);
}

/* Offers the names of all members, also of the structs without a name in this one. */
static void offer_members(const struct parser *parser, uint32_t id, int depth,
			  struct kvet_nearest *nearest)
{
	const struct btf_type *type = kvet_btf_type(parser->btf, id);

	if (!type || !btf_is_composite(type) || depth == DEPTH_MOST)
		return;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const char *name = name_at(parser, btf_members(type)[i].name_off);

		if (*name)
			kvet_nearest_offer(nearest, name);
		else
			offer_members(parser,
				      kvet_btf_resolve(parser->btf, btf_members(type)[i].type),
				      depth + 1, nearest);
	}
}

/* --- steps ----------------------------------------------------------------------------------- */

static bool follow_pointer(struct parser *parser, const char *at)
{
	const struct btf_type *type = type_of(parser);
	struct kvet_kprobe_expression *out = parser->out;

	if (!parser->in_memory) {
		/* The register is the pointer. */
		parser->in_memory = true;
	} else if (out->pointers == KVET_KPROBE_STEPS) {
		return fail(parser, at, "an expression follows at most %d pointers",
			    KVET_KPROBE_STEPS);
	} else {
		out->offsets[out->pointers++] = (uint32_t)(parser->offset / 8);
	}
	parser->offset = 0;
	parser->type = kvet_btf_resolve(parser->btf, type->type);
	return true;
}

static bool take_member(struct parser *parser, const char *at, bool arrow)
{
	const struct btf_type *type = type_of(parser);
	bool pointer = type && btf_is_ptr(type);
	struct kvet_nearest nearest;
	char name[NAME_SIZE];
	const char *start;

	if (arrow && !pointer)
		return fail(parser, at, "this is not a pointer: write '.'");
	if (!arrow && pointer)
		return fail(parser, at, "this is a pointer: write '->'");
	if (arrow && !follow_pointer(parser, at))
		return false;
	type = type_of(parser);
	if (type && btf_is_fwd(type))
		return fail(parser, at, "BTF only declares struct %s",
			    name_at(parser, type->name_off));
	if (!type || !btf_is_composite(type) || !parser->in_memory)
		return fail(parser, at, "this is not a struct or union");
	parser->next += arrow ? 2 : 1;
	start = parser->next;
	if (!take_name(parser, name, "the name of a member"))
		return false;
	if (!kvet_btf_member(parser->btf, parser->type, name, &parser->member)) {
		kvet_nearest_init(&nearest, name);
		offer_members(parser, parser->type, 0, &nearest);
		suggest(parser, &nearest);
		type = type_of(parser);
		return fail(parser, start, "%s %s has no member '%s'",
			    btf_is_struct(type) ? "struct" : "union",
			    name_at(parser, type->name_off), name);
	}
	parser->offset += parser->member.offset;
	parser->type = kvet_btf_resolve(parser->btf, parser->member.type);
	return true;
}

/* The size of a type in bytes; 0 if it has none. */
static uint64_t size_of(const struct kvet_btf *btf, uint32_t id)
{
	uint64_t count = 1;

	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		const struct btf_type *type = kvet_btf_type(btf, kvet_btf_resolve(btf, id));

		if (!type)
			return 0;
		if (btf_is_ptr(type))
			return count * sizeof(uint64_t);
		if (!btf_is_array(type))
			return btf_is_int(type) || btf_is_any_enum(type) || btf_is_composite(type)
				       ? count * type->size
				       : 0;
		count *= btf_array(type)->nelems;
		if (count > SIZE_MOST)
			return 0;
		id = btf_array(type)->type;
	}
	return 0;
}

static bool take_number(struct parser *parser, uint64_t *number)
{
	const char *start = parser->next;

	*number = 0;
	for (; isdigit((unsigned char)*parser->next); parser->next++)
		if (*number < SIZE_MOST)
			*number = *number * 10 + (uint64_t)(*parser->next - '0');
	if (parser->next == start || *parser->next != ']')
		return fail(parser, parser->next, "an index is a decimal number, as in [2]");
	parser->next++;
	return true;
}

static bool take_index(struct parser *parser, const char *at)
{
	const struct btf_type *type = type_of(parser);
	uint64_t number, size;
	uint32_t element;

	parser->next++;
	if (!take_number(parser, &number))
		return false;
	if (type && btf_is_array(type)) {
		element = btf_array(type)->type;
		/* Arrays without a length end a struct. */
		if (btf_array(type)->nelems && number >= btf_array(type)->nelems)
			return fail(parser, at, "the array has %u elements",
				    btf_array(type)->nelems);
	} else if (type && btf_is_ptr(type)) {
		element = type->type;
		if (!follow_pointer(parser, at))
			return false;
	} else {
		return fail(parser, at, "this is not an array or a pointer");
	}
	size = size_of(parser->btf, element);
	if (!size)
		return fail(parser, at, "the size of an element is not known");
	if (number * size > SIZE_MOST)
		return fail(parser, at, "the element is too far away");
	parser->offset += number * size * 8;
	parser->type = kvet_btf_resolve(parser->btf, element);
	parser->member.bits = 0;
	return true;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool is_char(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, kvet_btf_resolve(btf, id));
	const char *name = type ? kvet_btf_string(btf, type->name_off) : NULL;

	return name && btf_is_int(type) && type->size == 1 && !strcmp(name, "char");
}

/* Whether a pointer to this type is one to text: to char; or to unsigned char by that name, as the
 * names of files are, but not as u8. */
static bool is_text(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);
	const char *name;

	if (is_char(btf, id))
		return true;
	for (int depth = 0; type && btf_is_mod(type) && depth < DEPTH_MOST; depth++)
		type = kvet_btf_type(btf, type->type);
	name = type ? kvet_btf_string(btf, type->name_off) : NULL;
	return name && btf_is_int(type) && type->size == 1 && !strcmp(name, "unsigned char");
}

/* Where the bits are: read as one number of its type's size, or of as few bytes as have them. */
static bool place_bits(struct parser *parser, uint32_t type_size)
{
	struct kvet_kprobe_expression *out = parser->out;
	uint64_t start = parser->offset, unit = (uint64_t)type_size * 8;
	uint32_t bits = parser->member.bits, shift;

	start -= start % unit;
	if (parser->offset - start + bits > unit) {
		start = parser->offset - parser->offset % 8;
		unit = 64;
	}
	shift = (uint32_t)(parser->offset - start);
	if (shift + bits > 64)
		return false;
	out->bits = bits;
	out->shift = shift;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	out->shift = (uint32_t)unit - shift - bits;
#endif
	out->size = (unsigned int)(unit / 8);
	parser->offset = start;
	return true;
}

static bool form_of(struct parser *parser)
{
	const struct btf_type *type = type_of(parser);
	struct kvet_kprobe_expression *out = parser->out;
	const struct btf_type *target;

	if (!type)
		return false;
	if (btf_is_ptr(type)) {
		target = kvet_btf_type(parser->btf, kvet_btf_resolve(parser->btf, type->type));
		out->form = is_text(parser->btf, type->type)      ? KVET_KPROBE_FORM_STRING
			    : target && btf_is_func_proto(target) ? KVET_KPROBE_FORM_FUNCTION
								  : KVET_KPROBE_FORM_POINTER;
		return true;
	}
	if (btf_is_array(type) && is_char(parser->btf, btf_array(type)->type)) {
		out->form = KVET_KPROBE_FORM_TEXT;
		return true;
	}
	if (btf_is_any_enum(type)) {
		out->form = KVET_KPROBE_FORM_ENUM;
		out->is_signed = btf_kflag(type) || btf_is_enum(type);
		return true;
	}
	if (!btf_is_int(type))
		return false;
	out->is_signed = btf_int_encoding(type) & BTF_INT_SIGNED;
	out->form = btf_int_encoding(type) & BTF_INT_BOOL ? KVET_KPROBE_FORM_BOOLEAN
		    : out->is_signed                      ? KVET_KPROBE_FORM_SIGNED
							  : KVET_KPROBE_FORM_UNSIGNED;
	return true;
}

static const char *what_else(const struct btf_type *type)
{
	return type && btf_is_composite(type) ? "this is a struct: choose one of its members"
	       : type && btf_is_array(type)   ? "this is an array: choose one of its elements"
					      : "this has no value that can be shown";
}

static bool finish(struct parser *parser)
{
	struct kvet_kprobe_expression *out = parser->out;
	uint64_t size = size_of(parser->btf, parser->type);

	if (!form_of(parser))
		return fail(parser, parser->next, "%s", what_else(type_of(parser)));
	out->btf = parser->btf;
	out->type = parser->type;
	if (out->form != KVET_KPROBE_FORM_TEXT) {
		if (size != 1 && size != 2 && size != 4 && size != 8)
			return fail(parser, parser->next, "%s", what_else(NULL));
		out->register_size = (unsigned int)size;
		out->size = parser->in_memory ? (unsigned int)size : 0;
	}
	if (parser->member.bits && !place_bits(parser, (uint32_t)size))
		return fail(parser, parser->next, "%s", what_else(NULL));
	if (parser->offset % 8 || parser->offset / 8 > UINT32_MAX)
		return fail(parser, parser->next, "%s", what_else(NULL));
	out->offsets[out->pointers] = (uint32_t)(parser->offset / 8);
	return true;
}

/* --- the expression -------------------------------------------------------------------------- */

static bool take_argument(struct parser *parser, const struct btf_type *proto,
			  const struct kvet_kprobe_prototype *places)
{
	struct kvet_nearest nearest;
	char name[NAME_SIZE];
	const char *start;

	if (!strncmp(parser->next, "args.", strlen("args.")))
		parser->next += strlen("args.");
	start = parser->next;
	if (!take_name(parser, name, "the name of an argument"))
		return false;
	kvet_nearest_init(&nearest, name);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(proto->info) && i < places->count; i++) {
		const char *its = name_at(parser, btf_params(proto)[i].name_off);

		if (*its)
			kvet_nearest_offer(&nearest, its);
		if (strcmp(its, name) != 0)
			continue;
		if (places->values[i].place < 0)
			return fail(parser, start, "'%s' is not passed in one register", name);
		parser->out->place = places->values[i].place;
		parser->type = kvet_btf_resolve(parser->btf, btf_params(proto)[i].type);
		return true;
	}
	suggest(parser, &nearest);
	return fail(parser, start, "the function has no argument '%s'", name);
}

static bool take_return(struct parser *parser, const struct btf_type *proto)
{
	parser->next += strlen("ret");
	if (!proto->type)
		return fail(parser, parser->text, "the function returns nothing");
	parser->out->place = -1;
	parser->type = kvet_btf_resolve(parser->btf, proto->type);
	return true;
}

/* Parses all of the text, from an argument or what is returned on. */
static bool take_all(struct parser *parser, const struct btf_type *proto,
		     const struct kvet_kprobe_prototype *places)
{
	bool good = places ? take_argument(parser, proto, places) : take_return(parser, proto);

	while (good && *parser->next) {
		const char *at = parser->next;

		if (parser->member.bits)
			good = fail(parser, at, "a bit field has no members");
		else if (!strncmp(at, "->", 2))
			good = take_member(parser, at, true);
		else if (*at == '.')
			good = take_member(parser, at, false);
		else if (*at == '[')
			good = take_index(parser, at);
		else
			good = fail(parser, at, "'->', '.' or '[' is expected here");
	}
	return good;
}

bool kvet_kprobe_expression_returned(const char *text)
{
	return !strncmp(text, "ret", 3) && (!text[3] || strchr("-.[", text[3]));
}

bool kvet_expression_resolve(const struct kvet_btf *btf, const struct btf_type *proto,
			     const struct kvet_kprobe_prototype *places, const char *text,
			     struct kvet_kprobe_expression *expression,
			     struct kvet_kprobe_wrong *wrong)
{
	struct parser parser = {
		.btf = btf, .text = text, .next = text, .out = expression, .wrong = wrong
	};

	*expression = (struct kvet_kprobe_expression){ 0 };
	*wrong = (struct kvet_kprobe_wrong){ 0 };
	return take_all(&parser, proto, places) && finish(&parser);
}

bool kvet_expression_type(const struct kvet_btf *btf, const struct btf_type *proto,
			  const struct kvet_kprobe_prototype *places, const char *text,
			  uint32_t *type, struct kvet_kprobe_wrong *wrong)
{
	struct kvet_kprobe_expression expression = { 0 };
	struct parser parser = {
		.btf = btf, .text = text, .next = text, .out = &expression, .wrong = wrong
	};

	*wrong = (struct kvet_kprobe_wrong){ 0 };
	if (!take_all(&parser, proto, places))
		return false;
	*type = parser.type;
	return true;
}

uint64_t kvet_kprobe_expression_bits(const struct kvet_kprobe_expression *expression,
				     const uint64_t *bytes)
{
	unsigned int size = expression->size, bits = expression->bits, unused;
	uint64_t value = *bytes;
	uint32_t four;
	uint16_t two;
	uint8_t one;

	/* As memory has them: the lowest addresses of the eight bytes. */
	if (size == 4)
		value = (memcpy(&four, bytes, sizeof(four)), four);
	else if (size == 2)
		value = (memcpy(&two, bytes, sizeof(two)), two);
	else if (size == 1)
		value = (memcpy(&one, bytes, sizeof(one)), one);
	if (bits)
		value >>= expression->shift;
	else
		bits = 8 * (size ? size : expression->register_size);
	if (!bits || bits >= 64)
		return value;
	unused = 64 - bits;
	return expression->is_signed ? (uint64_t)((int64_t)(value << unused) >> unused)
				     : value << unused >> unused;
}

const char *kvet_kprobe_enumerator(const struct kvet_kprobe_expression *expression, uint64_t bits)
{
	const struct btf_type *type = kvet_btf_type(expression->btf, expression->type);

	for (uint32_t i = 0; type && i < BTF_INFO_VLEN(type->info); i++) {
		bool small = btf_is_enum(type);
		uint64_t value = small ? (uint64_t)(int64_t)btf_enum(type)[i].val
				       : btf_enum64_value(&btf_enum64(type)[i]);

		if (!small && !btf_is_enum64(type))
			return NULL;
		if (value == bits || (small && (uint32_t)value == (uint32_t)bits))
			return kvet_btf_string(expression->btf,
					       small ? btf_enum(type)[i].name_off
						     : btf_enum64(type)[i].name_off);
	}
	return NULL;
}
