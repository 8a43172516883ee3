/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a load attempt means. Pure: judges recorded attempts as well as live ones. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <kvet/probe.h>

#include "core/fail.h"
#include "probe/verifier_log.h"

#define SOURCE "bpf(BPF_PROG_LOAD)"

static void decide(struct kvet_probe_answer *answer, enum kvet_verdict verdict, const char *reason,
		   const struct kvet_probe_attempt *attempt)
{
	char words[sizeof(answer->cause.evidence)];

	answer->verdict = verdict;
	answer->reason = reason;
	answer->attempt = *attempt;
	memset(&answer->cause, 0, sizeof(answer->cause));
	if (verdict == KVET_YES)
		return;
	kvet_verifier_log_words(attempt->log, words, sizeof(words));
	kvet_cause_fill(&answer->cause, attempt->errnum, SOURCE, "%s", words);
}

/* These types name a kernel function, a hook or a program as their target, by its BTF id;
 * without one the verifier never comes to the helper call. */
static bool needs_target(int type)
{
	return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM ||
	       type == BPF_PROG_TYPE_EXT || type == BPF_PROG_TYPE_STRUCT_OPS;
}

static bool not_permitted(const struct kvet_probe_attempt *attempt)
{
	return (attempt->errnum == EPERM || attempt->errnum == EACCES) && !attempt->log[0];
}

/* bpf(2) refuses a program type that it does not have with EINVAL, and wordless. */
static bool refused_as_absent(const struct kvet_probe_attempt *attempt)
{
	return attempt->errnum == EINVAL && !attempt->log[0];
}

/* A refusal without a word from the verifier did not come from the verifier. */
static void judge_wordless(struct kvet_probe_answer *answer,
			   const struct kvet_probe_attempt *attempt)
{
	if (not_permitted(attempt)) {
		decide(answer, KVET_UNDETERMINED, "not permitted", attempt);
	} else if (attempt->errnum == ENOSYS) {
		decide(answer, KVET_UNDETERMINED, "no bpf(2) here", attempt);
		kvet_cause_remedy(&answer->cause, "use a kernel with CONFIG_BPF_SYSCALL; if this "
						  "is one, look for a seccomp filter");
	} else if (attempt->errnum == ENOMEM) {
		decide(answer, KVET_UNDETERMINED, "out of memory", attempt);
	} else if (attempt->errnum == EAGAIN || attempt->errnum == EINTR) {
		decide(answer, KVET_UNDETERMINED, "interrupted", attempt);
		kvet_cause_remedy(&answer->cause, "ask again");
	} else {
		decide(answer, KVET_UNDETERMINED, "refused without a word", attempt);
	}
}

/* The null program was refused. */
static void judge_null(struct kvet_probe_answer *answer, int type,
		       const struct kvet_probe_controls *controls)
{
	const struct kvet_probe_attempt *null = &controls->null;

	if (not_permitted(null)) {
		judge_wordless(answer, null);
	} else if (needs_target(type)) {
		decide(answer, KVET_UNDETERMINED, "needs a BTF target", null);
		kvet_cause_remedy(&answer->cause, "ask for a type that loads bare, such as "
						  "raw_tracepoint, which has most of the helpers");
	} else if (refused_as_absent(null) && refused_as_absent(&controls->absent) &&
		   controls->reference.errnum == 0) {
		decide(answer, KVET_NO, "program type absent", null);
		kvet_cause_add(&answer->cause, "a program that calls nothing is refused as one of "
					       "a type that cannot exist, a socket_filter loads");
	} else if (!null->log[0]) {
		judge_wordless(answer, null);
		kvet_cause_add(&answer->cause, "a program that calls nothing is refused");
	} else {
		decide(answer, KVET_UNDETERMINED, "null program refused", null);
	}
}

/* Whether the controls allow a verdict; if not, the answer is filled. */
static bool controls_behave(struct kvet_probe_answer *answer, int type,
			    const struct kvet_probe_controls *controls)
{
	const struct kvet_probe_attempt *bogus = &controls->bogus;

	if (controls->null.errnum) {
		judge_null(answer, type, controls);
		return false;
	}
	if (bogus->errnum == 0) {
		decide(answer, KVET_UNDETERMINED, "impossible helper accepted", bogus);
		kvet_cause_add(&answer->cause, "a program that calls a helper that cannot exist is "
					       "accepted");
		return false;
	}
	if (kvet_verifier_log_read(bogus->log) == KVET_LOG_UNKNOWN_HELPER)
		return true;
	if (bogus->log[0]) {
		decide(answer, KVET_UNDETERMINED, "impossible helper refused oddly", bogus);
	} else {
		judge_wordless(answer, bogus);
		kvet_cause_add(&answer->cause, "seen with a helper that cannot exist");
	}
	return false;
}

/* "program of this type cannot use" is also what a want of privilege sounds like: the
 * kernel's *_func_proto() functions hand a helper out only to the privileged. */
static void judge_not_for_type(struct kvet_probe_answer *answer, int helper,
			       const struct kvet_probe_attempt *attempt, const char *missing)
{
	bool admin = helper == BPF_FUNC_probe_write_user && strstr(missing, "CAP_SYS_ADMIN");

	if (!admin && !strstr(missing, "CAP_BPF") && !strstr(missing, "CAP_PERFMON")) {
		decide(answer, KVET_NO, "not for this program type", attempt);
		return;
	}
	decide(answer, KVET_UNDETERMINED, "not for this program type or want of privilege",
	       attempt);
	kvet_cause_add(&answer->cause, "%s missing", missing);
	kvet_cause_remedy_missing(&answer->cause, missing);
}

static void judge_words(struct kvet_probe_answer *answer, int helper,
			const struct kvet_probe_attempt *attempt, const char *missing)
{
	switch (kvet_verifier_log_read(attempt->log)) {
	case KVET_LOG_UNKNOWN_HELPER:
		decide(answer, KVET_NO, "unknown to this kernel", attempt);
		break;
	case KVET_LOG_NOT_FOR_TYPE:
		judge_not_for_type(answer, helper, attempt, missing);
		break;
	case KVET_LOG_NOT_SUPPORTED:
		decide(answer, KVET_NO, "not supported for this program type", attempt);
		break;
	case KVET_LOG_NOT_ALLOWED:
		decide(answer, KVET_NO, "not allowed in this program type", attempt);
		break;
	case KVET_LOG_SLEEPABLE_ONLY:
		decide(answer, KVET_NO, "only in sleepable programs", attempt);
		kvet_cause_remedy(&answer->cause,
				  "load the program with BPF_F_SLEEPABLE, for a hook "
				  "that may sleep");
		break;
	case KVET_LOG_ARGUMENTS:
		decide(answer, KVET_YES, "accepted; arguments refused later", attempt);
		break;
	case KVET_LOG_GPL_ONLY:
		/* Every program here declares itself GPL. */
		decide(answer, KVET_UNDETERMINED, "refused as GPL-only", attempt);
		break;
	case KVET_LOG_OTHER:
		decide(answer, KVET_UNDETERMINED,
		       attempt->log_cut ? "verifier's log cut off" : "verifier's words not known",
		       attempt);
		break;
	}
}

void kvet_probe_classify(const struct kvet_probe_question *question,
			 const struct kvet_probe_attempt *attempt,
			 const struct kvet_probe_controls *controls, const char *missing,
			 struct kvet_probe_answer *answer)
{
	if (!controls_behave(answer, question->type, controls))
		return;
	if (attempt->errnum == 0)
		decide(answer, KVET_YES, "loaded", attempt);
	else if (!attempt->log[0])
		judge_wordless(answer, attempt);
	else
		judge_words(answer, question->helper, attempt, missing);
}
