/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what was seen of a program to the verdict on its load, with the cause. Pure. */
#ifndef KVET_OBJECT_JUDGE_H
#define KVET_OBJECT_JUDGE_H

#include "object/evidence.h"

struct kvet_object_facts {
	/* Capabilities that this process lacks, "" if none: of those that any helper requires, and
	 * of those that a load of this program's type requires. */
	char missing[128];
	char missing_to_load[128];
	const char *lockdown; /* kvet_host_lockdown() */
};

/* What must be asked before a refusal can be judged. */
enum kvet_object_doubt {
	KVET_DOUBT_NONE,
	KVET_DOUBT_HELPER, /* whether the kernel offers the helper to this type at all */
	KVET_DOUBT_TYPE,   /* whether it loads any program of this type, for another target */
};

/* Fills verdict, load, reason, cause and helper of evidence->program. *helper is the helper's
 * number where the doubt is about it. */
enum kvet_object_doubt kvet_object_judge(struct kvet_object_evidence *evidence,
					 const struct kvet_object_facts *facts, int *helper);

/* Writes the verifier's last lines that say why, without its trace, its statistics and its remarks
 * on arguments that it accepts. "" if there are none. */
void kvet_object_verifier_words(const char *log, char *buf, size_t size);

#endif
