/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What functions take and return, by BTF; libbpf takes it apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/btf_check.h"
#include "host/btf_read.h"
#include "host/sys_read.h"

#include <kvet/kprobe.h>

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

struct module_btf {
	char name[64];
	struct btf *btf; /* NULL: the module has none */
};

struct kvet_kprobe_prototypes {
	struct btf *kernel;
	struct module_btf *modules;
	size_t module_count;
};

/* libbpf's errno comes from libbpf, not from a system call. */
static int fail_load(struct kvet_cause *err)
{
	struct kvet_cause refused;
	char full[PATH_MAX];
	int fd = kvet_host_open(NULL, KVET_BTF_VMLINUX, full, &refused);

	if (fd >= 0)
		close(fd);
	if (fd >= 0 || !refused.errnum)
		return kvet_reject(err, ENOENT, full, "libbpf finds no BTF of this kernel");
	return kvet_fail(err, -fd, full, "this kernel's BTF cannot be used: %s", strerror(-fd));
}

int kvet_kprobe_prototypes_open(struct kvet_kprobe_prototypes **out, struct kvet_cause *err)
{
	struct kvet_kprobe_prototypes *prototypes = calloc(1, sizeof(*prototypes));
	int ret;

	if (!prototypes)
		return kvet_fail_memory(err);
	prototypes->kernel = btf__load_vmlinux_btf();
	if (!prototypes->kernel) {
		free(prototypes);
		return fail_load(err);
	}
	ret = kvet_btf_check(prototypes->kernel, err);
	if (ret) {
		kvet_kprobe_prototypes_free(prototypes);
		return ret;
	}
	*out = prototypes;
	return 0;
}

void kvet_kprobe_prototypes_free(struct kvet_kprobe_prototypes *prototypes)
{
	if (!prototypes)
		return;
	for (size_t i = 0; i < prototypes->module_count; i++)
		btf__free(prototypes->modules[i].btf);
	free(prototypes->modules);
	btf__free(prototypes->kernel);
	free(prototypes);
}

/* Returns the BTF of a module, and keeps it; NULL: there is none. */
static const struct btf *btf_of(struct kvet_kprobe_prototypes *prototypes, const char *module)
{
	struct module_btf *found;

	if (!module)
		return prototypes->kernel;
	for (size_t i = 0; i < prototypes->module_count; i++)
		if (!strcmp(prototypes->modules[i].name, module))
			return prototypes->modules[i].btf;
	if (strlen(module) >= sizeof(found->name) ||
	    !ARRAY_MORE(prototypes->modules, prototypes->module_count))
		return NULL;
	found = &prototypes->modules[prototypes->module_count++];
	strcpy(found->name, module);
	found->btf = btf__load_module_btf(module, prototypes->kernel);
	if (found->btf && kvet_btf_check(found->btf, NULL)) {
		btf__free(found->btf);
		found->btf = NULL;
	}
	return found->btf;
}

static const struct btf_type *skip_names(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type &&
	       (btf_is_mod(type) || btf_is_typedef(type) || btf_kind(type) == BTF_KIND_TYPE_TAG))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static bool is_char(const struct btf *btf, const struct btf_type *type)
{
	return type && btf_is_int(type) && type->size == 1 &&
	       !(btf_int_encoding(type) & BTF_INT_BOOL) &&
	       !strcmp(btf__name_by_offset(btf, type->name_off), "char");
}

/* Fills in what a type is; *places becomes how many registers it takes, 0 for one on the stack. */
static void classify(const struct btf *btf, __u32 id, struct kvet_kprobe_value *value, int *places)
{
	const struct btf_type *type = skip_names(btf, id);

	*places = 1;
	value->kind = KVET_KPROBE_UNKNOWN;
	value->size = 8;
	if (!id) {
		value->kind = KVET_KPROBE_NOTHING;
	} else if (!type) {
		*places = 0;
	} else if (btf_is_ptr(type)) {
		value->kind = is_char(btf, skip_names(btf, type->type)) ? KVET_KPROBE_STRING
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

static void take(const struct btf *btf, const struct btf_type *proto,
		 struct kvet_kprobe_prototype *out)
{
	const struct btf_param *params = btf_params(proto);
	int next = 0, places;

	*out = (struct kvet_kprobe_prototype){ 0 };
	for (__u16 i = 0; i < btf_vlen(proto) && out->count < KVET_KPROBE_VALUES_MOST; i++) {
		struct kvet_kprobe_value *value = &out->values[out->count];
		const char *name = btf__name_by_offset(btf, params[i].name_off);

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

/* Looks at all functions with the name; returns how many different prototypes they have, at most
 * 2. */
static int find(const struct btf *btf, const char *name, struct kvet_kprobe_prototype *out)
{
	int found = 0;

	for (__u32 id = 1; id < btf__type_cnt(btf) && found < 2; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const struct btf_type *proto;
		struct kvet_kprobe_prototype one;

		if (!btf_is_func(type) ||
		    strcmp(btf__name_by_offset(btf, type->name_off), name) != 0)
			continue;
		proto = btf__type_by_id(btf, type->type);
		if (!proto || !btf_is_func_proto(proto))
			continue;
		take(btf, proto, &one);
		if (!found)
			*out = one;
		found += !found || !same(out, &one);
	}
	return found;
}

enum kvet_verdict kvet_kprobe_prototype_of(struct kvet_kprobe_prototypes *prototypes,
					   const struct kvet_kprobe_site *site,
					   struct kvet_kprobe_prototype *prototype,
					   struct kvet_cause *cause)
{
	const struct btf *btf = btf_of(prototypes, site->module);
	int found;

	if (strchr(site->symbol, '.')) {
		kvet_cause_fill(cause, 0, "BTF",
				"%s is a compiler-generated variant, whose parameters may differ",
				site->symbol);
		return KVET_UNDETERMINED;
	}
	if (!btf) {
		kvet_cause_fill(cause, 0, "BTF", "module %s has no BTF", site->module);
		return KVET_UNDETERMINED;
	}
	found = find(btf, site->symbol, prototype);
	if (found == 1)
		return KVET_YES;
	if (found)
		kvet_cause_fill(cause, 0, "BTF",
				"BTF has several prototypes of %s and does not tell which is at "
				"this address",
				site->symbol);
	else
		kvet_cause_fill(cause, 0, "BTF", "no function %s", site->symbol);
	return KVET_UNDETERMINED;
}
