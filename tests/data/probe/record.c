/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records what a kernel's verifier says, in the format of README.md here. For the real
 * kernels of scripts/vm it has to be one static file:
 *
 *   make STATIC=1
 *   cc -static -D_GNU_SOURCE -Ilib -Ilib/include -o record tests/data/probe/record.c \
 *      build/static/libkvet.a -lbpf -lelf -lz -lcap
 *   scripts/vm exec 6.1 --file ./record:/record /record >tests/data/probe/6.1.logs
 *
 * With the argument "matrix" it asks every helper for every type instead, and counts the
 * reasons; words that the classifier does not know are printed in full.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <kvet/probe.h>

#include "probe/helper_load.h"

static const struct {
	const char *type;
	const char *helpers[20];
} questions[] = {
	{ "kprobe",
	  { "map_lookup_elem", "ktime_get_boot_ns", "ktime_get_coarse_ns", "ktime_get_tai_ns",
	    "probe_read_kernel", "trace_printk", "get_current_task_btf", "get_func_ip",
	    "override_return", "copy_from_user", "copy_from_user_task", "ringbuf_reserve",
	    "sys_bpf", "user_ringbuf_drain", "cgrp_storage_get", "9999", NULL } },
	{ "tracepoint", { "ktime_get_boot_ns", "get_func_ip", "get_stackid", NULL } },
	{ "raw_tracepoint", { "ktime_get_boot_ns", "get_func_ip", "d_path", NULL } },
	{ "socket_filter", { "ktime_get_boot_ns", "trace_printk", "skb_load_bytes", NULL } },
	{ "xdp", { "xdp_adjust_head", "get_smp_processor_id", "skb_load_bytes", NULL } },
	{ "cgroup_sockopt", { "set_retval", "get_retval", "sk_storage_get", NULL } },
	{ "cgroup_sock_addr", { "bind", "get_netns_cookie", NULL } },
	{ "sk_lookup", { "sk_assign", "sk_release", NULL } },
	{ "syscall",
	  { "copy_from_user", "sys_bpf", "sk_storage_get", "d_path", "get_func_ip", NULL } },
	{ "netfilter", { "map_lookup_elem", "get_func_ip", NULL } },
	{ "lirc_mode2", { "rc_keydown", NULL } },
	{ "tracing", { "map_lookup_elem", NULL } },
	{ "lsm", { "map_lookup_elem", NULL } },
	{ "struct_ops", { "map_lookup_elem", NULL } },
	{ "ext", { "map_lookup_elem", NULL } },
};

static void print(const char *what, const char *type, const struct kvet_probe_attempt *attempt,
		  const struct kvet_probe_answer *answer)
{
	char text[sizeof(attempt->log)], *rest = text, *line;

	printf("@ %s %s %d", what, type, attempt->errnum);
	if (answer)
		printf(" %s %s", kvet_verdict_name(answer->verdict), answer->reason);
	putchar('\n');
	strcpy(text, attempt->log);
	while ((line = strsep(&rest, "\n")))
		if (*line || rest)
			printf("|%s\n", line);
}

static void record_type(struct kvet_probe *probe, const char *type, const char *const *helpers)
{
	static struct kvet_probe_attempt attempt;
	static struct kvet_probe_answer answer;
	struct kvet_probe_question question = { .type = kvet_probe_type_by_name(type) };
	int refused;

	kvet_probe_load_null(question.type, &attempt);
	refused = attempt.errnum;
	print("null", type, &attempt, NULL);
	if (refused) {
		kvet_probe_load_null(KVET_PROBE_IMPOSSIBLE, &attempt);
		print("absent", type, &attempt, NULL);
		kvet_probe_load_null(kvet_probe_type_by_name("socket_filter"), &attempt);
		print("reference", type, &attempt, NULL);
	} else {
		kvet_probe_load_helper(question.type, KVET_PROBE_IMPOSSIBLE, &attempt);
		print("bogus", type, &attempt, NULL);
	}
	for (; *helpers; helpers++) {
		question.helper = kvet_probe_helper_by_name(*helpers);
		if (question.helper < 0)
			question.helper = 9999;
		kvet_probe_load_helper(question.type, question.helper, &attempt);
		if (!kvet_probe_ask(probe, &question, &answer, NULL))
			print(*helpers, type, &attempt, &answer);
	}
}

static void ask_all(struct kvet_probe *probe)
{
	static struct kvet_probe_answer answer;

	for (int type = 1; kvet_probe_type_name(type); type++)
		for (int helper = 1; kvet_probe_helper_name(helper); helper++) {
			struct kvet_probe_question question = { .helper = helper, .type = type };

			if (kvet_probe_ask(probe, &question, &answer, NULL))
				continue;
			printf("%s: %s, errno %d\n", kvet_verdict_name(answer.verdict),
			       answer.reason, answer.attempt.errnum);
			if (strstr(answer.reason, "not known") || strstr(answer.reason, "cut off"))
				print(kvet_probe_helper_name(helper), kvet_probe_type_name(type),
				      &answer.attempt, &answer);
		}
}

int main(int argc, char **argv)
{
	struct kvet_probe *probe;
	struct kvet_host host = { 0 };
	struct utsname uts;

	if (kvet_probe_new(&probe, &host, NULL))
		return 1;
	if (argc > 1 && !strcmp(argv[1], "matrix")) {
		ask_all(probe);
	} else {
		uname(&uts);
		printf("# Linux %s %s, as root; recorded by record.c, format in README.md\n",
		       uts.release, uts.machine);
		for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
			record_type(probe, questions[i].type, questions[i].helpers);
	}
	kvet_probe_free(probe);
	return 0;
}
