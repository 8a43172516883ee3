/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks who may call a kfunc: loads programs that call it. Touches the kernel: bpf(2). */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kfunc/call.h"
#include "kfunc/judge.h"
#include "kfunc/kfuncs.h"
#include "probe/context.h"
#include "probe/facts_read.h"
#include "probe/judge.h"
#include "probe/variant.h"

/* --- the BTF of a module, as an object of bpf(2) ---------------------------------------------- */

static bool is_module(struct kvet_loader *loader, int fd, const char *name)
{
	char found[64] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)found, .name_len = sizeof(found) };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	return kvet_loader_call(loader, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr.info)) >= 0 &&
	       info.kernel_btf && !strcmp(found, name);
}

/* Returns a descriptor, or a negative errno; *call names the call that failed. */
static int open_module(struct kvet_loader *loader, const char *name, const char **call)
{
	uint32_t id = 0;

	for (;;) {
		union bpf_attr attr;
		int ret, fd;

		*call = "bpf(BPF_BTF_GET_NEXT_ID)";
		ret = bpf_btf_get_next_id(id, &id);
		if (ret < 0)
			return ret;
		memset(&attr, 0, sizeof(attr));
		attr.btf_id = id;
		*call = "bpf(BPF_BTF_GET_FD_BY_ID)";
		fd = kvet_loader_call(loader, BPF_BTF_GET_FD_BY_ID, &attr,
				      offsetof(union bpf_attr, next_id));
		/* A program's BTF may go at any time. */
		if (fd == -ENOENT)
			continue;
		if (fd < 0 || is_module(loader, fd, name))
			return fd;
		close(fd);
	}
}

/* Fills modules for a function of this place. Returns false if its module cannot be named to the
 * verifier: place->refusal says why. */
static bool name_module(struct kvet_kfuncs *kfuncs, struct kvet_kfunc_place *place, int modules[2])
{
	const char *call = "";

	if (!*place->name)
		return true;
	if (!place->asked) {
		place->asked = true;
		place->fd = open_module(&kfuncs->probe->loader, place->name, &call);
		if (place->fd < 0)
			kvet_cause_fill(&place->refusal, -place->fd, call,
					"the BTF of module %s cannot be opened", place->name);
	}
	modules[0] = 0;
	modules[1] = place->fd;
	return place->fd >= 0;
}

/* --- one variant ------------------------------------------------------------------------------ */

static void load_call(struct kvet_kfuncs *kfuncs, const struct kvet_kfunc_entry *entry,
		      const struct kvet_calibration *calibration, struct kvet_probe_answer *answer)
{
	struct kvet_kfunc_place *place = &kfuncs->places[entry->place];
	struct bpf_insn insns[KVET_KFUNC_CALL_MOST];
	struct kvet_probe_attempt attempt;
	int modules[2];
	size_t count;

	if (!name_module(kfuncs, place, modules)) {
		answer->verdict = KVET_UNDETERMINED;
		answer->reason = KVET_REASON_NOT_PERMITTED;
		answer->cause = place->refusal;
		answer->attempt.errnum = place->refusal.errnum;
		return;
	}
	count = kvet_kfunc_call(place->btf, entry->id, *place->name ? 1 : 0,
				calibration->spec.exit_value, insns);
	kvet_program_load_insns(&kfuncs->probe->loader, &calibration->spec,
				*place->name ? modules : NULL, insns, count, &attempt);
	kvet_kfunc_judge(&attempt, &calibration->controls, answer);
}

static int ask_one(struct kvet_kfuncs *kfuncs, const struct kvet_kfunc_entry *entry,
		   const struct kvet_probe_question *question, struct kvet_probe_answer *answer,
		   struct kvet_cause *err)
{
	static const struct kvet_probe_limits none = { .locked = "" };
	struct kvet_known *known;
	struct kvet_host_facts facts;
	const char *option, *because = NULL;
	int ret = kvet_probe_known(kfuncs->probe, question, &known, err);

	if (ret)
		return ret;
	memset(answer, 0, sizeof(*answer));
	if (known->refusal)
		*answer = *known->refusal;
	else
		load_call(kfuncs, entry, known->calibration, answer);
	answer->variant = question->variant;
	memcpy(answer->target, known->calibration->target, sizeof(answer->target));
	if (answer->verdict == KVET_YES)
		return 0;
	if (answer->attempt.errnum == EINTR)
		return kvet_fail(err, answer->attempt.errnum, "bpf(BPF_PROG_LOAD)",
				 "interrupted by a signal");
	if (!known->refusal) {
		kvet_facts_read(kfuncs->probe, answer, &facts);
		kvet_judge_cause(question, &facts, answer);
	}
	option = kvet_facts_option(kfuncs->probe, question, &because);
	kvet_probe_settle(&none, option, because, answer);
	return 0;
}

/* --- all variants, and sleepable programs ----------------------------------------------------- */

static int ask(struct kvet_kfuncs *kfuncs, const struct kvet_kfunc_entry *entry,
	       const struct kvet_probe_question *question, struct kvet_probe_answer *best,
	       struct kvet_cause *err)
{
	int variants = kvet_probe_variants(kfuncs->probe, question->type);
	struct kvet_probe_question each = *question;
	AUTO_FREE struct kvet_probe_answer *answer = NULL;

	if (question->variant)
		return ask_one(kfuncs, entry, question, best, err);
	answer = malloc(sizeof(*answer));
	if (!answer)
		return kvet_fail_memory(err);
	for (each.variant = 1; each.variant <= variants; each.variant++) {
		int ret = ask_one(kfuncs, entry, &each, each.variant == 1 ? best : answer, err);

		if (ret)
			return ret;
		if (each.variant > 1 && kvet_judge_outweighs(question, answer, best))
			*best = *answer;
		if (kvet_judge_is_final(best))
			break;
	}
	kvet_judge_type(question, variants, best);
	return 0;
}

static bool needs_sleepable(const struct kvet_probe_question *question,
			    const struct kvet_probe_answer *answer)
{
	return answer->reason == KVET_REASON_SLEEPABLE_ONLY && !question->sleepable &&
	       !kvet_variants_always_sleep(question->type);
}

int kvet_kfuncs_ask(struct kvet_kfuncs *kfuncs, size_t index,
		    const struct kvet_probe_question *question, struct kvet_probe_answer *out,
		    struct kvet_cause *err)
{
	const struct kvet_kfunc_entry *entry = &kfuncs->entries[index];
	struct kvet_probe *probe = kfuncs->probe;
	/* Of no helper: what depends on one does not apply. */
	struct kvet_probe_question asked = *question;
	AUTO_FREE struct kvet_probe_answer *answers = NULL;
	int ret;

	asked.helper = 0;
	if (probe->reach.state == KVET_REACH_DEATH) {
		kvet_judge_death(&asked, &probe->reach, kvet_denials_refusal(&probe->denials), out);
		return 0;
	}
	answers = calloc(2, sizeof(*answers));
	if (!answers)
		return kvet_fail_memory(err);
	ret = ask(kfuncs, entry, &asked, &answers[0], err);
	if (!ret && needs_sleepable(&asked, &answers[0])) {
		asked.sleepable = true;
		ret = ask(kfuncs, entry, &asked, &answers[1], err);
		if (!ret)
			kvet_judge_sleepable(&answers[1], &answers[0]);
	}
	if (!ret)
		*out = answers[0];
	return ret;
}

/* --- whether there can be any ----------------------------------------------------------------- */

/* A program of the oldest type calls a function that is no kfunc: a kernel without kfuncs does not
 * know the instruction. */
static void ask_absence(struct kvet_kfuncs *kfuncs)
{
	static const struct kvet_probe_question question = { .type = BPF_PROG_TYPE_SOCKET_FILTER,
							     .variant = 1 };
	struct kvet_kfunc_entry entry = { 0 };
	AUTO_FREE struct kvet_probe_answer *answer = calloc(1, sizeof(*answer));

	if (!answer || !kfuncs->places[0].btf || kfuncs->probe->reach.state == KVET_REACH_DEATH)
		return;
	entry.id = kvet_btf_find(kfuncs->places[0].btf, BTF_KIND_FUNC, "vfs_read");
	if (!entry.id || ask_one(kfuncs, &entry, &question, answer, NULL) ||
	    answer->reason != KVET_REASON_UNKNOWN_HELPER)
		return;
	kfuncs->complete = KVET_NO;
	kfuncs->incomplete = answer->cause;
	kvet_cause_add(&kfuncs->incomplete, "programs cannot call functions of this kernel");
}

enum kvet_verdict kvet_kfuncs_complete(struct kvet_kfuncs *kfuncs, struct kvet_cause *cause)
{
	if (kfuncs->complete == KVET_UNDETERMINED && !kfuncs->count)
		ask_absence(kfuncs);
	if (kfuncs->complete != KVET_YES && cause)
		*cause = kfuncs->incomplete;
	return kfuncs->complete;
}
