/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Functions of the kernel and of its modules that BPF programs may call (kfuncs): which ones this
 * kernel has, and which program types may call each.
 *
 * A kernel does not tell which of its functions are kfuncs. Its BTF marks them, if it was built
 * with a pahole that does so (Debian: from 6.12 on); before, its symbol table has the sets that
 * they were registered from. Who may call one is found out by loading a program that calls it: the
 * verifier looks up whether the type may before it looks at any argument.
 */
#ifndef KVET_KFUNC_H
#define KVET_KFUNC_H

#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/probe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How it is known that a function is a kfunc. */
enum kvet_kfunc_listed {
	KVET_KFUNC_TAGGED, /* its BTF has the declaration tag "bpf_kfunc" */
	KVET_KFUNC_IN_SET, /* the symbol table has it in a set of BTF ids with flags */
	KVET_KFUNC_NAMED,  /* it is not: the caller named a function of the kernel */
	KVET_KFUNC_LISTED_COUNT
};

/* "tagged in BTF", "in a set of kallsyms", "named"; a static string. */
const char *kvet_kfunc_listed_text(enum kvet_kfunc_listed listed);

struct kvet_kfunc {
	const char *name;
	const char *module; /* NULL: the kernel proper */
	unsigned int id;    /* of its BTF_KIND_FUNC, in the BTF of the kernel or of the module */
	enum kvet_kfunc_listed listed;
};

/* The list, and what questions share. Not for several threads at once. */
struct kvet_kfuncs;

/*
 * Creates the list, in the order of the names. probe answers what is about program types; it stays
 * the caller's and must outlive the list. Free with kvet_kfuncs_free(). Errors: -ENOMEM.
 */
int kvet_kfuncs_new(struct kvet_kfuncs **kfuncs, struct kvet_probe *probe, struct kvet_cause *err);
void kvet_kfuncs_free(struct kvet_kfuncs *kfuncs);

/* Whether the list has all kfuncs of this kernel and its loaded modules: yes; no if programs cannot
 * call functions of this kernel at all; else undetermined. cause says why (NULL: not asked). */
enum kvet_verdict kvet_kfuncs_complete(struct kvet_kfuncs *kfuncs, struct kvet_cause *cause);

size_t kvet_kfuncs_count(const struct kvet_kfuncs *kfuncs);

/* The strings live as long as the list. */
struct kvet_kfunc kvet_kfuncs_at(const struct kvet_kfuncs *kfuncs, size_t index);

/* Adds every function of this name that BTF describes, at the end of the list, unless one of the
 * name is listed. Errors: -ENOENT if there is none;
 * -ENODATA if there may be one, in BTF that could not be read; -ENOMEM. */
int kvet_kfuncs_add(struct kvet_kfuncs *kfuncs, const char *name, struct kvet_cause *err);

/*
 * Asks whether a program may call the function. Of the question, type, variant and sleepable are
 * used, as by kvet_probe_ask(). Yes: the program loads, or only what it passes to the function is
 * refused. Errors: -ENOMEM; -EINTR if a signal interrupted the load.
 */
int kvet_kfuncs_ask(struct kvet_kfuncs *kfuncs, size_t index,
		    const struct kvet_probe_question *question, struct kvet_probe_answer *answer,
		    struct kvet_cause *err);

#ifdef __cplusplus
}
#endif

#endif
