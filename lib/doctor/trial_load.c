/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks that load programs. */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include <kvet/clock.h>

#include "doctor/setting.h"
#include "doctor/trial.h"

static const enum bpf_prog_type types[DOCTOR_TYPES] = {
	BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_RAW_TRACEPOINT,
	BPF_PROG_TYPE_PERF_EVENT, BPF_PROG_TYPE_TRACING
};

/* A program of each type that calls the oldest helper of tracers. */
static int ask_loads(struct kvet_doctor *doctor, struct kvet_cause *err)
{
	if (doctor->loads_asked)
		return 0;
	for (size_t i = 0; i < DOCTOR_TYPES; i++) {
		const struct kvet_probe_question question = {
			.helper = kvet_clock_helper(KVET_CLOCK_MONOTONIC), .type = (int)types[i]
		};
		int ret = kvet_probe_ask(doctor->probe, &question, &doctor->loads[i], err);

		if (ret)
			return ret;
	}
	doctor->loads_asked = true;
	return 0;
}

/* The first type that loads, or -1. */
static int first_that_loads(const struct kvet_doctor *doctor)
{
	for (int i = 0; i < DOCTOR_TYPES; i++)
		if (doctor->loads[i].verdict == KVET_YES)
			return i;
	return -1;
}

/* The names of the types with this verdict, or another one; returns how many. */
static size_t list_types(const struct kvet_doctor *doctor, bool yes, char *buf, size_t size)
{
	size_t count = 0, used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < DOCTOR_TYPES; i++) {
		if ((doctor->loads[i].verdict == KVET_YES) != yes || used >= size)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", count++ ? ", " : "",
					 kvet_probe_type_name((int)types[i]));
	}
	return count;
}

/* Why nothing loads: what is undetermined tells more than a type that the kernel lacks. */
static const struct kvet_probe_answer *worst_load(const struct kvet_doctor *doctor)
{
	for (size_t i = 0; i < DOCTOR_TYPES; i++)
		if (doctor->loads[i].verdict == KVET_UNDETERMINED)
			return &doctor->loads[i];
	return &doctor->loads[0];
}

int kvet_doctor_try_bpf(struct kvet_doctor *doctor, struct kvet_finding *finding,
			struct kvet_cause *err)
{
	char loading[160], refused[160];
	int ret = ask_loads(doctor, err);

	if (ret)
		return ret;
	if (first_that_loads(doctor) < 0) {
		const struct kvet_probe_answer *answer = worst_load(doctor);

		kvet_doctor_find_cause(finding, answer->verdict, &answer->cause);
		return 0;
	}
	list_types(doctor, true, loading, sizeof(loading));
	if (list_types(doctor, false, refused, sizeof(refused)))
		kvet_doctor_find(finding, KVET_YES, "programs load: %s; not of type %s", loading,
				 refused);
	else
		kvet_doctor_find(finding, KVET_YES, "programs load: %s", loading);
	return 0;
}

int kvet_doctor_try_boot_time(struct kvet_doctor *doctor, struct kvet_finding *finding,
			      struct kvet_cause *err)
{
	const char *name = kvet_clock_helper_name(KVET_CLOCK_BOOTTIME);
	struct kvet_probe_question question = { .helper = kvet_clock_helper(KVET_CLOCK_BOOTTIME) };
	struct kvet_probe_answer answer;
	int ret = ask_loads(doctor, err);
	int first = first_that_loads(doctor);

	if (ret)
		return ret;
	if (first < 0) {
		const struct kvet_probe_answer *load = worst_load(doctor);

		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &load->cause);
		return 0;
	}
	question.type = (int)types[first];
	ret = kvet_probe_ask(doctor->probe, &question, &answer, err);
	if (ret)
		return ret;
	if (answer.verdict == KVET_YES) {
		kvet_doctor_find(finding, KVET_YES, "%s works: stamp with boottime", name);
		return 0;
	}
	kvet_doctor_find_cause(finding, answer.verdict, &answer.cause);
	if (answer.verdict == KVET_NO)
		snprintf(finding->remedy, sizeof(finding->remedy),
			 "stamp with bpf_ktime_get_ns, and read CLOCK_MONOTONIC in user space");
	return 0;
}

int kvet_doctor_try_fentry(struct kvet_doctor *doctor, struct kvet_finding *finding,
			   struct kvet_cause *err)
{
	struct kvet_probe_question question = { .helper = kvet_clock_helper(KVET_CLOCK_MONOTONIC),
						.type = BPF_PROG_TYPE_TRACING };
	struct kvet_probe_attach attach;
	struct kvet_probe_answer answer;
	int ret;

	question.variant = kvet_probe_variant_by_name(doctor->probe, question.type, "fentry");
	ret = kvet_probe_ask(doctor->probe, &question, &answer, err);
	if (ret)
		return ret;
	if (answer.verdict != KVET_YES) {
		kvet_doctor_find_cause(finding, answer.verdict, &answer.cause);
		return 0;
	}
	ret = kvet_probe_attachable(doctor->probe, &question, &attach, err);
	if (ret)
		return ret;
	if (attach.verdict == KVET_YES)
		kvet_doctor_find(finding, KVET_YES, "loads, and can be attached");
	else
		kvet_doctor_find_cause(finding, attach.verdict, &attach.cause);
	return 0;
}

int kvet_doctor_try_btf(struct kvet_doctor *doctor, struct kvet_finding *finding,
			struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_cause cause = { 0 };
	enum kvet_verdict named = kvet_probe_kernel_names(
		doctor->probe, kvet_clock_helper(KVET_CLOCK_MONOTONIC), &cause);

	/* Which names it has is another question: it could be read. */
	if (named != KVET_UNDETERMINED)
		kvet_doctor_find(finding, KVET_YES, "/sys/kernel/btf/vmlinux can be read");
	else
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &cause);
	return 0;
}
