/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The checks that try something. */
#ifndef KVET_DOCTOR_TRIAL_H
#define KVET_DOCTOR_TRIAL_H

#include <kvet/doctor.h>
#include <kvet/ksyms.h>
#include <kvet/probe.h>

#include "doctor/facts.h"

/* The program types of tracers that are tried, and their number. */
#define DOCTOR_TYPES 5

struct kvet_doctor {
	struct kvet_host host;
	struct doctor_facts facts;
	struct kvet_probe *probe;

	/* Of each type of doctor_types: whether an empty question loads; asked once. */
	bool loads_asked;
	struct kvet_probe_answer loads[DOCTOR_TYPES];

	/* The symbols that checks look up; NULL until asked for, or with the cause. */
	bool symbols_asked;
	struct kvet_ksyms *symbols;
	struct kvet_cause symbols_cause;
};

/* Each returns 0 or a negative errno, with err filled. */
int kvet_doctor_try_bpf(struct kvet_doctor *doctor, struct kvet_finding *finding,
			struct kvet_cause *err);
int kvet_doctor_try_boot_time(struct kvet_doctor *doctor, struct kvet_finding *finding,
			      struct kvet_cause *err);
int kvet_doctor_try_fentry(struct kvet_doctor *doctor, struct kvet_finding *finding,
			   struct kvet_cause *err);
int kvet_doctor_try_btf(struct kvet_doctor *doctor, struct kvet_finding *finding,
			struct kvet_cause *err);
int kvet_doctor_try_probe(struct kvet_doctor *doctor, struct kvet_finding *finding,
			  struct kvet_cause *err);
int kvet_doctor_try_kprobe_multi(struct kvet_doctor *doctor, struct kvet_finding *finding,
				 struct kvet_cause *err);
int kvet_doctor_try_symbols(struct kvet_doctor *doctor, struct kvet_finding *finding,
			    struct kvet_cause *err);
int kvet_doctor_try_clocks(struct kvet_doctor *doctor, struct kvet_finding *finding,
			   struct kvet_cause *err);
int kvet_doctor_try_time_namespace(struct kvet_doctor *doctor, struct kvet_finding *finding,
				   struct kvet_cause *err);

/* The functions that the probe is tried on, one of which every kernel has; ends with NULL. */
extern const char *const kvet_doctor_functions[];

/* Loads the symbols once. Returns NULL, with doctor->symbols_cause, where they cannot be read. */
const struct kvet_ksyms *kvet_doctor_symbols(struct kvet_doctor *doctor);

#endif
