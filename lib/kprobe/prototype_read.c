/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What functions take and return, by the BTF of the kernel and its modules. Touches the kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/condition.h"
#include "kprobe/expression.h"
#include "kprobe/prototype.h"
#include "kprobe/syscall.h"

struct module_btf {
	char name[64];
	struct kvet_btf *btf; /* NULL: the module has none */
};

/* A system call, with the types of what it takes. */
struct syscall_btf {
	char name[64];
	struct kvet_btf *btf; /* NULL: tracefs does not tell */
	char *bytes;          /* that it is in */
};

struct kvet_kprobe_prototypes {
	struct kvet_btf *kernel;
	struct syscall_btf *syscalls;
	size_t syscall_count;
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
	for (size_t i = 0; i < prototypes->syscall_count; i++) {
		kvet_btf_free(prototypes->syscalls[i].btf);
		free(prototypes->syscalls[i].bytes);
	}
	free(prototypes->syscalls);
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

/* --- system calls ---------------------------------------------------------------------------- */

static int read_format(const char *name, char *format, size_t size)
{
	static const char *const folders[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	int ret = -ENOENT;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && ret; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/events/syscalls/sys_enter_%s/format", folders[i],
			 name);
		ret = kvet_host_read(NULL, path, format, size, NULL);
		ret = ret > 0 ? 0 : ret;
	}
	return ret;
}

/* Whether BTF has the function in a wrapper, and that is the wrapper itself, as for calls without
 * arguments (kernel: SYSCALL_DEFINE0()). */
static bool takes_nothing(const struct kvet_btf *kernel, const char *call)
{
	char name[128];
	const struct btf_type *proto;
	const char *first = NULL;

	snprintf(name, sizeof(name), "__do_sys_%s", call);
	proto = kvet_btf_prototype(kernel, kvet_btf_find(kernel, BTF_KIND_FUNC, name));
	if (proto && BTF_INFO_VLEN(proto->info))
		first = kvet_btf_string(kernel, btf_params(proto)->name_off);
	return first && !strcmp(first, "__unused");
}

/* Returns the BTF that tracefs's text of a system call is made to, and keeps it; NULL: it has no
 * text. */
static const struct kvet_btf *syscall_btf(struct kvet_kprobe_prototypes *prototypes,
					  const char *name)
{
	struct syscall_btf *found;
	char format[4096];
	size_t size;

	for (size_t i = 0; i < prototypes->syscall_count; i++)
		if (!strcmp(prototypes->syscalls[i].name, name))
			return prototypes->syscalls[i].btf;
	if (strlen(name) >= sizeof(found->name) ||
	    !ARRAY_MORE(prototypes->syscalls, prototypes->syscall_count))
		return NULL;
	found = &prototypes->syscalls[prototypes->syscall_count++];
	*found = (struct syscall_btf){ 0 };
	strcpy(found->name, name);
	if (takes_nothing(prototypes->kernel, name))
		*format = '\0';
	else if (read_format(name, format, sizeof(format)))
		return NULL;
	found->bytes = kvet_syscall_btf(prototypes->kernel, format, &size);
	if (found->bytes)
		kvet_btf_new(&found->btf, prototypes->kernel, found->bytes, size, name, NULL);
	return found->btf;
}

/* Where a site's function is described, and by which name: a system call by the function in its
 * wrapper if BTF has that, then by tracefs, then by the function that has its names only. */
static const struct kvet_btf *place_of(struct kvet_kprobe_prototypes *prototypes,
				       const struct kvet_kprobe_site *site, char *name, size_t size)
{
	const char *call = site->syscall ? kvet_kprobe_syscall_name(site->symbol) : NULL;
	const struct kvet_btf *btf = NULL;

	if (!call) {
		snprintf(name, size, "%s", site->symbol);
		return btf_of(prototypes, site->module);
	}
	snprintf(name, size, "__do_sys_%s", call);
	if (kvet_btf_find(prototypes->kernel, BTF_KIND_FUNC, name) &&
	    !takes_nothing(prototypes->kernel, call))
		return prototypes->kernel;
	btf = syscall_btf(prototypes, call);
	if (btf) {
		snprintf(name, size, "%s", KVET_SYSCALL_FUNCTION);
		return btf;
	}
	snprintf(name, size, "__se_sys_%s", call);
	return prototypes->kernel;
}

/* Why nothing says what a system call takes. */
static void explain_syscall(const char *symbol, struct kvet_cause *cause)
{
	kvet_cause_fill(cause, 0, "BTF",
			"it has no arguments of %s, and tracefs does not have them", symbol);
	kvet_cause_remedy(cause, "mount -t tracefs nodev /sys/kernel/tracing, as root");
}

enum kvet_verdict kvet_kprobe_prototype_of(struct kvet_kprobe_prototypes *prototypes,
					   const struct kvet_kprobe_site *site,
					   struct kvet_kprobe_prototype *prototype,
					   struct kvet_cause *cause)
{
	char name[512];
	const struct kvet_btf *btf = place_of(prototypes, site, name, sizeof(name));
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
	found = kvet_prototype_find(btf, name, prototype);
	if (found == 1)
		return KVET_YES;
	if (found)
		kvet_cause_fill(cause, 0, "BTF",
				"BTF has several prototypes of %s and does not tell which is at "
				"this address",
				site->symbol);
	else if (site->syscall)
		explain_syscall(site->symbol, cause);
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
				  struct kvet_kprobe_prototype *places, const struct kvet_btf **btf,
				  const struct btf_type **proto, struct kvet_cause *cause)
{
	enum kvet_verdict known = kvet_kprobe_prototype_of(prototypes, site, places, cause);
	char name[512];

	if (known != KVET_YES)
		return known;
	*btf = place_of(prototypes, site, name, sizeof(name));
	*proto = only_prototype(*btf, name);
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
	const struct btf_type *proto = NULL;
	const struct kvet_btf *btf = NULL;
	enum kvet_verdict known = types_of(prototypes, site, &places, &btf, &proto, cause);

	if (known != KVET_YES)
		return known;
	if (!kvet_expression_resolve(btf, proto,
				     kvet_kprobe_expression_returned(text) ? NULL : &places, text,
				     expression, wrong))
		return KVET_NO;
	expression->user = site->syscall;
	return KVET_YES;
}

enum kvet_verdict kvet_condition_term_of(struct kvet_kprobe_prototypes *prototypes,
					 const struct kvet_kprobe_site *site,
					 const struct kvet_condition *condition,
					 struct kvet_condition_term *term,
					 struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause)
{
	struct kvet_kprobe_prototype places;
	const struct btf_type *proto = NULL;
	const struct kvet_btf *btf = NULL;
	enum kvet_verdict known = KVET_YES;

	*term = condition->term;
	if (kvet_condition_typed(condition))
		known = types_of(prototypes, site, &places, &btf, &proto, cause);
	if (known != KVET_YES || !kvet_condition_typed(condition))
		return known;
	if (!kvet_condition_resolve(btf, proto, &places, condition, term, wrong))
		return KVET_NO;
	term->expression.user = site->syscall;
	return KVET_YES;
}

enum kvet_verdict kvet_kprobe_fields(struct kvet_kprobe_prototypes *prototypes,
				     const struct kvet_kprobe_site *site, const char *prefix,
				     kvet_kprobe_field_sink sink, void *context,
				     struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause)
{
	struct kvet_kprobe_prototype places;
	const struct btf_type *proto = NULL;
	const struct kvet_btf *btf = NULL;
	enum kvet_verdict known = types_of(prototypes, site, &places, &btf, &proto, cause);

	if (known != KVET_YES)
		return known;
	return kvet_fields_list(btf, proto, &places, prefix, sink, context, wrong) ? KVET_YES
										   : KVET_NO;
}
