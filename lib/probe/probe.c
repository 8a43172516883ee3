/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The probe context: asks, calibrates, and adds what the host knows to the causes. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/helper_load.h"
#include "probe/privilege.h"

/* The controls of one type. */
struct calibration {
	int type;
	struct kvet_probe_controls controls;
	struct calibration *next;
};

struct kvet_probe {
	struct kvet_host host;
	struct calibration *calibrations;
};

int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_error *err)
{
	struct kvet_probe *new = calloc(1, sizeof(*new));

	if (!new)
		return kvet_fail_memory(err);
	if (host)
		new->host = *host;
	*probe = new;
	return 0;
}

void kvet_probe_free(struct kvet_probe *probe)
{
	if (!probe)
		return;
	while (probe->calibrations) {
		struct calibration *next = probe->calibrations->next;

		free(probe->calibrations);
		probe->calibrations = next;
	}
	free(probe);
}

static void calibrate(int type, struct kvet_probe_controls *controls)
{
	memset(controls, 0, sizeof(*controls));
	kvet_probe_load_null(type, &controls->null);
	/* What makes a type absent is there the second time too. */
	if (controls->null.errnum == EINVAL && !controls->null.log[0])
		kvet_probe_load_null(type, &controls->null);
	if (controls->null.errnum == 0) {
		kvet_probe_load_helper(type, KVET_PROBE_IMPOSSIBLE, &controls->bogus);
		return;
	}
	kvet_probe_load_null(KVET_PROBE_IMPOSSIBLE, &controls->absent);
	kvet_probe_load_null(BPF_PROG_TYPE_SOCKET_FILTER, &controls->reference);
}

static bool passing(const struct kvet_probe_attempt *attempt)
{
	return attempt->errnum == ENOMEM || attempt->errnum == EAGAIN || attempt->errnum == EINTR;
}

/* A calibration that failed for a passing reason is made anew at the next question. */
static struct calibration *calibration_of(struct kvet_probe *probe, int type)
{
	struct calibration *calibration;

	for (calibration = probe->calibrations; calibration; calibration = calibration->next)
		if (calibration->type == type)
			break;
	if (!calibration) {
		calibration = calloc(1, sizeof(*calibration));
		if (!calibration)
			return NULL;
		calibration->type = type;
		calibrate(type, &calibration->controls);
		calibration->next = probe->calibrations;
		probe->calibrations = calibration;
	} else if (passing(&calibration->controls.null) || passing(&calibration->controls.bogus)) {
		calibrate(type, &calibration->controls);
	}
	return calibration;
}

/* Lockdown takes helpers away from everyone, in the words of "not for this program type". */
static void add_lockdown(const struct kvet_host *host, struct kvet_cause *cause)
{
	const char *level = kvet_host_lockdown(host);

	if (strcmp(level, "none") != 0 && strcmp(level, "unknown") != 0)
		kvet_cause_add(cause, "lockdown is %s", level);
}

static void explain(const struct kvet_probe *probe, const struct kvet_probe_question *question,
		    struct kvet_probe_answer *answer)
{
	int errnum = answer->cause.errnum;

	if (answer->verdict == KVET_UNDETERMINED && (errnum == EPERM || errnum == EACCES) &&
	    !answer->attempt.log[0])
		kvet_probe_explain_eperm(&probe->host, question->type, &answer->cause);
	else if (answer->verdict == KVET_NO && answer->attempt.log[0])
		add_lockdown(&probe->host, &answer->cause);
}

int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_error *err)
{
	const struct calibration *calibration = calibration_of(probe, question->type);
	AUTO_FREE struct kvet_probe_answer *judged = malloc(sizeof(*judged));
	struct kvet_probe_attempt attempt;
	char missing[128];

	if (!calibration || !judged)
		return kvet_fail_memory(err);
	/* Where even a program that calls nothing is refused, the helper cannot be asked for. */
	attempt = calibration->controls.null;
	if (attempt.errnum == 0)
		kvet_probe_load_helper(question->type, question->helper, &attempt);
	kvet_probe_missing_for_helper(question->helper, missing, sizeof(missing));
	kvet_probe_classify(question, &attempt, &calibration->controls, missing, judged);
	if (judged->attempt.errnum == EINTR)
		return kvet_fail(err, EINTR, "bpf(BPF_PROG_LOAD)", "interrupted by a signal");
	explain(probe, question, judged);
	*answer = *judged;
	return 0;
}
