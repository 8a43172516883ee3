/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether programs that load can fire: their targets, vetted without attaching. */
#ifndef KVET_OBJECT_TARGET_READ_H
#define KVET_OBJECT_TARGET_READ_H

#include <kvet/kprobe.h>
#include <kvet/object.h>

#include "object/evidence.h"
#include "object/section.h"

/* What is read once for all targets of an object, when the first one requires it. All zeros at the
 * start; free with kvet_target_deinit(). */
struct kvet_targets {
	const struct kvet_host *host;
	struct kvet_ksyms *table;
	bool asked; /* for the table, whether there is one or not */
	struct kvet_cause table_cause;
	struct kvet_kprobe_facts facts;
	bool has_facts;
	struct kvet_kprobe_ways *ways[2]; /* for entries, for returns */
	struct kvet_ksyms_sites *sites;
	char lsm[256]; /* the active security modules, "" not read */
	struct kvet_cause lsm_cause;
};
void kvet_targets_deinit(struct kvet_targets *targets);

/*
 * Fills has_target, target and target_verdict of a program, whose load is judged, and makes verdict
 * that of the two together. reason and cause become the target's if the load was a yes. Never
 * attaches: on Linux 6.1, a program at fentry of __rcu_read_lock() ends the machine.
 */
void kvet_target_read(struct kvet_targets *targets, const struct kvet_target_hint *hint,
		      struct kvet_object_program *program);

/* What it finds of one target. */
struct kvet_target_answer {
	enum kvet_verdict verdict;
	enum kvet_object_reason reason;
	struct kvet_cause cause;
};

/* The parts, by kind. text is what follows the section's first "/". */
void kvet_target_kprobe(struct kvet_targets *targets, const char *text, bool returns,
			struct kvet_target_answer *answer);
void kvet_target_multi(struct kvet_targets *targets, const char *text, uint32_t attach,
		       struct kvet_target_answer *answer);
void kvet_target_function(struct kvet_targets *targets, const char *text, uint32_t arguments,
			  struct kvet_target_answer *answer);
void kvet_target_lsm(struct kvet_targets *targets, struct kvet_target_answer *answer);
void kvet_target_tracepoint(struct kvet_targets *targets, const char *text, uint32_t context_end,
			    struct kvet_target_answer *answer);
void kvet_target_file(const char *text, bool usdt, struct kvet_target_answer *answer);

/* What the symbol table adds to the cause of a function that BTF lacks. */
void kvet_target_absent(struct kvet_targets *targets, const char *name, struct kvet_cause *cause);

/* The symbol table, or NULL; read when it is first asked for. */
struct kvet_ksyms *kvet_target_table(struct kvet_targets *targets);

/* Whether a program that reads or writes so much of the buffer of a raw tracepoint may be attached
 * there: the kernel knows how much of it may be. */
void kvet_target_buffer(struct kvet_targets *targets, const char *name,
			const struct kvet_target_hint *hint, struct kvet_target_answer *answer);

/* Whether programs of an attach type load on kernels that lack it, so that the next is asked. */
bool kvet_target_link_is_asked(uint32_t attach);

/* Whether the kernel attaches programs of this attach type: asks for a link to what cannot exist,
 * or to a map of kvet's own. *cause says why not. */
enum kvet_verdict kvet_target_link_check(const struct kvet_host *host, uint32_t attach,
					 struct kvet_cause *cause);

/* Where the last field of a tracepoint's format ends, in bytes; 0: it has none. Pure. */
uint32_t kvet_target_format_end(const char *format);

#endif
