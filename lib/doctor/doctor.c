/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An examination: each check is judged or tried; a setting that several require is read once. */
#include <stdlib.h>

#include "core/fail.h"
#include "doctor/setting.h"
#include "doctor/trial.h"

int kvet_doctor_open(struct kvet_doctor **doctor, const struct kvet_host *host,
		     struct kvet_cause *err)
{
	struct kvet_doctor *made = calloc(1, sizeof(*made));
	int ret;

	if (!made)
		return kvet_fail_memory(err);
	if (host)
		made->host = *host;
	ret = kvet_probe_new(&made->probe, &made->host, err);
	if (ret) {
		free(made);
		return ret;
	}
	*doctor = made;
	return 0;
}

void kvet_doctor_free(struct kvet_doctor *doctor)
{
	if (!doctor)
		return;
	kvet_ksyms_free(doctor->symbols);
	kvet_probe_free(doctor->probe);
	kvet_doctor_facts_deinit(&doctor->facts);
	free(doctor);
}

int kvet_doctor_examine(struct kvet_doctor *doctor, enum kvet_check check,
			struct kvet_finding *finding, struct kvet_cause *err)
{
	static int (*const trials[KVET_CHECK_COUNT])(struct kvet_doctor *, struct kvet_finding *,
						     struct kvet_cause *) = {
		[KVET_CHECK_BPF] = kvet_doctor_try_bpf,
		[KVET_CHECK_BTF] = kvet_doctor_try_btf,
		[KVET_CHECK_FENTRY] = kvet_doctor_try_fentry,
		[KVET_CHECK_PROBE] = kvet_doctor_try_probe,
		[KVET_CHECK_KPROBE_MULTI] = kvet_doctor_try_kprobe_multi,
		[KVET_CHECK_SYMBOLS] = kvet_doctor_try_symbols,
		[KVET_CHECK_BOOT_TIME] = kvet_doctor_try_boot_time,
		[KVET_CHECK_CLOCKS] = kvet_doctor_try_clocks,
		[KVET_CHECK_TIME_NAMESPACE] = kvet_doctor_try_time_namespace,
	};
	struct kvet_finding found = { 0 };
	int ret = 0;

	kvet_doctor_facts_read(&doctor->host, check, &doctor->facts);
	if (!kvet_doctor_setting_judge(&doctor->facts, check, &found) &&
	    !kvet_doctor_facility_judge(&doctor->facts, check, &found))
		ret = trials[check](doctor, &found, err);
	if (!ret)
		*finding = found;
	return ret;
}
