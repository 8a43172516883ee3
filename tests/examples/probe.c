/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that links libkvet: whether kprobe programs may call a helper here. It ends with 0 for
 * yes, 1 for no and 3 for undetermined. It is C and C++ alike.
 *
 * cc probe.c $(pkg-config --cflags --libs kvet) && ./a.out bpf_ktime_get_boot_ns
 */
#include <stdio.h>

#include <kvet/probe.h>

int main(int argc, char **argv)
{
	struct kvet_probe_question question = {};
	struct kvet_probe_answer answer;
	struct kvet_probe *probe;
	struct kvet_host host = {};
	struct kvet_cause err;
	char text[2048];

	question.helper = kvet_probe_helper_by_name(argc > 1 ? argv[1] : "");
	question.type = kvet_probe_type_by_name("kprobe");
	if (question.helper < 0) {
		fprintf(stderr, "usage: probe HELPER\n");
		return 2;
	}
	if (kvet_probe_new(&probe, &host, &err))
		return 2;
	if (kvet_probe_ask(probe, &question, &answer, &err)) {
		kvet_probe_free(probe);
		return 2;
	}
	printf("%s: %s (%s)\n", kvet_probe_helper_name(question.helper),
	       kvet_verdict_name(answer.verdict), kvet_probe_reason_text(answer.reason));
	if (answer.verdict != KVET_YES)
		printf("%s\n", kvet_cause_text(&answer.cause, text, sizeof(text)));
	kvet_probe_free(probe);
	return answer.verdict == KVET_YES ? 0 : answer.verdict == KVET_NO ? 1 : 3;
}
