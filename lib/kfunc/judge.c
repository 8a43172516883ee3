/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "kfunc/judge.h"

#include <stdbool.h>
#include <string.h>

#include "probe/classify.h"

/*
 * Whether the verifier came as far as the call: it writes each instruction to its log before it
 * looks at it, "14: (85) call bpf_task_release#12345". The program has one call.
 */
static bool reached_call(const char *log)
{
	return strstr(log, ": (85) call ");
}

/*
 * The verifier looks up whether the program may call the function before it looks at an argument
 * (kernel: kernel/bpf/verifier.c, check_kfunc_call()), and each refusal that comes first has a
 * phrase of its own. So what else it says once it is at the call is about the arguments, or about
 * what must follow the call.
 */
void kvet_kfunc_judge(const struct kvet_probe_attempt *attempt,
		      const struct kvet_probe_controls *controls, struct kvet_probe_answer *answer)
{
	static const struct kvet_probe_limits none = { .locked = "" };

	kvet_classify_attempt(attempt, controls, &none, answer);
	if (answer->reason != KVET_REASON_WORDS_UNKNOWN || !reached_call(attempt->log))
		return;
	answer->verdict = KVET_YES;
	answer->reason = KVET_REASON_ARGUMENTS;
	memset(&answer->cause, 0, sizeof(answer->cause));
}
