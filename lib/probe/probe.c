/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The probe context: creates, keeps and frees what is found out once. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "probe/context.h"
#include "bpf/late.h"
#include "probe/option.h"

/* A shortage of memory, or an interruption, that lasts for so many questions is permanent. */
#define TRIES_MOST 4

static void known_free(struct kvet_known *known)
{
	if (!known)
		return;
	kvet_calibration_free(known->calibration);
	free(known->refusal);
	free(known);
}

int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_cause *err)
{
	struct kvet_probe *new = calloc(1, sizeof(*new));

	if (!new)
		return kvet_fail_memory(err);
	if (host)
		new->host = *host;
	kvet_reach_read(&new->host, KVET_CALL_BPF, &new->reach);
	kvet_loader_init(&new->loader, new->reach.state != KVET_REACH_DEATH);
	kvet_privilege_read(&new->privilege, new->loader.token.fd != 0);
	kvet_denials_init(&new->denials, &new->host);
	pthread_mutex_init(&new->lock, NULL);
	pthread_mutex_init(&new->attach_lock, NULL);
	*probe = new;
	return 0;
}

void kvet_probe_free(struct kvet_probe *probe)
{
	if (!probe)
		return;
	for (size_t i = 0; i < KVET_PROBE_PLACES; i++)
		while (probe->known[i]) {
			struct kvet_known *next = probe->known[i]->next;

			known_free(probe->known[i]);
			probe->known[i] = next;
		}
	for (size_t i = 0; i < KVET_MAP_COUNT; i++)
		if (probe->maps[i] > 0)
			close(probe->maps[i]);
	if (probe->object_btf.fd)
		close(probe->object_btf.fd);
	kvet_kernel_free(probe->kernel);
	kvet_loader_deinit(&probe->loader);
	kvet_denials_deinit(&probe->denials);
	kvet_probe_attachments_free(probe);
	pthread_mutex_destroy(&probe->attach_lock);
	pthread_mutex_destroy(&probe->lock);
	free(probe);
}

/* --- the kernel's BTF, read once ------------------------------------------------------------ */

/* NULL if it cannot be read; kernel_error then says why. The caller holds the lock. */
static const struct kvet_kernel *kernel_locked(struct kvet_probe *probe)
{
	if (!probe->kernel_read)
		kvet_kernel_read(&probe->kernel, &probe->host, &probe->kernel_error);
	probe->kernel_read = true;
	return probe->kernel;
}

static const struct kvet_kernel *kernel_of(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel;

	pthread_mutex_lock(&probe->lock);
	kernel = kernel_locked(probe);
	pthread_mutex_unlock(&probe->lock);
	return kernel;
}

/* The same, but only for types that require BTF: for others, reading it is not worth the time. */
static const struct kvet_kernel *kernel_for(struct kvet_probe *probe, int type)
{
	return kvet_calibration_needs_kernel(type) ? kernel_of(probe) : NULL;
}

enum kvet_verdict kvet_probe_kernel_names(struct kvet_probe *probe, int helper,
					  struct kvet_cause *cause)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	if (kernel)
		return kvet_kernel_helper_name(kernel, helper) ? KVET_YES : KVET_NO;
	if (cause)
		*cause = probe->kernel_error;
	return KVET_UNDETERMINED;
}

static int later(int a, int b)
{
	return a > b ? a : b;
}

int kvet_probe_helpers_end(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return later(kvet_probe_names_end(), kernel ? kvet_kernel_helpers_end(kernel) : 0);
}

const char *kvet_probe_any_helper_name(struct kvet_probe *probe, int helper)
{
	const char *name = kvet_probe_helper_name(helper);
	const struct kvet_kernel *kernel = name ? NULL : kernel_of(probe);

	return kernel ? kvet_kernel_helper_name(kernel, helper) : name;
}

int kvet_probe_types_end(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return later(kvet_probe_type_names_end(), kernel ? kvet_kernel_types_end(kernel) : 0);
}

const char *kvet_probe_any_type_name(struct kvet_probe *probe, int type)
{
	const char *name = kvet_probe_type_name(type);
	const struct kvet_kernel *kernel = name ? NULL : kernel_of(probe);

	return kernel ? kvet_kernel_type_name(kernel, type) : name;
}

int kvet_probe_variants(struct kvet_probe *probe, int type)
{
	return kvet_calibration_variants(kernel_for(probe, type), type);
}

const char *kvet_probe_variant_name(struct kvet_probe *probe, int type, int variant)
{
	return kvet_calibration_variant_name(kernel_for(probe, type), type, variant);
}

/* --- calibrations and maps, made once ----------------------------------------------------------
 */

/* What is known of refusals. With a token, the capabilities in this namespace count. */
static struct kvet_refusal delegated(struct kvet_probe *probe)
{
	struct kvet_refusal refusal = *kvet_denials_refusal(&probe->denials);

	refusal.user_namespace = refusal.user_namespace && !probe->loader.token.fd;
	return refusal;
}

/* Whether the reason is a BPF file system that does not delegate this. */
static bool explain_token(struct kvet_probe *probe, const struct kvet_probe_question *question,
			  struct kvet_probe_answer *answer)
{
	const struct kvet_token_need need = {
		.command = BPF_PROG_LOAD,
		.map_type = -1,
		.prog_type = question->type,
		.attach_type = kvet_calibration_attach_type(question->type, question->variant),
	};
	const struct kvet_token_need btf = { BPF_BTF_LOAD, -1, -1, -1 };

	if (answer->cause.errnum != EPERM)
		return false;
	return kvet_token_explain(&probe->loader.token,
				  strcmp(answer->cause.source, "bpf(BPF_BTF_LOAD)") ? &need : &btf,
				  &answer->cause);
}

static void explain(struct kvet_probe *probe, const struct kvet_probe_question *question,
		    struct kvet_probe_answer *answer)
{
	if (answer->reason == KVET_REASON_NOT_PERMITTED || answer->reason == KVET_REASON_NO_BPF) {
		const struct kvet_program_spec spec = { .type = BPF_PROG_TYPE_SOCKET_FILTER };
		struct kvet_refusal refusal = delegated(probe);
		struct kvet_probe_attempt attempt;

		if (explain_token(probe, question, answer))
			return;
		kvet_program_load_null(&probe->loader, &spec, &attempt, NULL);
		refusal.others = !attempt.errnum;
		kvet_refusal_explain(&refusal, kvet_privilege_needed(question->type),
				     &answer->cause);
	}
	if (answer->reason == KVET_REASON_PRIVILEGE) {
		const int *needed = kvet_privilege_of_helper(question->helper);
		const struct kvet_refusal here = delegated(probe);

		kvet_refusal_advise(&here, needed, &answer->cause);
		/* No capability is missing that would help. */
		if (!answer->cause.remedy[0])
			kvet_refusal_advise(kvet_denials_refusal(&probe->denials), needed,
					    &answer->cause);
	}
	if (answer->reason == KVET_REASON_NO_TARGET && *probe->kernel_error.source)
		kvet_cause_add(&answer->cause, "%s: %s", probe->kernel_error.source,
			       probe->kernel_error.evidence);
}

void kvet_probe_conclude(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 struct kvet_probe_answer *answer)
{
	const char *option, *evidence = NULL;
	struct kvet_probe_limits limits;

	if (answer->verdict == KVET_YES)
		return;
	kvet_privilege_limits(&probe->privilege, &probe->denials, question->helper, &limits);
	for (size_t i = 0; !evidence; i++) {
		option = kvet_option_of(question->helper, question->type, i);
		if (!option)
			break;
		evidence = kvet_denials_not_built(&probe->denials, option);
	}
	kvet_probe_settle(&limits, evidence ? option : NULL, evidence, answer);
}

void kvet_probe_judge(struct kvet_probe *probe, const struct kvet_probe_question *question,
		      const struct kvet_calibration *calibration,
		      const struct kvet_probe_attempt *attempt, struct kvet_probe_answer *answer)
{
	struct kvet_probe_limits limits;

	kvet_privilege_limits(&probe->privilege, &probe->denials, question->helper, &limits);
	kvet_probe_classify(attempt, &calibration->controls, &limits, answer);
	answer->variant = question->variant;
	memcpy(answer->target, calibration->target, sizeof(answer->target));
	answer->argument = NULL;
	explain(probe, question, answer);
}

/* Asks the controls for a variant. The caller holds the lock. */
static int calibrate(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     struct kvet_known **out, struct kvet_cause *err)
{
	struct kvet_known *known = calloc(1, sizeof(*known));
	const struct kvet_probe_attempt *null;
	int ret;

	if (!known)
		return kvet_fail_memory(err);
	ret = kvet_calibration_load(
		&known->calibration, &probe->loader,
		kvet_calibration_needs_kernel(question->type) ? kernel_locked(probe) : NULL,
		question->type, question->variant, question->sleepable, err);
	if (ret) {
		known_free(known);
		return ret;
	}
	null = &known->calibration->controls.null;
	if (null->errnum || known->calibration->controls.sleep_unchecked) {
		known->refusal = calloc(1, sizeof(*known->refusal));
		if (!known->refusal) {
			known_free(known);
			return kvet_fail_memory(err);
		}
		kvet_probe_judge(probe, question, known->calibration, null, known->refusal);
	}
	*out = known;
	return 0;
}

static bool is_of(const struct kvet_known *known, const struct kvet_probe_question *question)
{
	const struct kvet_calibration *calibration = known->calibration;

	return calibration->type == question->type && calibration->variant == question->variant &&
	       calibration->sleepable == question->sleepable;
}

int kvet_probe_known(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     const struct kvet_known **out, struct kvet_cause *err)
{
	struct kvet_known **place = &probe->known[(unsigned int)question->type % KVET_PROBE_PLACES];
	struct kvet_known *found, *known;
	int ret = 0;

	pthread_mutex_lock(&probe->lock);
	for (found = *place; found && !is_of(found, question); found = found->next)
		;
	known = found;
	/* Another thread may still use the earlier result, so it stays. */
	if (!found ||
	    (found->tries < TRIES_MOST && kvet_calibration_is_passing(found->calibration))) {
		ret = calibrate(probe, question, &known, err);
		if (!ret) {
			known->tries = found ? found->tries + 1 : 1;
			known->next = *place;
			*place = known;
		}
	}
	pthread_mutex_unlock(&probe->lock);
	if (!ret)
		*out = known;
	return ret;
}

unsigned int kvet_probe_function(struct kvet_probe *probe, const char *name)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return kernel ? kvet_kernel_find(kernel, name, true) : 0;
}

/* Explains why a map of the kind was refused. */
static void explain_map(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_cause *cause)
{
	static const int bpf[] = { CAP_BPF, -1 };
	struct kvet_token_need need = { BPF_MAP_CREATE, kvet_map_type_of(kind), -1, -1 };

	if (!strcmp(cause->source, "bpf(BPF_BTF_LOAD)"))
		need = (struct kvet_token_need){ BPF_BTF_LOAD, -1, -1, -1 };
	if (!kvet_token_explain(&probe->loader.token, &need, cause))
		kvet_refusal_explain(kvet_denials_refusal(&probe->denials), bpf, cause);
}

int kvet_probe_map(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_cause *err)
{
	int fd;

	pthread_mutex_lock(&probe->lock);
	fd = probe->maps[kind];
	if (!fd) {
		fd = kvet_map_load(&probe->loader, kind, err);
		if (fd == -EPERM && err)
			explain_map(probe, kind, err);
		/* Other failures may be temporary. */
		if (fd >= 0 || fd == -EINVAL)
			probe->maps[kind] = fd;
	} else if (fd < 0) {
		kvet_fail(err, -fd, "bpf(BPF_MAP_CREATE)",
			  "this kernel does not support maps of type %s", kvet_map_kind_name(kind));
	}
	pthread_mutex_unlock(&probe->lock);
	return fd;
}

int kvet_probe_object(struct kvet_probe *probe, struct kvet_object_calls *calls,
		      struct kvet_program_btf *btf, struct kvet_cause *err)
{
	const struct kvet_kernel *kernel;
	int ret = 0;

	memset(calls, 0, sizeof(*calls));
	pthread_mutex_lock(&probe->lock);
	kernel = kernel_locked(probe);
	if (kernel) {
		calls->new = kvet_kernel_find(kernel, "bpf_obj_new_impl", true);
		calls->drop = kvet_kernel_find(kernel, "bpf_obj_drop_impl", true);
	} else {
		if (err)
			*err = probe->kernel_error;
		ret = -ENODATA;
	}
	if (calls->new && !probe->object_btf.fd)
		ret = kvet_program_btf_load(&probe->loader, NULL, &probe->object_btf, err);
	*btf = probe->object_btf;
	pthread_mutex_unlock(&probe->lock);
	return ret;
}
