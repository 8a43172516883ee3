/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a load attempt means. Pure: judges recorded attempts as well as live ones. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kvet/probe.h>

#include "core/fail.h"
#include "bpf/verifier_log.h"
#include "probe/classify.h"

#define SOURCE "bpf(BPF_PROG_LOAD)"

/* As much of the log as there is. */
static void copy(struct kvet_probe_attempt *to, const struct kvet_probe_attempt *from)
{
	to->errnum = from->errnum;
	to->log_cut = from->log_cut;
	memcpy(to->log, from->log, strnlen(from->log, sizeof(from->log) - 1) + 1);
}

static void decide(struct kvet_probe_answer *answer, enum kvet_verdict verdict,
		   enum kvet_probe_reason reason, const struct kvet_probe_attempt *attempt)
{
	char words[sizeof(answer->cause.evidence)];

	answer->verdict = verdict;
	answer->reason = reason;
	answer->option = NULL;
	if (&answer->attempt != attempt)
		copy(&answer->attempt, attempt);
	memset(&answer->cause, 0, sizeof(answer->cause));
	if (verdict == KVET_YES)
		return;
	kvet_verifier_log_words(attempt->log, words, sizeof(words));
	kvet_cause_fill(&answer->cause, attempt->errnum, SOURCE, "%s", words);
}

static bool is_wordless(const struct kvet_probe_attempt *attempt)
{
	return kvet_verifier_log_is_wordless(attempt->log);
}

static bool not_permitted(const struct kvet_probe_attempt *attempt)
{
	return (attempt->errnum == EPERM || attempt->errnum == EACCES) && is_wordless(attempt);
}

/* bpf(2) refuses a program type or an attach type that it does not know with EINVAL and without a
 * verifier message. */
static bool refused_as_absent(const struct kvet_probe_attempt *attempt)
{
	return attempt->errnum == EINVAL && is_wordless(attempt);
}

/* A refusal without a verifier message did not come from the verifier. */
static void judge_wordless(struct kvet_probe_answer *answer,
			   const struct kvet_probe_attempt *attempt)
{
	if (attempt->log_cut) {
		decide(answer, KVET_UNDETERMINED, KVET_REASON_LOG_CUT, attempt);
		return;
	}
	switch (attempt->errnum) {
	case EPERM:
	case EACCES:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_NOT_PERMITTED, attempt);
		break;
	case ENOSYS:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_NO_BPF, attempt);
		kvet_cause_remedy(&answer->cause, "boot a kernel with CONFIG_BPF_SYSCALL=y; if "
						  "this one has it, look for a seccomp filter");
		break;
	case ENOMEM:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_NO_MEMORY, attempt);
		break;
	case EAGAIN:
	case EINTR:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_INTERRUPTED, attempt);
		kvet_cause_remedy(&answer->cause, "run the command again");
		break;
	case E2BIG:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_TOO_NEW, attempt);
		break;
	default:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_WORDLESS, attempt);
		break;
	}
}

static void judge_no_target(struct kvet_probe_answer *answer, const struct kvet_probe_attempt *null)
{
	decide(answer, KVET_UNDETERMINED, KVET_REASON_NO_TARGET, null);
	kvet_cause_add(&answer->cause, "a program of this type requires a target in the kernel's "
				       "BTF, and none of those that kvet tries is in it");
	kvet_cause_remedy(&answer->cause, "look at /sys/kernel/btf/vmlinux "
					  "(CONFIG_DEBUG_INFO_BTF)");
}

/* The null program was refused, with a verifier message. */
static void judge_null_words(struct kvet_probe_answer *answer,
			     const struct kvet_probe_controls *controls)
{
	const struct kvet_probe_attempt *null = &controls->null;

	switch (kvet_verifier_log_read(null->log)) {
	case KVET_LOG_CANNOT_SLEEP:
		decide(answer, KVET_NO, KVET_REASON_CANNOT_SLEEP, null);
		break;
	case KVET_LOG_TARGET_AWAKE:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_NO_TARGET, null);
		kvet_cause_remedy(&answer->cause, "load the program for a function that may sleep: "
						  "kvet knows none in this kernel");
		break;
	default:
		if (controls->target_missing)
			judge_no_target(answer, null);
		else
			decide(answer, KVET_UNDETERMINED, KVET_REASON_NULL_REFUSED, null);
		break;
	}
}

/* The null program was refused. */
static void judge_null(struct kvet_probe_answer *answer, const struct kvet_probe_controls *controls)
{
	const struct kvet_probe_attempt *null = &controls->null;

	if (not_permitted(null)) {
		judge_wordless(answer, null);
	} else if (refused_as_absent(null) && controls->has_sibling &&
		   refused_as_absent(&controls->absent_attach)) {
		decide(answer, KVET_NO, KVET_REASON_ATTACH_ABSENT, null);
		kvet_cause_add(&answer->cause,
			       "an empty program is refused like one with a nonexistent attach "
			       "type; with another attach type it loads");
	} else if (refused_as_absent(null) && refused_as_absent(&controls->absent_type) &&
		   controls->reference.errnum == 0 && !controls->has_sibling) {
		decide(answer, KVET_NO, KVET_REASON_TYPE_ABSENT, null);
		kvet_cause_add(&answer->cause, "an empty program is refused like one of a "
					       "nonexistent type; a socket_filter loads");
	} else if (!is_wordless(null)) {
		judge_null_words(answer, controls);
	} else {
		judge_wordless(answer, null);
		kvet_cause_add(&answer->cause, "an empty program is refused");
	}
}

bool kvet_classify_controls(const struct kvet_probe_controls *controls,
			    struct kvet_probe_answer *answer)
{
	const struct kvet_probe_attempt *bogus = &controls->bogus;

	if (controls->sleep_unchecked) {
		decide(answer, KVET_NO, KVET_REASON_CANNOT_SLEEP, &controls->null);
		kvet_cause_add(&answer->cause,
			       "this kernel does not check sleepable programs: it loads one for a "
			       "scheduler tracepoint, where nothing may sleep");
		return false;
	}
	if (controls->null.errnum) {
		judge_null(answer, controls);
		if (controls->null_source)
			snprintf(answer->cause.source, sizeof(answer->cause.source), "%s",
				 controls->null_source);
		return false;
	}
	if (bogus->errnum == 0) {
		decide(answer, KVET_UNDETERMINED, KVET_REASON_BOGUS_ACCEPTED, bogus);
		kvet_cause_add(&answer->cause,
			       "a program that calls a nonexistent helper is accepted");
		return false;
	}
	if (kvet_verifier_log_read(bogus->log) == KVET_LOG_UNKNOWN_HELPER)
		return true;
	if (!is_wordless(bogus)) {
		decide(answer, KVET_UNDETERMINED, KVET_REASON_BOGUS_ODD, bogus);
	} else {
		judge_wordless(answer, bogus);
		kvet_cause_add(&answer->cause, "said of a nonexistent helper");
	}
	return false;
}

/* A known lockdown takes the helper away from everyone, until a reboot. */
static bool is_locked(const struct kvet_probe_limits *limits)
{
	return limits->locked[0] && strcmp(limits->locked, "unknown") != 0;
}

/* "program of this type cannot use" is also what the verifier says where a privilege is missing or
 * the kernel is locked down: the kernel's *_func_proto() functions then do not offer the helper. */
static void judge_not_for_type(struct kvet_probe_answer *answer,
			       const struct kvet_probe_attempt *attempt,
			       const struct kvet_probe_limits *limits)
{
	if (is_locked(limits)) {
		decide(answer, KVET_NO, KVET_REASON_LOCKDOWN, attempt);
		kvet_cause_add(&answer->cause, "lockdown is %s", limits->locked);
		kvet_cause_remedy(&answer->cause, "run kvet on a host that is not locked down");
	} else if (limits->missing[0]) {
		decide(answer, KVET_UNDETERMINED, KVET_REASON_PRIVILEGE, attempt);
		kvet_cause_add(&answer->cause, "%s missing", limits->missing);
		kvet_cause_remedy_missing(&answer->cause, limits->missing);
	} else if (limits->locked[0]) {
		decide(answer, KVET_UNDETERMINED, KVET_REASON_LOCKDOWN, attempt);
		kvet_cause_add(
			&answer->cause,
			"the lockdown level cannot be read from /sys/kernel/security/lockdown");
		kvet_cause_remedy(&answer->cause, "run as root, or mount -t securityfs none "
						  "/sys/kernel/security");
	} else {
		decide(answer, KVET_NO, KVET_REASON_NOT_FOR_TYPE, attempt);
	}
}

/* A helper may be allowed for some targets only, like bpf_d_path(): another target may be
 * accepted. */
static void judge_not_allowed(struct kvet_probe_answer *answer,
			      const struct kvet_probe_attempt *attempt, bool targeted)
{
	if (!targeted) {
		decide(answer, KVET_NO, KVET_REASON_NOT_ALLOWED, attempt);
		return;
	}
	decide(answer, KVET_UNDETERMINED, KVET_REASON_TARGET, attempt);
	kvet_cause_remedy(&answer->cause, "load the program for its own target");
}

static void judge_words(struct kvet_probe_answer *answer, const struct kvet_probe_attempt *attempt,
			const struct kvet_probe_controls *controls,
			const struct kvet_probe_limits *limits)
{
	switch (kvet_verifier_log_read(attempt->log)) {
	case KVET_LOG_UNKNOWN_HELPER:
		decide(answer, KVET_NO, KVET_REASON_UNKNOWN_HELPER, attempt);
		break;
	case KVET_LOG_NOT_FOR_TYPE:
		judge_not_for_type(answer, attempt, limits);
		break;
	case KVET_LOG_NOT_SUPPORTED:
		decide(answer, KVET_NO, KVET_REASON_NOT_SUPPORTED, attempt);
		break;
	case KVET_LOG_NOT_ALLOWED:
		judge_not_allowed(answer, attempt, controls->targeted);
		break;
	case KVET_LOG_MAP_REFUSED:
	case KVET_LOG_MAP_AWAKE:
		decide(answer, KVET_NO, KVET_REASON_MAP_REFUSED, attempt);
		break;
	case KVET_LOG_SLEEPABLE_ONLY:
		decide(answer, KVET_NO, KVET_REASON_SLEEPABLE_ONLY, attempt);
		kvet_cause_remedy(&answer->cause,
				  "load the program with BPF_F_SLEEPABLE, for a hook "
				  "that may sleep");
		break;
	case KVET_LOG_ARGUMENTS:
	case KVET_LOG_EXIT_VALUE:
		decide(answer, KVET_YES, KVET_REASON_ARGUMENTS, attempt);
		break;
	case KVET_LOG_CAPABILITY:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_CAPABILITY, attempt);
		break;
	case KVET_LOG_DEVICE:
		decide(answer, KVET_UNDETERMINED, KVET_REASON_TARGET, attempt);
		kvet_cause_remedy(&answer->cause, "load the program for a network device: "
						  "BPF_F_XDP_DEV_BOUND_ONLY");
		break;
	case KVET_LOG_NO_JIT:
		decide(answer, KVET_NO, KVET_REASON_NO_JIT, attempt);
		kvet_cause_remedy(&answer->cause, "sysctl net.core.bpf_jit_enable=1");
		break;
	case KVET_LOG_GPL_ONLY:
		/* Every program of kvet declares itself GPL. */
		decide(answer, KVET_UNDETERMINED, KVET_REASON_GPL_ONLY, attempt);
		break;
	case KVET_LOG_CANNOT_SLEEP:
	case KVET_LOG_TARGET_AWAKE:
	case KVET_LOG_OTHER:
		decide(answer, KVET_UNDETERMINED,
		       attempt->log_cut ? KVET_REASON_LOG_CUT : KVET_REASON_WORDS_UNKNOWN, attempt);
		break;
	}
}

void kvet_classify_attempt(const struct kvet_probe_attempt *attempt,
			   const struct kvet_probe_controls *controls,
			   const struct kvet_probe_limits *limits, struct kvet_probe_answer *answer)
{
	if (attempt->errnum == 0)
		decide(answer, KVET_YES, KVET_REASON_LOADED, attempt);
	else if (is_wordless(attempt))
		judge_wordless(answer, attempt);
	else
		judge_words(answer, attempt, controls, limits);
}

void kvet_probe_classify(const struct kvet_probe_attempt *attempt,
			 const struct kvet_probe_controls *controls,
			 const struct kvet_probe_limits *limits, struct kvet_probe_answer *answer)
{
	if (kvet_classify_controls(controls, answer))
		kvet_classify_attempt(attempt, controls, limits, answer);
}

/* Whether the answer depends on who asks, not on the kernel. */
static bool is_personal(const struct kvet_probe_answer *answer)
{
	return answer->verdict == KVET_UNDETERMINED &&
	       (answer->reason == KVET_REASON_NOT_PERMITTED ||
		answer->reason == KVET_REASON_PRIVILEGE || answer->reason == KVET_REASON_LOCKDOWN);
}

void kvet_probe_settle(const struct kvet_probe_limits *limits, const char *option,
		       const char *evidence, struct kvet_probe_answer *answer)
{
	if (option && (is_personal(answer) || answer->reason == KVET_REASON_NOT_FOR_TYPE ||
		       answer->reason == KVET_REASON_TYPE_ABSENT)) {
		if (answer->verdict == KVET_UNDETERMINED)
			answer->reason = KVET_REASON_NOT_BUILT;
		answer->verdict = KVET_NO;
		answer->option = option;
		kvet_cause_add(&answer->cause, "%s", evidence);
		kvet_cause_remedy(&answer->cause, "boot a kernel built with %s", option);
	} else if (is_personal(answer) && is_locked(limits)) {
		answer->verdict = KVET_NO;
		answer->reason = KVET_REASON_LOCKDOWN;
		kvet_cause_add(&answer->cause, "lockdown is %s", limits->locked);
		kvet_cause_remedy(&answer->cause, "run kvet on a host that is not locked down");
	}
}

bool kvet_probe_oracles_disagree(const struct kvet_probe_answer *answer, enum kvet_verdict named)
{
	switch (answer->reason) {
	case KVET_REASON_UNKNOWN_HELPER:
		return named == KVET_YES;
	/* The verifier looked the helper up, and found it. */
	case KVET_REASON_LOADED:
	case KVET_REASON_ARGUMENTS:
	case KVET_REASON_FOLLOWS:
	case KVET_REASON_NOT_FOR_TYPE:
	case KVET_REASON_NOT_SUPPORTED:
	case KVET_REASON_NOT_ALLOWED:
	case KVET_REASON_MAP_REFUSED:
	case KVET_REASON_UNTRIED:
	case KVET_REASON_SLEEPABLE_ONLY:
	case KVET_REASON_SLEEPABLE_NEVER:
	case KVET_REASON_PRIVILEGE:
	case KVET_REASON_LOCKDOWN:
	case KVET_REASON_TARGET:
		return named == KVET_NO;
	default:
		return false;
	}
}
