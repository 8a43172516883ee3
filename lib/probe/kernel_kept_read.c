/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What questions ask the kernel's BTF for: read at the first of them, and kept in the context. */
#include <errno.h>
#include <string.h>

#include "probe/context.h"
#include "probe/variant.h"

/* NULL if it cannot be read; kernel_error then says why. */
static const struct kvet_kernel *kernel_of(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel;

	pthread_mutex_lock(&probe->lock);
	if (!probe->kernel_read)
		kvet_kernel_read(&probe->kernel, &probe->host, &probe->kernel_error);
	probe->kernel_read = true;
	kernel = probe->kernel;
	pthread_mutex_unlock(&probe->lock);
	return kernel;
}

const struct kvet_kernel *kvet_probe_kernel_for(struct kvet_probe *probe, int type)
{
	return kvet_variants_need_kernel(type) ? kernel_of(probe) : NULL;
}

const struct kvet_btf *kvet_probe_btf(struct kvet_probe *probe, struct kvet_cause *cause)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	if (!kernel)
		*cause = probe->kernel_error;
	return kernel ? kvet_kernel_btf(kernel) : NULL;
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
	return kvet_calibration_variants(kvet_probe_kernel_for(probe, type), type);
}

const char *kvet_probe_variant_name(struct kvet_probe *probe, int type, int variant)
{
	return kvet_calibration_variant_name(kvet_probe_kernel_for(probe, type), type, variant);
}

int kvet_probe_variant_by_name(struct kvet_probe *probe, int type, const char *name)
{
	int count = kvet_probe_variants(probe, type);

	for (int i = 1; i <= count; i++) {
		const char *known = kvet_probe_variant_name(probe, type, i);

		if (known && !strcmp(known, name))
			return i;
	}
	return 0;
}

unsigned int kvet_probe_function(struct kvet_probe *probe, const char *name)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return kernel ? kvet_kernel_find(kernel, name, true) : 0;
}

int kvet_probe_object_calls(struct kvet_probe *probe, struct kvet_object_calls *calls,
			    struct kvet_cause *err)
{
	if (!kernel_of(probe)) {
		*err = probe->kernel_error;
		return -ENODATA;
	}
	calls->new = kvet_probe_function(probe, "bpf_obj_new_impl");
	calls->drop = kvet_probe_function(probe, "bpf_obj_drop_impl");
	return 0;
}
