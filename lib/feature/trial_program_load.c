/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that use one thing each. Touches the kernel: bpf(2). */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "feature/trial.h"

int kvet_trial_load(struct kvet_features *features, enum bpf_prog_type type, int attach,
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
	fd = kvet_loader_program(&features->loader, &program, log, KVET_TRIAL_LOG);
	free(insns);
	return fd;
}

int kvet_trial_reference(struct kvet_features *features)
{
	if (features->program_reference < 0) {
		AUTO_CLOSE int fd = kvet_trial_load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0,
						    KVET_INSNS_EMPTY, NULL);

		features->program_reference = fd < 0 ? -fd : 0;
	}
	return features->program_reference;
}

int kvet_trial_ask_program(struct kvet_features *features, const struct kvet_trial *trial,
			   struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	AUTO_FREE char *log = calloc(1, KVET_TRIAL_LOG);
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_PROG_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = -1;

	if (!log)
		return kvet_fail_memory(err);
	fd = kvet_trial_load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, trial->insns, NULL);
	if (fd < 0)
		fd = kvet_trial_load(features, BPF_PROG_TYPE_SOCKET_FILTER, 0, trial->insns, log);
	log[KVET_TRIAL_LOG - 1] = '\0';
	evidence.errnum = fd < 0 ? -fd : 0;
	evidence.log = fd < 0 ? log : NULL;
	if (fd < 0)
		evidence.reference = kvet_trial_reference(features);
	kvet_features_judge(features, &evidence, answer);
	return 0;
}
