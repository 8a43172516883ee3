/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks the controls: finds a target that a program loads for, and then how this kernel
 * refuses. Touches the kernel. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/calibration_load.h"
#include "probe/replaced_load.h"
#include "probe/variant.h"
#include "bpf/verifier_log.h"

AUTO_DEFINE(kvet_calibration)

void kvet_calibration_free(struct kvet_calibration *calibration)
{
	if (!calibration)
		return;
	if (calibration->spec.btf.fd)
		close(calibration->spec.btf.fd);
	if (calibration->spec.replaces_fd)
		close(calibration->spec.replaces_fd);
	free(calibration);
}

/* The kernel's BTF names the variants of struct_ops; without BTF there is one, without a name. */
static bool is_ops(const struct kvet_kernel *kernel, const struct kvet_variant *variants)
{
	return variants->target == KVET_TARGET_MEMBER && kernel && kvet_kernel_ops_count(kernel);
}

int kvet_calibration_variants(const struct kvet_kernel *kernel, int type)
{
	size_t count;
	const struct kvet_variant *variants = kvet_variants(type, &count);

	return (int)(is_ops(kernel, variants) ? kvet_kernel_ops_count(kernel) : count);
}

const char *kvet_calibration_variant_name(const struct kvet_kernel *kernel, int type, int variant)
{
	size_t count, index = (size_t)variant - 1;
	const struct kvet_variant *variants = kvet_variants(type, &count);

	if (variant < 1 || variant > kvet_calibration_variants(kernel, type))
		return NULL;
	return is_ops(kernel, variants) ? kvet_kernel_ops_name(kernel, index)
					: variants[index].name;
}

/* Loads the null program with an exit value that the hook accepts: 0 means refusal, which the
 * recvmsg hooks of cgroup_sock_addr do not allow. */
static void load_with_exit(struct kvet_calibration *calibration, struct kvet_shared *shared)
{
	struct kvet_probe_attempt *null = &calibration->controls.null;

	kvet_shared_load(shared, &calibration->spec, 0, null);
	if (null->errnum != EINVAL || kvet_verifier_log_read(null->log) != KVET_LOG_EXIT_VALUE)
		return;
	calibration->spec.exit_value = 1;
	kvet_shared_load(shared, &calibration->spec, 0, null);
}

/* Fills spec for the nth target of a variant, and writes the target's name. Returns false if there
 * is no such target. *found is false where the kernel's BTF does not name it. */
static bool nth_target(const struct kvet_kernel *kernel, const struct kvet_variant *variant,
		       size_t ops, size_t nth, struct kvet_calibration *calibration, bool *found)
{
	struct kvet_program_spec *spec = &calibration->spec;
	const char *name;

	if (variant->target == KVET_TARGET_MEMBER) {
		if (!is_ops(kernel, variant))
			return false;
		name = kvet_kernel_ops_member(kernel, ops, nth, &spec->attach);
		if (!name)
			return false;
		spec->btf_id = kvet_kernel_ops_id(kernel, ops);
		snprintf(calibration->target, sizeof(calibration->target), "%s.%s",
			 kvet_kernel_ops_name(kernel, ops), name);
		*found = true;
		return true;
	}
	name = variant->candidates[nth];
	if (!name)
		return false;
	spec->btf_id =
		kernel ? kvet_kernel_find(kernel, name, variant->target == KVET_TARGET_FUNCTION)
		       : 0;
	*found = spec->btf_id != 0;
	snprintf(calibration->target, sizeof(calibration->target), "%s", name);
	return true;
}

/* Loads the null program for the first target that accepts it. If none does, the first refusal is
 * kept: the candidates are in order of preference. */
static int load_for_target(struct kvet_calibration *calibration, struct kvet_shared *shared,
			   const struct kvet_kernel *kernel, const struct kvet_variant *variant)
{
	AUTO_FREE struct kvet_calibration *first = NULL;
	struct kvet_probe_controls *controls = &calibration->controls;
	bool found;

	for (size_t i = 0;
	     nth_target(kernel, variant, (size_t)calibration->variant - 1, i, calibration, &found);
	     i++) {
		if (!found)
			continue;
		load_with_exit(calibration, shared);
		/* The first tracepoint is the scheduler's. */
		controls->sleep_unchecked = !controls->null.errnum && calibration->sleepable &&
					    variant->target == KVET_TARGET_TRACEPOINT && i == 0;
		if (!controls->null.errnum)
			return 0;
		if (first)
			continue;
		first = malloc(sizeof(*first));
		if (!first)
			return -ENOMEM;
		*first = *calibration;
	}
	if (first) {
		*calibration = *first;
		return 0;
	}
	controls->target_missing = true;
	calibration->spec.btf_id = 0;
	calibration->target[0] = '\0';
	load_with_exit(calibration, shared);
	return 0;
}

static int load_replacing(struct kvet_calibration *calibration, struct kvet_shared *shared,
			  const struct kvet_variant *variant)
{
	struct kvet_probe_controls *controls = &calibration->controls;
	int ret = kvet_replaced_load(shared, variant->replaced, &calibration->spec, &controls->null,
				     &controls->null_source);

	if (ret)
		return ret;
	controls->target_missing = !calibration->spec.replaces_fd;
	snprintf(calibration->target, sizeof(calibration->target), "a program of type %s",
		 kvet_probe_type_name(variant->replaced));
	if (!controls->target_missing)
		load_with_exit(calibration, shared);
	return 0;
}

static int load_null(struct kvet_calibration *calibration, struct kvet_shared *shared,
		     const struct kvet_kernel *kernel)
{
	struct kvet_probe_controls *controls = &calibration->controls;
	size_t count, index = (size_t)calibration->variant - 1;
	const struct kvet_variant *variant = kvet_variants(calibration->type, &count);

	if (index < count)
		variant += index;
	controls->targeted = variant->target != KVET_TARGET_NONE;
	calibration->spec = (struct kvet_program_spec){
		.type = calibration->type,
		.attach = variant->attach,
		.flags = calibration->sleepable || kvet_variants_always_sleep(calibration->type)
				 ? BPF_F_SLEEPABLE
				 : 0,
	};
	if (variant->target == KVET_TARGET_PROGRAM)
		return load_replacing(calibration, shared, variant);
	if (controls->targeted)
		return load_for_target(calibration, shared, kernel, variant);
	load_with_exit(calibration, shared);
	return 0;
}

/* The null program of a variant, not sleepable; errno 0 if it loads. */
static int plain_null(struct kvet_shared *shared, const struct kvet_kernel *kernel, int type,
		      int variant, struct kvet_probe_attempt *attempt)
{
	AUTO(kvet_calibration) *plain = calloc(1, sizeof(*plain));

	if (!plain)
		return -ENOMEM;
	plain->type = type;
	plain->variant = variant;
	if (load_null(plain, shared, kernel))
		return -ENOMEM;
	*attempt = plain->controls.null;
	return attempt->errnum;
}

/* bpf(2) refuses a program type or an attach type that it does not know with EINVAL and without a
 * verifier message. The controls below tell this from other refusals. */
static void ask_absence(struct kvet_calibration *calibration, struct kvet_shared *shared,
			const struct kvet_kernel *kernel)
{
	struct kvet_probe_controls *controls = &calibration->controls;
	struct kvet_program_spec spec = { .type = KVET_PROBE_IMPOSSIBLE };
	int variants = kvet_calibration_variants(kernel, calibration->type);

	/* Refused only because it is sleepable: neither type nor attach type is absent. */
	if (calibration->sleepable && !plain_null(shared, kernel, calibration->type,
						  calibration->variant, &controls->sibling))
		return;
	kvet_shared_load(shared, &spec, 0, &controls->absent_type);
	spec.type = BPF_PROG_TYPE_SOCKET_FILTER;
	kvet_shared_load(shared, &spec, 0, &controls->reference);
	spec = calibration->spec;
	spec.attach = KVET_PROBE_IMPOSSIBLE;
	kvet_shared_load(shared, &spec, 0, &controls->absent_attach);
	for (int i = 1; i <= variants && !controls->has_sibling; i++)
		if (i != calibration->variant &&
		    !plain_null(shared, kernel, calibration->type, i, &controls->sibling))
			controls->has_sibling = true;
}

int kvet_calibration_load(struct kvet_calibration **out, struct kvet_shared *shared,
			  const struct kvet_kernel *kernel, int type, int variant, bool sleepable,
			  struct kvet_cause *err)
{
	AUTO(kvet_calibration) *calibration = calloc(1, sizeof(*calibration));
	struct kvet_probe_controls *controls;

	if (!calibration)
		return kvet_fail_memory(err);
	calibration->type = type;
	calibration->variant = variant;
	calibration->sleepable = sleepable;
	controls = &calibration->controls;
	if (load_null(calibration, shared, kernel))
		return kvet_fail_memory(err);
	/* An absent type is absent the second time, too. */
	if (controls->null.errnum == EINVAL && !controls->null_source)
		load_with_exit(calibration, shared);
	if (!controls->null.errnum)
		kvet_shared_load(shared, &calibration->spec, KVET_PROBE_IMPOSSIBLE,
				 &controls->bogus);
	else if (controls->null.errnum == EINVAL)
		ask_absence(calibration, shared, kernel);
	*out = TAKE(calibration);
	return 0;
}

static bool passing(const struct kvet_probe_attempt *attempt)
{
	return attempt->errnum == ENOMEM || attempt->errnum == EAGAIN || attempt->errnum == EINTR;
}

bool kvet_calibration_is_passing(const struct kvet_calibration *calibration)
{
	const struct kvet_probe_controls *controls = &calibration->controls;

	return passing(&controls->null) || passing(&controls->bogus) ||
	       passing(&controls->absent_type) || passing(&controls->reference);
}
