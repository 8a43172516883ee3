/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The probe context: creates, keeps and frees what is found out once. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/fail.h"
#include "probe/context.h"
#include "probe/variant.h"

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
	kvet_shared_init(&new->shared, &new->loader);
	kvet_known_init(new->known);
	pthread_mutex_init(&new->lock, NULL);
	pthread_mutex_init(&new->attach_lock, NULL);
	*probe = new;
	return 0;
}

void kvet_probe_free(struct kvet_probe *probe)
{
	if (!probe)
		return;
	kvet_known_deinit(probe->known);
	for (size_t i = 0; i < KVET_MAP_COUNT; i++)
		if (probe->maps[i] > 0)
			close(probe->maps[i]);
	if (probe->object_btf.fd)
		close(probe->object_btf.fd);
	kvet_shared_deinit(&probe->shared);
	kvet_kernel_free(probe->kernel);
	kvet_loader_deinit(&probe->loader);
	kvet_denials_deinit(&probe->denials);
	kvet_probe_attachments_free(probe);
	pthread_mutex_destroy(&probe->attach_lock);
	pthread_mutex_destroy(&probe->lock);
	free(probe);
}

/* --- the kernel's BTF, read once ------------------------------------------------------------ */

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
