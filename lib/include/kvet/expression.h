/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expressions on a function's arguments: what they lead to. */
#ifndef KVET_EXPRESSION_H
#define KVET_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/kprobe.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kvet_btf;

/* How many pointers an expression can follow. */
#define KVET_KPROBE_STEPS 8

/* What an expression leads to. */
enum kvet_kprobe_form {
	KVET_KPROBE_FORM_NONE, /* to nothing: it is none of this function's */
	KVET_KPROBE_FORM_SIGNED,
	KVET_KPROBE_FORM_UNSIGNED,
	KVET_KPROBE_FORM_BOOLEAN,
	KVET_KPROBE_FORM_ENUM,     /* its enumerators: kvet_kprobe_enumerator() */
	KVET_KPROBE_FORM_POINTER,  /* to data */
	KVET_KPROBE_FORM_FUNCTION, /* a pointer to a function */
	KVET_KPROBE_FORM_STRING,   /* a pointer to char */
	KVET_KPROBE_FORM_TEXT      /* an array of char */
};

/*
 * A member that an argument leads to, as in "file->f_path.dentry". From the argument's register on,
 * each of the first `pointers` offsets is added, and a pointer is read there; the next offset is
 * added, and there are `size` bytes of value. Size 0: the value is the register itself, of
 * register_size bytes; for TEXT, the text is there. The BTF belongs to the prototypes.
 */
struct kvet_kprobe_expression {
	enum kvet_kprobe_form form;
	int place; /* of the argument: its index in kvet_trace_event.args; -1: what is returned */
	unsigned int pointers;
	uint32_t offsets[KVET_KPROBE_STEPS + 1];
	unsigned int size;
	unsigned int register_size;
	unsigned int shift, bits; /* of a bit field, from the lowest bit; bits 0: none */
	bool is_signed;           /* of an enum or a bit field */
	bool user;                /* the memory is the process's, as for a system call */
	const struct kvet_btf *btf;
	uint32_t type;
};

/* Why an expression is wrong: at which of its bytes, and which known name is most similar to what
 * stands there ("": none). */
struct kvet_kprobe_wrong {
	size_t at;
	char why[160];
	char nearest[64];
};

/* Whether an expression begins with "ret", which is what the function returns: it is known only at
 * the return. An argument of that name is "args.ret". Pure. */
bool kvet_kprobe_expression_returned(const char *text);

/*
 * What an expression is of the function that a site is in: an argument's name or "ret", then any
 * number of "->MEMBER", ".MEMBER" and "[N]". Returns yes; no if it is wrong, with wrong;
 * undetermined if the function's prototype is not known, with the cause, as
 * kvet_kprobe_prototype_of().
 */
enum kvet_verdict kvet_kprobe_expression_of(struct kvet_kprobe_prototypes *prototypes,
					    const struct kvet_kprobe_site *site, const char *text,
					    struct kvet_kprobe_expression *expression,
					    struct kvet_kprobe_wrong *wrong,
					    struct kvet_cause *cause);

/* What can be asked of a function: an argument, a member, or what it returns. */
struct kvet_kprobe_field {
	char text[320];             /* the expression */
	char type[256];             /* as C has it */
	enum kvet_kprobe_form form; /* NONE: it has no value of its own, and why */
	char why[160];
};

typedef void (*kvet_kprobe_field_sink)(void *context, const struct kvet_kprobe_field *field);

/*
 * Lists the arguments of a site's function and what it returns; or, with an expression as prefix,
 * the members of what that leads to. Only the site's symbol and module are read. Returns as
 * kvet_kprobe_expression_of().
 */
enum kvet_verdict kvet_kprobe_fields(struct kvet_kprobe_prototypes *prototypes,
				     const struct kvet_kprobe_site *site, const char *prefix,
				     kvet_kprobe_field_sink sink, void *context,
				     struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause);

/* The value in the bytes that were read for an expression, or in the register. Pure. */
uint64_t kvet_kprobe_expression_bits(const struct kvet_kprobe_expression *expression,
				     const uint64_t *bytes);

/* The name of an enumerator; NULL if the enum has none with that value. */
const char *kvet_kprobe_enumerator(const struct kvet_kprobe_expression *expression, uint64_t bits);

#ifdef __cplusplus
}
#endif

#endif
