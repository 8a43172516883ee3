/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Links, each tried with a target that does not exist. Touches the kernel: bpf(2). */
#include <string.h>
#include <unistd.h>

#include "bpf/needs.h"
#include "core/cleanup.h"
#include "feature/trial.h"

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
static size_t describe_link(const struct kvet_trial *trial, int program, union link_attr *attr)
{
	static const uint64_t offset = 0;

	memset(attr, 0, sizeof(*attr));
	attr->multi.program = (uint32_t)program;
	attr->multi.attach = (uint32_t)trial->attach;
	if (trial->attach == ATTACH_KPROBE_MULTI || trial->attach == ATTACH_KPROBE_SESSION) {
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
int kvet_trial_ask_link(struct kvet_features *features, const struct kvet_trial *trial,
			struct kvet_feature_answer *answer,
			struct kvet_cause *err __attribute__((unused)))
{
	struct kvet_feature_evidence evidence = { .named = KVET_UNDETERMINED,
						  .needed = kvet_bpf_program_needs(trial->type),
						  .meaning_supported = trial->means };
	AUTO_CLOSE int program =
		kvet_trial_load(features, trial->type, trial->attach, KVET_INSNS_EMPTY, NULL);
	AUTO_CLOSE int link = -1;
	union link_attr attr;

	if (program < 0) {
		evidence.call = "bpf(BPF_PROG_LOAD)";
		evidence.errnum = -program;
		evidence.reference = kvet_trial_reference(features);
	} else {
		size_t size = describe_link(trial, program, &attr);

		link = kvet_loader_call(&features->loader, BPF_LINK_CREATE, &attr, size);
		evidence.call = "bpf(BPF_LINK_CREATE)";
		evidence.errnum = link < 0 ? -link : 0;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}
