/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "kprobe/prototype.h"

/* PLACES: the registers with arguments that the BPF side sends. LARGEST: the largest structure that
 * is passed in registers. PLACES_LARGE: how many registers a larger one takes, which is passed by
 * reference, but on the stack on x86-64. */
#if defined(__s390x__)
#define PLACES       5
#define LARGEST      8
#define PLACES_LARGE 1
#elif defined(__x86_64__)
#define PLACES       6
#define LARGEST      16
#define PLACES_LARGE 0
#else
#define PLACES       6
#define LARGEST      16
#define PLACES_LARGE 1
#endif

/* The type behind typedefs and qualifiers; NULL: void. */
static const struct btf_type *resolved(const struct kvet_btf *btf, uint32_t id)
{
	return kvet_btf_type(btf, kvet_btf_resolve(btf, id));
}

static bool is_char(const struct kvet_btf *btf, const struct btf_type *type)
{
	const char *name = type ? kvet_btf_string(btf, type->name_off) : NULL;

	return name && btf_is_int(type) && type->size == 1 &&
	       !(btf_int_encoding(type) & BTF_INT_BOOL) && !strcmp(name, "char");
}

/* Fills in what a type is; *places becomes how many registers it takes, 0 for one on the stack. */
static void classify(const struct kvet_btf *btf, uint32_t id, struct kvet_kprobe_value *value,
		     int *places)
{
	const struct btf_type *type = resolved(btf, id);

	*places = 1;
	value->kind = KVET_KPROBE_UNKNOWN;
	value->size = 8;
	if (!id) {
		value->kind = KVET_KPROBE_NOTHING;
	} else if (!type) {
		*places = 0;
	} else if (btf_is_ptr(type)) {
		value->kind = is_char(btf, resolved(btf, type->type)) ? KVET_KPROBE_STRING
								      : KVET_KPROBE_POINTER;
	} else if ((btf_is_int(type) || btf_is_any_enum(type)) && type->size <= 8) {
		bool is_signed = btf_is_int(type) ? btf_int_encoding(type) & BTF_INT_SIGNED
						  : btf_kflag(type) || btf_is_enum(type);

		value->size = type->size;
		value->kind = btf_is_int(type) && (btf_int_encoding(type) & BTF_INT_BOOL)
				      ? KVET_KPROBE_BOOLEAN
			      : is_signed ? KVET_KPROBE_SIGNED
					  : KVET_KPROBE_UNSIGNED;
	} else if (btf_kind(type) == BTF_KIND_FLOAT || !type->size) {
		*places = 0;
	} else {
		/* Passed by value, in one or two registers. */
		*places = type->size > LARGEST ? PLACES_LARGE : type->size > 8 ? 2 : 1;
	}
}

static void take(const struct kvet_btf *btf, const struct btf_type *proto,
		 struct kvet_kprobe_prototype *out)
{
	const struct btf_param *params = btf_params(proto);
	int next = 0, places;

	*out = (struct kvet_kprobe_prototype){ 0 };
	for (uint32_t i = 0; i < BTF_INFO_VLEN(proto->info) && out->count < KVET_KPROBE_VALUES_MOST;
	     i++) {
		struct kvet_kprobe_value *value = &out->values[out->count];
		const char *name = kvet_btf_string(btf, params[i].name_off);

		/* The end of a variable argument list: BTF does not describe what follows. */
		if (!params[i].type)
			break;
		out->count++;
		value->name = name ? name : "";
		classify(btf, params[i].type, value, &places);
		value->place = value->kind != KVET_KPROBE_UNKNOWN && next < PLACES ? next : -1;
		if (value->place < 0)
			value->kind = KVET_KPROBE_UNKNOWN;
		next += places;
	}
	out->returns.name = "";
	out->returns.place = -1;
	classify(btf, proto->type, &out->returns, &places);
}

static bool same_value(const struct kvet_kprobe_value *a, const struct kvet_kprobe_value *b)
{
	return a->kind == b->kind && a->size == b->size && a->place == b->place &&
	       !strcmp(a->name, b->name);
}

static bool same(const struct kvet_kprobe_prototype *a, const struct kvet_kprobe_prototype *b)
{
	if (a->count != b->count || !same_value(&a->returns, &b->returns))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_value(&a->values[i], &b->values[i]))
			return false;
	return true;
}

int kvet_prototype_find(const struct kvet_btf *btf, const char *name,
			struct kvet_kprobe_prototype *out)
{
	/* The BTF of a module omits what is equal to something in the base. */
	int found = btf->base ? kvet_prototype_find(btf->base, name, out) : 0;

	for (uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, name); id && found < 2;
	     id = kvet_btf_next(btf, id)) {
		const struct btf_type *proto = kvet_btf_prototype(btf, id);
		struct kvet_kprobe_prototype one;

		if (!proto)
			continue;
		take(btf, proto, &one);
		if (!found)
			*out = one;
		found += !found || !same(out, &one);
	}
	return found;
}

uint64_t kvet_kprobe_value_bits(const struct kvet_kprobe_value *value, uint64_t reg)
{
	unsigned int unused = value->size < 8 ? 64 - value->size * 8 : 0;

	/* The upper bits of the register are undefined. */
	if (value->kind == KVET_KPROBE_SIGNED)
		return (uint64_t)((int64_t)(reg << unused) >> unused);
	return reg << unused >> unused;
}
