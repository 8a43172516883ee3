/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks that ask the kernel for a probe, and take it away again. */
#include <stddef.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "doctor/setting.h"
#include "doctor/trial.h"

#include <kvet/kprobe.h>

/* The site of the first of these functions that has exactly one. */
static int find_site(const struct kvet_ksyms *table, struct kvet_kprobe_sites *sites,
		     struct kvet_cause *err)
{
	int ret = 0;

	for (size_t i = 0; kvet_doctor_functions[i] && !ret; i++) {
		struct kvet_kprobe_spec spec;

		ret = kvet_kprobe_spec_parse(kvet_doctor_functions[i], &spec, err);
		if (!ret)
			ret = kvet_kprobe_resolve(table, &spec, sites, err);
		if (ret || (sites->verdict == KVET_YES && sites->count == 1))
			break;
		if (kvet_doctor_functions[i + 1])
			kvet_kprobe_sites_deinit(sites);
	}
	return ret;
}

static void judge_site(struct kvet_doctor *doctor, const struct kvet_kprobe_site *site,
		       struct kvet_finding *finding)
{
	const struct kvet_kprobe_wish wish = { .sites = 1 };
	struct kvet_kprobe_ways *ways =
		kvet_kprobe_ways_open(&doctor->host, &doctor->facts.kprobes, &wish);
	enum kvet_kprobe_backend backend = KVET_KPROBE_AUTO;
	struct kvet_cause cause = { 0 };
	enum kvet_verdict verdict =
		ways ? kvet_kprobe_judge(ways, site, KVET_KPROBE_ASK_ALWAYS, &backend, &cause)
		     : KVET_UNDETERMINED;

	kvet_kprobe_ways_close(ways);
	if (verdict == KVET_YES)
		kvet_doctor_find(finding, KVET_YES, "the kernel accepts a kprobe on %s (%s)",
				 site->symbol, kvet_kprobe_backend_name(backend));
	else
		kvet_doctor_find_cause(finding, verdict, &cause);
}

int kvet_doctor_try_probe(struct kvet_doctor *doctor, struct kvet_finding *finding,
			  struct kvet_cause *err)
{
	const struct kvet_ksyms *table;
	struct kvet_kprobe_sites sites = { 0 };
	struct kvet_cause cause = { 0 };
	int ret;

	if (kvet_kprobe_usable(&doctor->facts.kprobes, &cause) == KVET_NO) {
		kvet_doctor_find_cause(finding, KVET_NO, &cause);
		return 0;
	}
	table = kvet_doctor_symbols(doctor);
	if (!table) {
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &doctor->symbols_cause);
		return 0;
	}
	ret = find_site(table, &sites, err);
	if (ret)
		return ret;
	if (sites.verdict == KVET_YES && sites.count)
		judge_site(doctor, &sites.items[0], finding);
	else
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &sites.cause);
	kvet_kprobe_sites_deinit(&sites);
	return 0;
}

int kvet_doctor_try_kprobe_multi(struct kvet_doctor *doctor, struct kvet_finding *finding,
				 struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_cause cause = { 0 };
	AUTO_CLOSE int idle = -1;
	enum kvet_verdict verdict = kvet_kprobe_multi_check(&doctor->host, &idle, &cause);

	if (verdict == KVET_YES)
		kvet_doctor_find(finding, KVET_YES, "the kernel has kprobe_multi links");
	else
		kvet_doctor_find_cause(finding, verdict, &cause);
	return 0;
}
