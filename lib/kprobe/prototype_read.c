/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What functions take and return, by the BTF of the kernel and its modules. Touches the kernel. */
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/condition.h"
#include "kprobe/expression.h"
#include "kprobe/prototype.h"

struct module_btf {
	char name[64];
	struct kvet_btf *btf; /* NULL: the module has none */
};

struct kvet_kprobe_prototypes {
	struct kvet_btf *kernel;
	struct module_btf *modules;
	size_t module_count;
};

AUTO_DEFINE(kvet_kprobe_prototypes)

/* Each site looks up its function: an index is worth its time from the sixth on. */
static int read_indexed(struct kvet_btf **out, const char *name, const struct kvet_btf *base,
			struct kvet_cause *err)
{
	AUTO(kvet_btf) *btf = NULL;
	int ret = kvet_btf_read(&btf, NULL, name, base, err);

	if (!ret)
		ret = kvet_btf_index(btf, err);
	if (!ret)
		*out = TAKE(btf);
	return ret;
}

int kvet_kprobe_prototypes_open(struct kvet_kprobe_prototypes **out, struct kvet_cause *err)
{
	AUTO(kvet_kprobe_prototypes) *prototypes = calloc(1, sizeof(*prototypes));
	int ret;

	if (!prototypes)
		return kvet_fail_memory(err);
	ret = read_indexed(&prototypes->kernel, KVET_BTF_KERNEL, NULL, err);
	if (!ret)
		*out = TAKE(prototypes);
	return ret;
}

void kvet_kprobe_prototypes_free(struct kvet_kprobe_prototypes *prototypes)
{
	if (!prototypes)
		return;
	for (size_t i = 0; i < prototypes->module_count; i++)
		kvet_btf_free(prototypes->modules[i].btf);
	free(prototypes->modules);
	kvet_btf_free(prototypes->kernel);
	free(prototypes);
}

/* Returns the BTF of a module, and keeps it; NULL: there is none. */
static const struct kvet_btf *btf_of(struct kvet_kprobe_prototypes *prototypes, const char *module)
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
	*found = (struct module_btf){ 0 };
	strcpy(found->name, module);
	read_indexed(&found->btf, module, prototypes->kernel, NULL);
	return found->btf;
}

enum kvet_verdict kvet_kprobe_prototype_of(struct kvet_kprobe_prototypes *prototypes,
					   const struct kvet_kprobe_site *site,
					   struct kvet_kprobe_prototype *prototype,
					   struct kvet_cause *cause)
{
	const struct kvet_btf *btf = btf_of(prototypes, site->module);
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
	found = kvet_prototype_find(btf, site->symbol, prototype);
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

/* The one prototype of the functions of this name, with its types; NULL: there are several. */
static const struct btf_type *only_prototype(const struct kvet_btf *btf, const char *name)
{
	const struct btf_type *found = btf->base ? only_prototype(btf->base, name) : NULL;

	for (uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, name); id;
	     id = kvet_btf_next(btf, id)) {
		const struct btf_type *proto = kvet_btf_prototype(btf, id);

		if (found && proto && found != proto)
			return NULL;
		found = proto ? proto : found;
	}
	return found;
}

/* What a site's function takes and returns, with its types. */
static enum kvet_verdict types_of(struct kvet_kprobe_prototypes *prototypes,
				  const struct kvet_kprobe_site *site,
				  struct kvet_kprobe_prototype *places,
				  const struct btf_type **proto, struct kvet_cause *cause)
{
	enum kvet_verdict known = kvet_kprobe_prototype_of(prototypes, site, places, cause);

	if (known != KVET_YES)
		return known;
	*proto = only_prototype(btf_of(prototypes, site->module), site->symbol);
	if (*proto)
		return KVET_YES;
	kvet_cause_fill(cause, 0, "BTF",
			"BTF has several prototypes of %s and does not tell which is at "
			"this address",
			site->symbol);
	return KVET_UNDETERMINED;
}

enum kvet_verdict kvet_kprobe_expression_of(struct kvet_kprobe_prototypes *prototypes,
					    const struct kvet_kprobe_site *site, const char *text,
					    struct kvet_kprobe_expression *expression,
					    struct kvet_kprobe_wrong *wrong,
					    struct kvet_cause *cause)
{
	struct kvet_kprobe_prototype places;
	const struct btf_type *proto;
	enum kvet_verdict known = types_of(prototypes, site, &places, &proto, cause);

	if (known != KVET_YES)
		return known;
	return kvet_expression_resolve(btf_of(prototypes, site->module), proto, &places, text,
				       expression, wrong)
		       ? KVET_YES
		       : KVET_NO;
}

enum kvet_verdict kvet_condition_term_of(struct kvet_kprobe_prototypes *prototypes,
					 const struct kvet_kprobe_site *site,
					 const struct kvet_condition *condition,
					 struct kvet_condition_term *term,
					 struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause)
{
	struct kvet_kprobe_prototype places;
	const struct btf_type *proto;
	enum kvet_verdict known = KVET_YES;

	*term = condition->term;
	if (kvet_condition_typed(condition))
		known = types_of(prototypes, site, &places, &proto, cause);
	if (known != KVET_YES || !kvet_condition_typed(condition))
		return known;
	return kvet_condition_resolve(btf_of(prototypes, site->module), proto, &places, condition,
				      term, wrong)
		       ? KVET_YES
		       : KVET_NO;
}

enum kvet_verdict kvet_kprobe_fields(struct kvet_kprobe_prototypes *prototypes,
				     const struct kvet_kprobe_site *site, const char *prefix,
				     kvet_kprobe_field_sink sink, void *context,
				     struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause)
{
	struct kvet_kprobe_prototype places;
	const struct btf_type *proto;
	enum kvet_verdict known = types_of(prototypes, site, &places, &proto, cause);

	if (known != KVET_YES)
		return known;
	return kvet_fields_list(btf_of(prototypes, site->module), proto, &places, prefix, sink,
				context, wrong)
		       ? KVET_YES
		       : KVET_NO;
}
