/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a setting means for this process. Pure. */
#ifndef KVET_DOCTOR_SETTING_H
#define KVET_DOCTOR_SETTING_H

#include <kvet/doctor.h>

#include "doctor/facts.h"

/* Fills a finding whole, without a remedy. */
__attribute__((format(printf, 3, 4))) void
kvet_doctor_find(struct kvet_finding *finding, enum kvet_verdict verdict, const char *format, ...);

/* The same from an answer's cause: its evidence, with errno and source if a call failed, and its
 * remedy. */
void kvet_doctor_find_cause(struct kvet_finding *finding, enum kvet_verdict verdict,
			    const struct kvet_cause *cause);

/* The same for a file that could not be read. */
void kvet_doctor_find_unreadable(struct kvet_finding *finding, const char *file, int errnum);

/* The same for a number that could not be read, with what to do about it; false if it was read. */
bool kvet_doctor_is_unread(const struct doctor_facts *facts, const struct doctor_number *number,
			   const char *file, struct kvet_finding *finding);

/* Sets the remedy to what the reader types here: a host's settings are not a container's to change.
 */
__attribute__((format(printf, 3, 4))) void kvet_doctor_advise(const struct doctor_facts *facts,
							      struct kvet_finding *finding,
							      const char *format, ...);
void kvet_doctor_advise_need(const struct doctor_facts *facts, enum kvet_need need,
			     struct kvet_finding *finding);

/* Judges a check of what this process may do and what the kernel allows it; of a facility that is
 * there or not. Both return false for another check. */
bool kvet_doctor_setting_judge(const struct doctor_facts *facts, enum kvet_check check,
			       struct kvet_finding *finding);
bool kvet_doctor_facility_judge(const struct doctor_facts *facts, enum kvet_check check,
				struct kvet_finding *finding);

#endif
