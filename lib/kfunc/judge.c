/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "kfunc/judge.h"

#include <stdbool.h>
#include <string.h>

#include "probe/classify.h"

/*
 * The call, if the verifier came as far: it writes each instruction to its log before it looks at
 * it, "14: (85) call bpf_task_release#12345". The program has one call.
 */
static const char *find_call(const char *log)
{
	return strstr(log, ": (85) call ");
}

/* Whether the log has another instruction after the call. */
static bool passed(const char *call)
{
	for (const char *line = strchr(call, '\n'); line; line = strchr(line, '\n')) {
		size_t digits = strspn(++line, "0123456789");

		if (digits && !strncmp(line + digits, ": (", 3))
			return true;
	}
	return false;
}

/*
 * The verifier looks up whether the program may call the function before it looks at an argument
 * (kernel: kernel/bpf/verifier.c, check_kfunc_call()), and each refusal that comes first has a
 * phrase of its own. So what else it says at the call is about the arguments, and what it says
 * after the call is about what must follow: the unlock after a lock.
 */
void kvet_kfunc_judge(const struct kvet_probe_attempt *attempt,
		      const struct kvet_probe_controls *controls, struct kvet_probe_answer *answer)
{
	static const struct kvet_probe_limits none = { .locked = "" };

	kvet_classify_attempt(attempt, controls, &none, answer);
	if (answer->reason != KVET_REASON_WORDS_UNKNOWN || !find_call(attempt->log))
		return;
	answer->verdict = KVET_YES;
	answer->reason =
		passed(find_call(attempt->log)) ? KVET_REASON_FOLLOWS : KVET_REASON_ARGUMENTS;
	memset(&answer->cause, 0, sizeof(answer->cause));
}
