/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions on a hit, which the kernel evaluates: what they ask, and what that is at a site. */
#ifndef KVET_CONDITION_H
#define KVET_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/expression.h>
#include <kvet/kprobe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stands left of the operator. */
enum kvet_condition_subject {
	KVET_CONDITION_EXPRESSION, /* an expression on the arguments */
	KVET_CONDITION_RETURN,     /* "ret", or an expression that begins with it */
	KVET_CONDITION_ERRNO,      /* the errno that is returned; 0: none is */
	KVET_CONDITION_DURATION,   /* ns */
	KVET_CONDITION_COMM,       /* the task's name */
	KVET_CONDITION_PID,        /* the process, by its number in the initial PID namespace */
	KVET_CONDITION_UID,
	KVET_CONDITION_CPU,
	KVET_CONDITION_SUBJECTS
};

enum kvet_condition_operation {
	KVET_CONDITION_EQUAL,
	KVET_CONDITION_UNEQUAL,
	KVET_CONDITION_LESS,
	KVET_CONDITION_MOST,
	KVET_CONDITION_GREATER,
	KVET_CONDITION_LEAST,
	KVET_CONDITION_BITS, /* one of these bits is set */
	KVET_CONDITION_GLOB
};

/* The text that EXPR and VALUE have at most. */
#define KVET_CONDITION_LEFT   256
/* A text has at most this many characters, besides '*'. */
#define KVET_CONDITION_TOKENS 63

/* What a condition comes to at a site. */
struct kvet_condition_term {
	/* What is compared. Form NONE: it is none of this function's, so the condition never
	 * holds here. */
	struct kvet_kprobe_expression expression;
	uint64_t value; /* what it is compared with, extended to 64 bits; unless that is text */
};

/* EXPR OP VALUE, taken apart. The text stays the caller's. */
struct kvet_condition {
	enum kvet_condition_subject subject;
	enum kvet_condition_operation operation;
	char left[KVET_CONDITION_LEFT]; /* EXPR */
	size_t left_at;
	const char *value; /* without its quotes */
	size_t value_size, value_at;
	bool is_text;                    /* VALUE is in quotes */
	bool reads;                      /* the kernel's memory is read for it */
	struct kvet_condition_term term; /* the same at every site, unless it is typed */
};

/*
 * Parses "EXPR OP VALUE": EXPR an expression, or one of ret, errno, duration, comm, pid, uid and
 * cpu; OP one of == != < <= > >= & ~; VALUE a number, a name or a text in quotes. An argument with
 * one of these names is "args.NAME". Returns false if it is wrong. Pure.
 */
bool kvet_condition_parse(const char *text, struct kvet_condition *condition,
			  struct kvet_kprobe_wrong *wrong);

/* Whether it can be evaluated only at the return; whether it depends on the function's types. */
bool kvet_condition_at_return(const struct kvet_condition *condition);
bool kvet_condition_typed(const struct kvet_condition *condition);

/* What a condition comes to at a site. Returns yes; no if it is wrong there, with wrong;
 * undetermined if the function's types are not known, as kvet_kprobe_expression_of(). */
enum kvet_verdict kvet_condition_term_of(struct kvet_kprobe_prototypes *prototypes,
					 const struct kvet_kprobe_site *site,
					 const struct kvet_condition *condition,
					 struct kvet_condition_term *term,
					 struct kvet_kprobe_wrong *wrong, struct kvet_cause *cause);

#ifdef __cplusplus
}
#endif

#endif
