/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Carries out the plan of a question. Touches the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/context.h"
#include "bpf/verifier_log.h"

/* The state so far. */
struct progress {
	struct kvet_probe *probe;
	const struct kvet_probe_question *question;
	const struct kvet_calibration *calibration;
	struct kvet_probe_answer *answer;

	struct kvet_probe_answer *refused; /* the first refusal, that of the most common kind */
	bool untried;
	struct kvet_cause why; /* why the first that failed could not be created */
};

/* Keeps a refusal. Whether it counts is known only when everything was tried. */
static int keep_refusal(struct progress *progress, struct kvet_cause *err)
{
	if (progress->refused)
		return 0;
	progress->refused = malloc(sizeof(*progress->refused));
	if (!progress->refused)
		return kvet_fail_memory(err);
	*progress->refused = *progress->answer;
	return 0;
}

/* A map or object could not be created. If this kernel does not support it, no program can work on
 * it; anything else might have been accepted. */
static void note_missing(struct progress *progress, const struct kvet_cause *why, bool possible)
{
	if (!progress->why.source[0] || (possible && !progress->untried))
		progress->why = *why;
	progress->untried = progress->untried || possible;
}

static void judge(struct progress *progress, const struct kvet_probe_attempt *attempt,
		  const char *argument)
{
	kvet_probe_judge(progress->probe, progress->question, progress->calibration, attempt,
			 progress->answer);
	/* A message about the helper itself does not depend on its argument. */
	if (progress->answer->verdict == KVET_YES ||
	    progress->answer->reason == KVET_REASON_MAP_REFUSED)
		progress->answer->argument = argument;
}

/* Tries one kind of map. *done: the answer is final. */
static int try_map(struct progress *progress, enum kvet_map_kind kind, bool *done,
		   struct kvet_cause *err)
{
	struct kvet_probe_attempt attempt;
	struct kvet_cause why;
	int fd = kvet_probe_map(progress->probe, kind, &why);

	if (fd < 0) {
		note_missing(progress, &why, fd != -EINVAL);
		return 0;
	}
	kvet_program_load_with_map(&progress->probe->loader, &progress->calibration->spec,
				   progress->question->helper, fd, &attempt);
	judge(progress, &attempt, kvet_map_kind_name(kind));
	*done = progress->answer->reason != KVET_REASON_MAP_REFUSED;
	return *done ? 0 : keep_refusal(progress, err);
}

/* Tries an object of bpf_obj_new(). */
static void try_object(struct progress *progress, bool *done)
{
	struct kvet_program_spec spec = progress->calibration->spec;
	struct kvet_object_calls calls;
	struct kvet_program_btf btf;
	struct kvet_probe_attempt attempt;
	struct kvet_cause why;

	if (kvet_probe_object(progress->probe, &calls, &btf, &why)) {
		note_missing(progress, &why, true);
		return;
	}
	if (!calls.new || !calls.drop)
		return;
	if (!spec.btf.fd)
		spec.btf = btf;
	kvet_program_load_with_object(&progress->probe->loader, &spec, &calls, &attempt);
	*done = !attempt.errnum;
	if (*done) {
		judge(progress, &attempt, "object of bpf_obj_new");
	} else if (kvet_verifier_log_is_wordless(attempt.log) || attempt.log_cut) {
		kvet_cause_fill(&why, attempt.errnum, "bpf(BPF_PROG_LOAD)",
				"a program that locks an object of bpf_obj_new() is refused "
				"without a verifier message");
		note_missing(progress, &why, true);
	}
}

/* Everything was tried. The helper itself must still be offered. */
static void conclude(struct progress *progress)
{
	struct kvet_probe_answer *answer = progress->answer;
	struct kvet_probe_attempt attempt;

	kvet_program_load(&progress->probe->loader, &progress->calibration->spec,
			  progress->question->helper, &attempt);
	judge(progress, &attempt, NULL);
	if (answer->verdict != KVET_YES)
		return;
	if (progress->refused)
		*answer = *progress->refused;
	if (progress->refused && !progress->untried)
		return;
	answer->verdict = KVET_UNDETERMINED;
	answer->reason = progress->refused ? KVET_REASON_UNTRIED : KVET_REASON_NO_MAP;
	answer->cause = progress->why;
}

int kvet_probe_carry_out(struct kvet_probe *probe, const struct kvet_plan *plan,
			 const struct kvet_probe_question *question,
			 const struct kvet_calibration *calibration,
			 struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	struct progress progress = {
		.probe = probe, .question = question, .calibration = calibration, .answer = answer
	};
	bool done = false;
	int ret = 0;

	for (size_t i = 0; plan->kinds[i] != KVET_MAP_NONE && !done && !ret; i++)
		ret = try_map(&progress, plan->kinds[i], &done, err);
	if (!done && !ret && plan->object)
		try_object(&progress, &done);
	if (!done && !ret)
		conclude(&progress);
	free(progress.refused);
	return ret;
}
