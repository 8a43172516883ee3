/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Judging what was recorded, for the tests of the classifier. */
#ifndef TESTS_LIB_PROBE_JUDGE_H
#define TESTS_LIB_PROBE_JUDGE_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kvet/probe.h>

#include "recorded_logs.h"

static inline struct kvet_probe_attempt attempt(int errnum, const char *log)
{
	struct kvet_probe_attempt made = { .errnum = errnum };

	snprintf(made.log, sizeof(made.log), "%s", log);
	return made;
}

/* Controls that behave. */
static inline struct kvet_probe_controls good(void)
{
	return (struct kvet_probe_controls){ .null = attempt(0, ""),
					     .bogus = attempt(EINVAL, bogus_5_10) };
}

static inline const char *reason_of(const struct kvet_probe_answer *answer)
{
	return kvet_probe_reason_text(answer->reason);
}

static inline struct kvet_probe_answer judge_limited(struct kvet_probe_attempt made,
						     struct kvet_probe_controls controls,
						     const char *missing, const char *locked)
{
	struct kvet_probe_limits limits = { .locked = locked };
	struct kvet_probe_answer answer;

	snprintf(limits.missing, sizeof(limits.missing), "%s", missing);
	memset(&answer, 0xa5, sizeof(answer));
	kvet_probe_classify(&made, &controls, &limits, &answer);
	ck_assert_str_ne(reason_of(&answer), "?");
	if (answer.verdict == KVET_YES) {
		static const struct kvet_cause none;

		ck_assert_mem_eq(&answer.cause, &none, sizeof(none));
	} else {
		ck_assert_str_eq(answer.cause.source, "bpf(BPF_PROG_LOAD)");
		ck_assert_int_eq(answer.cause.errnum, answer.attempt.errnum);
	}
	return answer;
}

static inline struct kvet_probe_answer judge_with(struct kvet_probe_attempt made,
						  struct kvet_probe_controls controls)
{
	return judge_limited(made, controls, "", "");
}

static inline struct kvet_probe_answer judge(int errnum, const char *log, const char *missing)
{
	return judge_limited(attempt(errnum, log), good(), missing, "");
}

#endif
