/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Creates a map of each type. Touches the kernel: bpf(BPF_MAP_CREATE). */
#include <errno.h>
#include <string.h>

#include "bpf/map_shape.h"
#include "bpf/needs.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "feature/features.h"
#include "feature/map.h"

#define SIZE_TO(member) (offsetof(union bpf_attr, member) + sizeof(((union bpf_attr *)0)->member))

/* Type 1 of the kernel's BTF is no struct that programs can implement. A kernel that knows the map
 * type answers ENOTSUPP, its own errno (kernel: bpf_struct_ops_map_alloc()). */
#define NO_STRUCT       1
#define KERNEL_ENOTSUPP 524

static const struct kvet_map_spec *spec_named(const char *name)
{
	for (size_t i = 0; i < kvet_map_spec_count; i++)
		if (!strcmp(kvet_map_specs[i].name, name))
			return &kvet_map_specs[i];
	return NULL;
}

/* The types of a local storage's key and value: an int each. */
static int load_types(struct kvet_features *features)
{
	struct btf *btf = btf__new_empty();

	if (btf && btf__add_int(btf, "int", 4, BTF_INT_SIGNED) < 0) {
		btf__free(btf);
		btf = NULL;
	}
	return kvet_loader_btf(&features->loader, btf, NULL);
}

/* Returns a descriptor, or a negative errno; *call names the call that failed. */
static int create(struct kvet_features *features, const struct kvet_map_spec *spec,
		  const char **call)
{
	AUTO_CLOSE int inner = -1, types = -1;
	union bpf_attr attr;

	*call = "bpf(BPF_MAP_CREATE)";
	kvet_map_shape(spec->type, &attr);
	attr.map_flags |= spec->flags;
	if (spec->extra == KVET_MAP_OF_MAPS) {
		inner = kvet_feature_map_create(features, "array");
		if (inner < 0)
			return inner;
		attr.inner_map_fd = (uint32_t)inner;
	} else if (spec->extra == KVET_MAP_TYPED) {
		types = load_types(features);
		if (types < 0) {
			*call = "bpf(BPF_BTF_LOAD)";
			return types;
		}
		attr.btf_fd = (uint32_t)types;
		attr.btf_key_type_id = attr.btf_value_type_id = 1;
	} else if (spec->extra == KVET_MAP_STRUCT_OPS) {
		attr.btf_vmlinux_value_type_id = NO_STRUCT;
	}
	return kvet_loader_call(&features->loader, BPF_MAP_CREATE, &attr,
				spec->extra == KVET_MAP_STRUCT_OPS
					? SIZE_TO(btf_vmlinux_value_type_id)
					: SIZE_TO(btf_value_type_id));
}

int kvet_feature_map_create(struct kvet_features *features, const char *name)
{
	const char *call;

	return create(features, spec_named(name), &call);
}

/* The errnum of the oldest type. */
static int reference_of(struct kvet_features *features)
{
	if (features->map_reference < 0) {
		AUTO_CLOSE int fd = kvet_feature_map_create(features, "hash");

		features->map_reference = fd < 0 ? -fd : 0;
	}
	return features->map_reference;
}

/* What a kernel answers whose map type kvet does not know how to create. */
static int ask_new(struct kvet_features *features, uint32_t id, struct kvet_feature_answer *answer)
{
	const struct kvet_map_spec spec = { .type = id };
	struct kvet_feature_evidence evidence = { .named = KVET_YES, .unknown = true };
	AUTO_CLOSE int fd = create(features, &spec, &evidence.call);

	evidence.needed = kvet_bpf_map_needs((int)spec.type);
	evidence.errnum = fd < 0 ? -fd : 0;
	evidence.reference = reference_of(features);
	kvet_features_judge(features, &evidence, answer);
	return 0;
}

int kvet_feature_map_ask(struct kvet_features *features, size_t index,
			 struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	const struct kvet_map_spec *spec = &kvet_map_specs[index];
	struct kvet_feature_evidence evidence = { .named = KVET_UNDETERMINED };
	char unbuilt[160];
	AUTO_CLOSE int fd = -1;

	if (index >= kvet_map_spec_count)
		return ask_new(features, features->newer[index - kvet_map_spec_count].id, answer);
	evidence.needed = kvet_bpf_map_needs((int)spec->type);
	fd = create(features, spec, &evidence.call);
	if (fd == -ENOMEM || fd == -EINTR)
		return kvet_fail(err, -fd, evidence.call, "%s: %s", spec->name,
				 kvet_errno_text(-fd));
	if (fd < 0) {
		evidence.errnum = -fd;
		evidence.meaning_supported =
			spec->extra == KVET_MAP_STRUCT_OPS ? KERNEL_ENOTSUPP : 0;
		evidence.named = kvet_features_names_map(features, spec->type);
		evidence.reference = reference_of(features);
		evidence.option = spec->option;
		if (spec->option && kvet_host_config(&features->host, spec->option, unbuilt,
						     sizeof(unbuilt)) == KVET_CONFIG_NO)
			evidence.unbuilt = unbuilt;
	}
	kvet_features_judge(features, &evidence, answer);
	return 0;
}
