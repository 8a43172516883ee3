/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks that read symbols and clocks. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/clock.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "doctor/setting.h"
#include "doctor/trial.h"

/* Enough that an interval of BOOTTIME - MONOTONIC is narrow, within some ms. */
#define SAMPLES   500
#define BUDGET_NS 20000000

#define QUERIES_MOST 4

/* Functions that every kernel has, whose arguments do not matter: no program runs. */
const char *const kvet_doctor_functions[] = { "vfs_read", "vfs_write", "vfs_open", NULL };

const struct kvet_ksyms *kvet_doctor_symbols(struct kvet_doctor *doctor)
{
	struct kvet_ksyms_query queries[QUERIES_MOST];
	struct kvet_ksyms_options options = { .queries = queries };
	int ret = 0;

	if (doctor->symbols_asked)
		return doctor->symbols;
	doctor->symbols_asked = true;
	for (size_t i = 0; kvet_doctor_functions[i] && i < QUERIES_MOST && !ret; i++) {
		ret = kvet_ksyms_query_parse(&queries[i], kvet_doctor_functions[i], false,
					     &doctor->symbols_cause);
		options.query_count += !ret;
	}
	if (!ret)
		kvet_ksyms_open(&doctor->symbols, &doctor->host, &options, &doctor->symbols_cause);
	for (size_t i = 0; i < options.query_count; i++)
		kvet_ksyms_query_deinit(&queries[i]);
	return doctor->symbols;
}

int kvet_doctor_try_symbols(struct kvet_doctor *doctor, struct kvet_finding *finding,
			    struct kvet_cause *err __attribute__((unused)))
{
	const struct kvet_ksyms *table = kvet_doctor_symbols(doctor);
	struct kvet_cause cause;

	if (!table) {
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &doctor->symbols_cause);
	} else if (!kvet_ksyms_count(table)) {
		kvet_doctor_find(finding, KVET_NO, "/proc/kallsyms does not have %s",
				 kvet_doctor_functions[0]);
	} else if (kvet_ksyms_hidden(table)) {
		kvet_ksyms_hidden_cause(&doctor->host, NULL, &cause);
		kvet_doctor_find_cause(finding, KVET_NO, &cause);
	} else {
		kvet_doctor_find(finding, KVET_YES, "names and addresses are visible");
	}
	return 0;
}

/* "user, bpf and kernel" */
static void list_sides(const struct kvet_clock_table *table, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < KVET_CLOCK_NAMESPACE && used < size; i++) {
		enum kvet_clock_side side = (enum kvet_clock_side)i;

		if (kvet_clock_table_side(table, side)->verdict == KVET_YES)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 kvet_clock_side_name(side));
	}
}

static void judge_clocks(const struct kvet_clock_table *table, struct kvet_finding *finding)
{
	struct kvet_clock_conclusion conclusion;
	char sides[64];

	kvet_clock_conclude(table, &conclusion);
	list_sides(table, sides, sizeof(sides));
	if (table->bpf[KVET_CLOCK_BOOTTIME].verdict != KVET_YES)
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED,
				       &table->bpf[KVET_CLOCK_BOOTTIME].cause);
	else if (conclusion.agree == KVET_YES)
		kvet_doctor_find(finding, KVET_YES, "BOOTTIME - MONOTONIC is the same by %s",
				 sides);
	else
		kvet_doctor_find(finding, conclusion.agree,
				 "BOOTTIME - MONOTONIC differs between %s: see kvet clock compare",
				 sides);
}

int kvet_doctor_try_clocks(struct kvet_doctor *doctor, struct kvet_finding *finding,
			   struct kvet_cause *err)
{
	const struct kvet_clock_effort effort = { SAMPLES, BUDGET_NS };
	AUTO_FREE struct kvet_clock_table *table = malloc(sizeof(*table));
	struct kvet_cause cause = { 0 };

	if (!table)
		return kvet_fail_memory(err);
	if (kvet_clock_table_read(&doctor->host, &effort, table, &cause))
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &cause);
	else
		judge_clocks(table, finding);
	return 0;
}

int kvet_doctor_try_time_namespace(struct kvet_doctor *doctor, struct kvet_finding *finding,
				   struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_clock_namespace ns = { 0 };
	struct kvet_cause cause = { 0 };

	if (kvet_clock_namespace_read(&doctor->host, &ns, &cause)) {
		kvet_doctor_find_cause(finding, KVET_UNDETERMINED, &cause);
	} else if (!ns.inside) {
		kvet_doctor_find(finding, KVET_YES, "in the initial time namespace");
	} else if (!ns.known) {
		kvet_doctor_find(finding, KVET_UNDETERMINED,
				 "in a time namespace whose offsets this process cannot read");
	} else if (!ns.monotonic_ns && !ns.boottime_ns) {
		kvet_doctor_find(finding, KVET_YES, "in a time namespace whose offsets are 0");
	} else {
		kvet_doctor_find(finding, KVET_NO,
				 "in a time namespace that adds %" PRId64
				 " ns to MONOTONIC and %" PRId64
				 " ns to BOOTTIME: stamps of BPF are off by that",
				 ns.monotonic_ns, ns.boottime_ns);
	}
	if (finding->verdict != KVET_YES && ns.inside)
		snprintf(finding->remedy, sizeof(finding->remedy), "%s",
			 "nsenter -t 1 -T, or kvet clock convert");
	return 0;
}
