/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kinds of BTF, each loaded, and functions that BTF makes global. Touches the kernel: bpf(2). */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "feature/trial.h"

static int describe_int(struct btf *btf)
{
	return btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
}

static int describe_func(struct btf *btf)
{
	int number = describe_int(btf);
	int proto = number < 0 ? number : btf__add_func_proto(btf, number);

	return proto < 0 ? proto : btf__add_func(btf, "f", BTF_FUNC_STATIC, proto);
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

/* Each returns the id of what it added, or a negative errno. */
static int (*const describe[])(struct btf *btf) = {
	[KVET_TRIAL_INT] = describe_int,           [KVET_TRIAL_FUNC] = describe_func,
	[KVET_TRIAL_DATASEC] = describe_datasec,   [KVET_TRIAL_FLOAT] = describe_float,
	[KVET_TRIAL_DECL_TAG] = describe_decl_tag, [KVET_TRIAL_TYPE_TAG] = describe_type_tag,
	[KVET_TRIAL_ENUM64] = describe_enum64,
};

static int load_btf(struct kvet_features *features, enum kvet_trial_btf which)
{
	struct btf *btf = btf__new_empty();

	if (btf && describe[which](btf) < 0) {
		btf__free(btf);
		btf = NULL;
	}
	return kvet_loader_btf(&features->loader, btf, NULL);
}

int kvet_trial_ask_btf(struct kvet_features *features, const struct kvet_trial *trial,
		       struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_feature_evidence evidence = { .call = "bpf(BPF_BTF_LOAD)",
						  .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = load_btf(features, trial->btf), plain = -1;

	if (fd == -ENOMEM)
		return kvet_fail_memory(err);
	if (fd < 0) {
		plain = load_btf(features, KVET_TRIAL_INT);
		evidence.errnum = -fd;
		evidence.reference = plain < 0 ? -plain : 0;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

/* --- global functions ------------------------------------------------------------------------- */

/* The program's own function and another one, both "int f(void)". Returns the id of the second,
 * which is one more than that of the first, or a negative errno. */
static int describe_global(struct btf *btf)
{
	int number = describe_int(btf);
	int proto = number < 0 ? number : btf__add_func_proto(btf, number);
	int own = proto < 0 ? proto : btf__add_func(btf, "main", BTF_FUNC_GLOBAL, proto);

	return own < 0 ? own : btf__add_func(btf, "f", BTF_FUNC_GLOBAL, proto);
}

/* Loads a program that calls a global function. Returns a descriptor, or a negative errno; *call
 * names the call that failed. */
static int load_global(struct kvet_features *features, char *log, const char **call)
{
	struct bpf_insn insns[KVET_INSNS_CALL_COUNT];
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_SOCKET_FILTER, .insns = insns };
	struct btf *btf = btf__new_empty();
	int other = btf ? describe_global(btf) : -ENOMEM;
	AUTO_CLOSE int types = -1;

	if (other < 0) {
		btf__free(btf);
		return -ENOMEM;
	}
	*call = "bpf(BPF_BTF_LOAD)";
	types = kvet_loader_btf(&features->loader, btf, NULL);
	if (types < 0)
		return types;
	*call = "bpf(BPF_PROG_LOAD)";
	program.count = kvet_insns_make(KVET_INSNS_CALL, insns);
	program.btf_fd = (uint32_t)types;
	program.func = (uint32_t)other - 1;
	program.other_func = (uint32_t)other;
	program.other_at = KVET_INSNS_CALL_AT;
	return kvet_loader_program(&features->loader, &program, log, KVET_TRIAL_LOG);
}

/* The verifier reads a global function by itself, and a kernel that knows none refuses its BTF or
 * the program. */
int kvet_trial_ask_global(struct kvet_features *features,
			  const struct kvet_trial *trial __attribute__((unused)),
			  struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	AUTO_FREE char *log = calloc(1, KVET_TRIAL_LOG);
	struct kvet_feature_evidence evidence = { .named = KVET_UNDETERMINED };
	AUTO_CLOSE int fd = -1;

	if (!log)
		return kvet_fail_memory(err);
	fd = load_global(features, log, &evidence.call);
	if (fd == -ENOMEM)
		return kvet_fail_memory(err);
	if (fd < 0) {
		log[KVET_TRIAL_LOG - 1] = '\0';
		evidence.errnum = -fd;
		evidence.log = log;
		evidence.reference = kvet_trial_reference(features);
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}
