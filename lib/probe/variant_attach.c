/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether programs of a variant can be attached, found out once. Touches the kernel. */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "host/securityfs_read.h"
#include "probe/context.h"
#include "probe/link_attach.h"
#include "probe/variant.h"

/* One of the kernel's test functions, which nothing else calls. */
#define TRAMPOLINE_TARGET "bpf_fentry_test1"

/* Programs that are called through a trampoline can be attached if any one of them can. This tries
 * a function that nothing depends on. */
static void try_trampoline(struct kvet_probe *probe, struct kvet_probe_attach *attach)
{
	struct kvet_program_spec spec = { .type = BPF_PROG_TYPE_TRACING,
					  .attach = BPF_TRACE_FENTRY };

	spec.btf_id = kvet_probe_function(probe, TRAMPOLINE_TARGET);
	if (!spec.btf_id) {
		kvet_cause_fill(&attach->cause, 0, "BTF",
				"the kernel function %s, which kvet attaches to, is missing",
				TRAMPOLINE_TARGET);
		return;
	}
	attach->verdict = kvet_link_attach(&probe->loader, &spec, &attach->cause);
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strcspn(list, ",") == len && !strncmp(list, word, len))
			return true;
	return false;
}

/* Where BPF is not an active security module, its hooks are never called. */
static void check_modules(struct kvet_probe *probe, struct kvet_probe_attach *attach)
{
	struct kvet_cause err;
	char list[512];

	if (attach->verdict != KVET_YES)
		return;
	if (kvet_securityfs_read(&probe->host, "lsm", list, sizeof(list), &err)) {
		attach->verdict = KVET_UNDETERMINED;
		attach->cause = err;
	} else if (!has_word(list, "bpf")) {
		attach->verdict = KVET_NO;
		kvet_cause_fill(&attach->cause, 0, "/sys/kernel/security/lsm",
				"bpf is not among the active security modules (%s): a program "
				"attached to a hook is never called",
				list);
		kvet_cause_remedy(&attach->cause, "boot with lsm=%s,bpf", list);
	}
}

/* Attaches the program that the questions use. */
static int try_itself(struct kvet_probe *probe, const struct kvet_probe_question *question,
		      struct kvet_probe_attach *attach, struct kvet_cause *err)
{
	struct kvet_known *known;
	int ret = kvet_probe_known(probe, question, &known, err);

	if (!ret && !known->refusal)
		attach->verdict =
			kvet_link_attach(&probe->loader, &known->calibration->spec, &attach->cause);
	return ret;
}

static int find_out(struct kvet_probe *probe, const struct kvet_probe_question *question,
		    const struct kvet_variant *variant, struct kvet_probe_attach *attach,
		    struct kvet_cause *err)
{
	attach->verdict = KVET_UNDETERMINED;
	if (variant->target != KVET_TARGET_FUNCTION || variant->attach == BPF_TRACE_ITER)
		return try_itself(probe, question, attach, err);
	try_trampoline(probe, attach);
	if (question->type == BPF_PROG_TYPE_LSM)
		check_modules(probe, attach);
	return 0;
}

/* Programs of these types name their target when they are loaded. To attach others requires more (a
 * device, a socket, a cgroup), none of which a kernel can lack. */
static bool is_asked(int type)
{
	return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM ||
	       type == BPF_PROG_TYPE_EXT;
}

static bool is_of(const struct kvet_attachment *made, const struct kvet_probe_question *question)
{
	return made->type == question->type && made->variant == question->variant &&
	       made->sleepable == question->sleepable;
}

int kvet_probe_attachable(struct kvet_probe *probe, const struct kvet_probe_question *question,
			  struct kvet_probe_attach *attach, struct kvet_cause *err)
{
	struct kvet_attachment *made;
	const struct kvet_variant *variants;
	size_t count;
	int ret = 0;

	memset(attach, 0, sizeof(*attach));
	attach->verdict = KVET_UNDETERMINED;
	variants = kvet_variants(question->type, &count);
	if (!is_asked(question->type) || question->variant < 1 || (size_t)question->variant > count)
		return 0;
	pthread_mutex_lock(&probe->attach_lock);
	for (made = probe->attachments; made && !is_of(made, question); made = made->next)
		;
	if (!made) {
		made = calloc(1, sizeof(*made));
		ret = made ? find_out(probe, question, &variants[question->variant - 1],
				      &made->attach, err)
			   : kvet_fail_memory(err);
		if (ret) {
			free(made);
			made = NULL;
		} else {
			made->type = question->type;
			made->variant = question->variant;
			made->sleepable = question->sleepable;
			made->next = probe->attachments;
			probe->attachments = made;
		}
	}
	if (made)
		*attach = made->attach;
	pthread_mutex_unlock(&probe->attach_lock);
	return ret;
}

void kvet_probe_attachments_free(struct kvet_probe *probe)
{
	while (probe->attachments) {
		struct kvet_attachment *next = probe->attachments->next;

		free(probe->attachments);
		probe->attachments = next;
	}
}
