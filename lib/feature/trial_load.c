/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Features of the verifier, of bpf(2) and of BTF, each tried. Touches the kernel: bpf(2). */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/info_read.h"
#include "bpf/late.h"
#include "bpf/verifier_log.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "feature/features.h"
#include "feature/insns.h"

#define LOG_SIZE (1 << 16)

/* enum bpf_attach_type of newer headers */
#define ATTACH_PERF_EVENT   41 /* 5.15 */
#define ATTACH_KPROBE_MULTI 42 /* 5.18 */
#define ATTACH_TCX_INGRESS  46 /* 6.6 */
#define ATTACH_UPROBE_MULTI 48 /* 6.6 */

struct trial {
	const char *name;
	int (*ask)(struct kvet_features *features, const struct trial *trial,
		   struct kvet_feature_answer *answer, struct kvet_cause *err);
	enum kvet_insns insns;               /* of a program */
	int (*describe)(struct btf *btf);    /* of a kind of BTF; returns a negative errno */
	struct kvet_probe_question question; /* of one that <kvet/probe.h> answers */
	const char *variant;                 /* for that */
	enum bpf_prog_type type;             /* of a link's program */
	int attach;                          /* of a link */
	int means;                           /* the errno of a kernel that has it */
};

/* --- programs -----------------------------------------------------------------------------------
 */

static int load(struct kvet_features *features, enum bpf_prog_type type, int attach,
		enum kvet_insns which, char *log)
{
	struct bpf_insn *insns = malloc(KVET_INSNS_MOST * sizeof(*insns));
	struct kvet_bpf_program program = { .type = type,
					    .attach = (enum bpf_attach_type)attach,
					    .insns = insns };
	int fd;

	if (!insns)
		return -ENOMEM;
	program.count = kvet_insns_make(which, insns);
	fd = kvet_loader_program(&features->loader, &program, log, LOG_SIZE);
	free(insns);
	return fd;
}

static int program_reference(struct kvet_features *features)
{
	if (features->program_reference < 0) {
		AUTO_CLOSE int fd =
			load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, KVET_INSNS_EMPTY, NULL);

		features->program_reference = fd < 0 ? -fd : 0;
	}
	return features->program_reference;
}

static int ask_program(struct kvet_features *features, const struct trial *trial,
		       struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	AUTO_FREE char *log = calloc(1, LOG_SIZE);
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_PROG_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = -1;

	if (!log)
		return kvet_fail_memory(err);
	fd = load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, trial->insns, NULL);
	if (fd < 0)
		fd = load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, trial->insns, log);
	log[LOG_SIZE - 1] = '\0';
	evidence.errnum = fd < 0 ? -fd : 0;
	evidence.log = fd < 0 ? log : NULL;
	if (fd < 0)
		evidence.reference = program_reference(features);
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

/* --- BTF
 * ------------------------------------------------------------------------------------------ */

static int describe_int(struct btf *btf)
{
	return btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
}

static int describe_func_of(struct btf *btf, enum btf_func_linkage linkage)
{
	int number = describe_int(btf);
	int proto = number < 0 ? number : btf__add_func_proto(btf, number);

	return proto < 0 ? proto : btf__add_func(btf, "f", linkage, proto);
}

static int describe_func(struct btf *btf)
{
	return describe_func_of(btf, BTF_FUNC_STATIC);
}

static int describe_global(struct btf *btf)
{
	return describe_func_of(btf, BTF_FUNC_GLOBAL);
}

static int describe_datasec(struct btf *btf)
{
	int number = describe_int(btf);
	int var = number < 0 ? number : btf__add_var(btf, "x", BTF_VAR_STATIC, number);
	int section = var < 0 ? var : btf__add_datasec(btf, ".data", 4);

	return section < 0 ? section : btf__add_datasec_var_info(btf, var, 0, 4);
}

static int describe_float(struct btf *btf)
{
	return btf__add_float(btf, "float", 4);
}

static int describe_decl_tag(struct btf *btf)
{
	int number = describe_int(btf);
	int var = number < 0 ? number : btf__add_var(btf, "x", BTF_VAR_STATIC, number);

	return var < 0 ? var : btf__add_decl_tag(btf, "tag", var, -1);
}

static int describe_type_tag(struct btf *btf)
{
	int number = describe_int(btf);
	int tag = number < 0 ? number : btf__add_type_tag(btf, "tag", number);

	return tag < 0 ? tag : btf__add_ptr(btf, tag);
}

static int describe_enum64(struct btf *btf)
{
	int id = btf__add_enum64(btf, "e", 8, false);

	return id < 0 ? id : btf__add_enum64_value(btf, "VALUE", 1ULL << 40);
}

static int load_btf(struct kvet_features *features, int (*describe)(struct btf *))
{
	struct btf *btf = btf__new_empty();

	if (btf && describe(btf) < 0) {
		btf__free(btf);
		btf = NULL;
	}
	return kvet_loader_btf(&features->loader, btf, NULL);
}

static int ask_btf(struct kvet_features *features, const struct trial *trial,
		   struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_BTF_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = load_btf(features, trial->describe), plain = -1;

	if (fd == -ENOMEM)
		return kvet_fail_memory(err);
	if (fd < 0) {
		plain = load_btf(features, describe_int);
		evidence.errnum = -fd;
		evidence.reference = plain < 0 ? -plain : 0;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

/* --- commands of bpf(2)
 * --------------------------------------------------------------------------- */

/* struct bpf_attr of BPF_LINK_CREATE; headers may lack the links to many functions. */
union link_attr {
	union bpf_attr plain;
	struct {
		uint32_t program, target, attach, flags;
		uint64_t first, second, third; /* pointers, by the kind of link */
		uint64_t rest[4];
	} multi;
};

/* A link to nothing. One to many functions names a list that cannot be read, or a path that is no
 * regular file. */
static size_t describe_link(const struct trial *trial, int program, union link_attr *attr)
{
	static const uint64_t offset = 0;

	memset(attr, 0, sizeof(*attr));
	attr->multi.program = (uint32_t)program;
	attr->multi.attach = (uint32_t)trial->attach;
	if (trial->attach == ATTACH_KPROBE_MULTI) {
		/* kprobe_multi: u32 flags, u32 count, u64 symbols, u64 addresses */
		attr->multi.first = 1ULL << 32;
		attr->multi.third = UINT64_MAX;
		return sizeof(attr->multi);
	}
	if (trial->attach == ATTACH_UPROBE_MULTI) {
		/* uprobe_multi: u64 path, u64 offsets, u64 ref_ctr_offsets, u64 cookies, u32 count
		 */
		attr->multi.first = (uintptr_t) "/";
		attr->multi.second = (uintptr_t)&offset;
		attr->multi.rest[1] = 1;
		return sizeof(attr->multi);
	}
	/* tcx names a device by its number, and none has the number 0. */
	attr->multi.target = trial->attach == ATTACH_TCX_INGRESS ? 0 : UINT32_MAX;
	return sizeof(attr->plain.link_create);
}

/* A kernel that has such links complains about the target, another one does not know the attach
 * type (EINVAL). */
static int ask_link(struct kvet_features *features, const struct trial *trial,
		    struct kvet_feature_answer *answer,
		    struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .named = KVET_UNDETERMINED,
						  .meaning_supported = trial->means };
	AUTO_CLOSE int program = load(features, trial->type, trial->attach, KVET_INSNS_EMPTY, NULL);
	AUTO_CLOSE int link = -1;
	union link_attr attr;

	if (program < 0) {
		evidence.call = "bpf(BPF_PROG_LOAD)";
		evidence.errnum = -program;
		evidence.reference = program_reference(features);
	} else {
		size_t size = describe_link(trial, program, &attr);

		link = kvet_loader_call(&features->loader, BPF_LINK_CREATE, &attr, size);
		evidence.call = "bpf(BPF_LINK_CREATE)";
		evidence.errnum = link < 0 ? -link : 0;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

static int ask_token(struct kvet_features *features, const struct trial *trial,
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

static int ask_batch(struct kvet_features *features, const struct trial *trial,
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

/* --- what is said of a program that runs
 * ----------------------------------------------------------- */

static int ask_jit(struct kvet_features *features, const struct trial *trial,
		   struct kvet_feature_answer *answer,
		   struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_PROG_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, KVET_INSNS_EMPTY, NULL);
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

/* --- what <kvet/probe.h> answers
 * ------------------------------------------------------------------- */

static int variant_named(struct kvet_probe *probe, int type, const char *name)
{
	int count = kvet_probe_variants(probe, type);

	for (int i = 1; name && i <= count; i++) {
		const char *known = kvet_probe_variant_name(probe, type, i);

		if (known && !strcmp(known, name))
			return i;
	}
	return 0;
}

static int ask_probe(struct kvet_features *features, const struct trial *trial,
		     struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_probe_question question = trial->question;
	struct kvet_probe_answer found;
	int ret;

	question.variant = variant_named(features->probe, question.type, trial->variant);
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

static int ask_kernel_btf(struct kvet_features *features, const struct trial *trial,
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

/* --- the list
 * -------------------------------------------------------------------------------------- */

static const struct trial trials[] = {
	{ .name = "large_programs", .ask = ask_program, .insns = KVET_INSNS_LARGE },
	{ .name = "bounded_loops", .ask = ask_program, .insns = KVET_INSNS_LOOP },
	{ .name = "function_calls", .ask = ask_program, .insns = KVET_INSNS_CALL },
	{ .name = "isa_v2", .ask = ask_program, .insns = KVET_INSNS_V2 },
	{ .name = "isa_v3", .ask = ask_program, .insns = KVET_INSNS_V3 },
	{ .name = "isa_v4", .ask = ask_program, .insns = KVET_INSNS_V4 },
	{ .name = "atomics", .ask = ask_program, .insns = KVET_INSNS_ATOMIC },
	{ .name = "btf_func", .ask = ask_btf, .describe = describe_func },
	{ .name = "global_functions", .ask = ask_btf, .describe = describe_global },
	{ .name = "btf_datasec", .ask = ask_btf, .describe = describe_datasec },
	{ .name = "btf_float", .ask = ask_btf, .describe = describe_float },
	{ .name = "btf_decl_tag", .ask = ask_btf, .describe = describe_decl_tag },
	{ .name = "btf_type_tag", .ask = ask_btf, .describe = describe_type_tag },
	{ .name = "btf_enum64", .ask = ask_btf, .describe = describe_enum64 },
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
	  .ask = ask_link,
	  .type = BPF_PROG_TYPE_CGROUP_SKB,
	  .attach = BPF_CGROUP_INET_EGRESS,
	  .means = EBADF },
	{ .name = "link_netns",
	  .ask = ask_link,
	  .type = BPF_PROG_TYPE_SK_LOOKUP,
	  .attach = BPF_SK_LOOKUP,
	  .means = EBADF },
	{ .name = "link_perf_event",
	  .ask = ask_link,
	  .type = BPF_PROG_TYPE_TRACEPOINT,
	  .attach = ATTACH_PERF_EVENT,
	  .means = EBADF },
	{ .name = "link_tcx",
	  .ask = ask_link,
	  .type = BPF_PROG_TYPE_SCHED_CLS,
	  .attach = ATTACH_TCX_INGRESS,
	  .means = ENODEV },
	{ .name = "link_kprobe_multi",
	  .ask = ask_link,
	  .type = BPF_PROG_TYPE_KPROBE,
	  .attach = ATTACH_KPROBE_MULTI,
	  .means = EFAULT },
	{ .name = "link_uprobe_multi",
	  .ask = ask_link,
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
