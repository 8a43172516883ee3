/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Features of the verifier, of bpf(2) and of BTF, each tried. Touches the kernel: bpf(2). */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf/info_read.h"
#include "bpf/late.h"
#include "bpf/verifier_log.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "feature/trial.h"

/* --- commands of bpf(2) ----------------------------------------------------------------------- */

static int ask_token(struct kvet_features *features, const struct kvet_trial *trial,
		     struct kvet_feature_answer *answer,
		     struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_TOKEN_CREATE)",
						  .named = KVET_UNDETERMINED,
						  .meaning_supported = EBADF };
	/* flags, descriptor of a BPF file system */
	const uint32_t attr[2] = { 0, UINT32_MAX };
	AUTO_CLOSE int fd =
		kvet_loader_call(&features->loader, KVET_BPF_TOKEN_CREATE, attr, sizeof(attr));

	(void)trial;
	evidence.errnum = fd < 0 ? -fd : 0;
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

static int ask_batch(struct kvet_features *features, const struct kvet_trial *trial,
		     struct kvet_feature_answer *answer,
		     struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_MAP_LOOKUP_BATCH)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int map = kvet_feature_map_create(features, "hash");
	union bpf_attr attr;
	int ret;

	(void)trial;
	if (map < 0) {
		evidence.call = "bpf(BPF_MAP_CREATE)";
		evidence.errnum = evidence.reference = -map;
	} else {
		/* Of no element at all. */
		memset(&attr, 0, sizeof(attr));
		attr.batch.map_fd = (uint32_t)map;
		ret = kvet_loader_call(&features->loader, BPF_MAP_LOOKUP_BATCH, &attr,
				       sizeof(attr.batch));
		evidence.errnum = ret < 0 ? -ret : 0;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

/* --- what is said of a program that runs ------------------------------------------------------ */

static int ask_jit(struct kvet_features *features, const struct kvet_trial *trial,
		   struct kvet_feature_answer *answer,
		   struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_PROG_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd =
		kvet_trial_load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, KVET_INSNS_EMPTY, NULL);
	uint32_t translated, compiled;

	(void)trial;
	evidence.errnum = evidence.reference = fd < 0 ? -fd : 0;
	kvet_features_judge(features, &evidence, answer);
	if (fd < 0)
		return 0;
	/* Without the right to see kernel addresses, both are 0. */
	if (!kvet_bpf_program_lengths(fd, &translated, &compiled) || !translated) {
		answer->verdict = KVET_UNDETERMINED;
		answer->reason = "not shown to this process";
		kvet_cause_fill(&answer->cause, 0, "bpf(BPF_OBJ_GET_INFO_BY_FD)",
				"the kernel does not tell this process the lengths of a program");
	} else if (!compiled) {
		answer->verdict = KVET_NO;
		answer->reason = "interpreted";
		kvet_cause_fill(&answer->cause, 0, "bpf(BPF_OBJ_GET_INFO_BY_FD)",
				"a program that was loaded has no compiled code");
		kvet_cause_remedy(&answer->cause, "sysctl net.core.bpf_jit_enable=1");
	}
	return 0;
}

/* --- what <kvet/probe.h> answers -------------------------------------------------------------- */

static int ask_probe(struct kvet_features *features, const struct kvet_trial *trial,
		     struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_probe_question question = trial->question;
	struct kvet_probe_answer found;
	int ret;

	if (trial->variant)
		question.variant =
			kvet_probe_variant_by_name(features->probe, question.type, trial->variant);
	ret = kvet_probe_ask(features->probe, &question, &found, err);
	if (ret)
		return ret;
	answer->verdict = found.verdict;
	answer->reason = kvet_probe_reason_text(found.reason);
	answer->errnum = found.attempt.errnum;
	answer->cause = found.cause;
	memcpy(answer->log, found.attempt.log, sizeof(answer->log) - 1);
	return 0;
}

static int ask_kernel_btf(struct kvet_features *features, const struct kvet_trial *trial,
			  struct kvet_feature_answer *answer,
			  struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_cause cause = { 0 };

	(void)trial;
	answer->reason = "read";
	answer->verdict = KVET_YES;
	if (kvet_probe_kernel_names(features->probe, BPF_FUNC_ktime_get_ns, &cause) !=
	    KVET_UNDETERMINED)
		return 0;
	answer->verdict = cause.errnum == ENOENT ? KVET_NO : KVET_UNDETERMINED;
	answer->reason = "not readable";
	answer->errnum = cause.errnum;
	answer->cause = cause;
	return 0;
}

/* --- the list --------------------------------------------------------------------------------- */

static const struct kvet_trial trials[] = {
	{ .name = "large_programs", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_LARGE },
	{ .name = "bounded_loops", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_LOOP },
	{ .name = "function_calls", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_CALL },
	{ .name = "isa_v2", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_V2 },
	{ .name = "isa_v3", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_V3 },
	{ .name = "isa_v4", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_V4 },
	{ .name = "atomics", .ask = kvet_trial_ask_program, .insns = KVET_INSNS_ATOMIC },
	{ .name = "btf_func", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_FUNC },
	{ .name = "global_functions", .ask = kvet_trial_ask_global },
	{ .name = "btf_datasec", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_DATASEC },
	{ .name = "btf_float", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_FLOAT },
	{ .name = "btf_decl_tag", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_DECL_TAG },
	{ .name = "btf_type_tag", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_TYPE_TAG },
	{ .name = "btf_enum64", .ask = kvet_trial_ask_btf, .btf = KVET_TRIAL_ENUM64 },
	{ .name = "kernel_btf", .ask = ask_kernel_btf },
	{ .name = "jit", .ask = ask_jit },
	{ .name = "batch_operations", .ask = ask_batch },
	{ .name = "token", .ask = ask_token },
	{ .name = "ring_buffer",
	  .ask = ask_probe,
	  .question = { BPF_FUNC_ringbuf_output, BPF_PROG_TYPE_KPROBE, 0, false } },
	{ .name = "cookies",
	  .ask = ask_probe,
	  .question = { BPF_FUNC_get_attach_cookie, BPF_PROG_TYPE_KPROBE, 0, false } },
	{ .name = "sleepable",
	  .ask = ask_probe,
	  .question = { BPF_FUNC_copy_from_user, BPF_PROG_TYPE_TRACING, 0, true } },
	{ .name = "fentry",
	  .ask = ask_probe,
	  .variant = "fentry",
	  .question = { BPF_FUNC_ktime_get_ns, BPF_PROG_TYPE_TRACING, 0, false } },
	{ .name = "iterators",
	  .ask = ask_probe,
	  .variant = "iter",
	  .question = { BPF_FUNC_seq_write, BPF_PROG_TYPE_TRACING, 0, false } },
	{ .name = "link_cgroup",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_CGROUP_SKB,
	  .attach = BPF_CGROUP_INET_EGRESS,
	  .means = EBADF },
	{ .name = "link_netns",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_SK_LOOKUP,
	  .attach = BPF_SK_LOOKUP,
	  .means = EBADF },
	{ .name = "link_perf_event",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_TRACEPOINT,
	  .attach = ATTACH_PERF_EVENT,
	  .means = EBADF },
	{ .name = "link_tcx",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_SCHED_CLS,
	  .attach = ATTACH_TCX_INGRESS,
	  .means = ENODEV },
	{ .name = "link_kprobe_multi",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_KPROBE,
	  .attach = ATTACH_KPROBE_MULTI,
	  .means = EFAULT },
	{ .name = "link_kprobe_session",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_KPROBE,
	  .attach = ATTACH_KPROBE_SESSION,
	  .means = EFAULT },
	{ .name = "link_uprobe_multi",
	  .ask = kvet_trial_ask_link,
	  .type = BPF_PROG_TYPE_KPROBE,
	  .attach = ATTACH_UPROBE_MULTI,
	  .means = EBADF },
};

size_t kvet_feature_trial_count(void)
{
	return sizeof(trials) / sizeof(*trials);
}

const char *kvet_feature_trial_name(size_t index)
{
	return trials[index].name;
}

int kvet_feature_trial_ask(struct kvet_features *features, size_t index,
			   struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	return trials[index].ask(features, &trials[index], answer, err);
}
