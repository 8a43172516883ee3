/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "bpf/verifier_log.h"
#include "core/fail.h"
#include "feature/judge.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own; user-space headers do not have it */

static void answer_yes(struct kvet_feature_answer *answer, const char *reason)
{
	answer->verdict = KVET_YES;
	answer->reason = reason;
	memset(&answer->cause, 0, sizeof(answer->cause));
}

static void answer_with(struct kvet_feature_answer *answer, enum kvet_verdict verdict,
			const char *reason, const struct kvet_feature_evidence *evidence)
{
	char words[512] = "";

	answer->verdict = verdict;
	answer->reason = reason;
	if (evidence->log)
		kvet_verifier_log_words(evidence->log, words, sizeof(words));
	kvet_cause_fill(&answer->cause, evidence->errnum, evidence->call, "%s",
			*words ? words : "");
}

/* Whether the errno says that the kernel does not know what it was asked for. */
static bool is_refusal(int errnum)
{
	return errnum == EINVAL || errnum == EOPNOTSUPP || errnum == KERNEL_ENOTSUPP ||
	       errnum == E2BIG || errnum == ENOENT || errnum == EACCES;
}

static void judge_refusal(const struct kvet_feature_evidence *evidence,
			  struct kvet_feature_answer *answer)
{
	/* The same answer as to what every kernel has: it is not about the feature. */
	if (evidence->reference) {
		answer_with(answer, KVET_UNDETERMINED, "the kernel refuses others too", evidence);
	} else if (evidence->log && *evidence->log &&
		   !kvet_verifier_log_is_wordless(evidence->log)) {
		answer_with(answer, KVET_NO, "refused by the verifier", evidence);
	} else if (evidence->named == KVET_NO) {
		answer_with(answer, KVET_NO, "unknown to this kernel", evidence);
		kvet_cause_add(&answer->cause, "the kernel's BTF does not name it");
	} else if (evidence->unknown) {
		answer_with(answer, KVET_UNDETERMINED, "newer than this kvet", evidence);
		kvet_cause_add(
			&answer->cause,
			"the kernel's BTF names it, but kvet does not know what it requires");
	} else {
		answer_with(answer, KVET_NO, "refused by the kernel", evidence);
	}
}

void kvet_feature_judge(const struct kvet_feature_evidence *evidence,
			struct kvet_feature_answer *answer)
{
	answer->errnum = evidence->errnum;
	if (!evidence->errnum) {
		answer_yes(answer, "tried");
	} else if (evidence->errnum == evidence->meaning_supported) {
		answer_yes(answer, "known to the kernel");
	} else if (evidence->unbuilt) {
		/* That is certain, whoever asks. */
		answer_with(answer, KVET_NO, "not built in", evidence);
		kvet_cause_add(&answer->cause, "this kernel is built without it: %s",
			       evidence->unbuilt);
		kvet_cause_remedy(&answer->cause, "boot a kernel with %s=y", evidence->option);
	} else if (evidence->errnum == EPERM ||
		   (evidence->errnum == EACCES && evidence->reference == EACCES)) {
		answer_with(answer, KVET_UNDETERMINED, "not permitted", evidence);
	} else if (is_refusal(evidence->errnum)) {
		judge_refusal(evidence, answer);
	} else {
		answer_with(answer, KVET_UNDETERMINED, "the call failed", evidence);
		kvet_cause_add(&answer->cause, "%s", kvet_errno_text(evidence->errnum));
	}
}
