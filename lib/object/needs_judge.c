/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a kernel has what a program needs, by its types and symbols. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include <kvet/probe.h>

#include "bpf/late.h"
#include "core/fail.h"
#include "host/capability.h"
#include "object/core_relocation.h"
#include "object/core_types.h"
#include "object/needs.h"

/* Whether the kernel's own enumeration has a number; *known is false if there is no enumeration.
 * *name is the enumerator's. */
static bool has_number(const struct kvet_needs_kernel *kernel, const char *enumeration,
		       uint64_t number, bool *known, const char **name)
{
	const struct btf_type *type =
		kvet_needs_type(kernel, BTF_KIND_ENUM, enumeration, NULL, NULL);

	*known = type;
	for (uint32_t i = 0; type && i < BTF_INFO_VLEN(type->info); i++) {
		const char *its = kvet_core_name(kernel->btfs[0], btf_enum(type)[i].name_off);

		/* __BPF_FUNC_MAX_ID is no helper. */
		if (strncmp(its, "__", 2) != 0 && (uint32_t)btf_enum(type)[i].val == number) {
			*name = its;
			return true;
		}
	}
	return false;
}

/* A kernel that has the number may still be built without what it stands for: then it lacks all
 * functions of it. */
struct evidence {
	uint32_t number;
	const char
		*functions[2]; /* one of them suffices; NULL: it is in every kernel with bpf(2) */
};

static const struct evidence *evidence_of(const struct evidence *rows, size_t count,
					  uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

static bool is_built(struct kvet_needs_kernel *kernel, const struct evidence *row)
{
	if (!row->functions[0])
		return true;
	for (size_t i = 0; i < 2; i++)
		if (row->functions[i] && kvet_needs_has_function(kernel, row->functions[i]))
			return true;
	return false;
}

struct enumeration {
	const char *name;
	const char *noun;
	enum kvet_object_reason reason;
};

static void judge_number(struct kvet_object_need *need, struct kvet_needs_kernel *kernel,
			 const struct enumeration *enumeration, uint64_t number,
			 const struct evidence *row)
{
	const char *name;
	bool known;

	if (has_number(kernel, enumeration->name, number, &known, &name)) {
		if (row && is_built(kernel, row))
			return;
		kvet_needs_refuse(need, KVET_UNDETERMINED, enumeration->reason,
				  "enum %s has %s; whether the kernel is built with it, only a "
				  "load shows",
				  enumeration->name, name);
	} else if (known) {
		kvet_needs_refuse(need, KVET_NO, enumeration->reason, "%s has no %s %s",
				  kernel->name, enumeration->noun, need->name);
	} else {
		kvet_needs_refuse(need, KVET_UNDETERMINED, enumeration->reason,
				  "the BTF of %s has no enum %s", kernel->name, enumeration->name);
	}
}

/* --- program types and attach types ----------------------------------------------------------- */

#define ROWS(array) (array), sizeof(array) / sizeof(*(array))

static const struct evidence types[] = {
	{ BPF_PROG_TYPE_SOCKET_FILTER, { "sk_filter_func_proto", "sk_attach_bpf" } },
	{ BPF_PROG_TYPE_KPROBE, { "kprobe_prog_func_proto", "perf_event_attach_bpf_prog" } },
	{ BPF_PROG_TYPE_SCHED_CLS, { "tc_cls_act_func_proto", "bpf_skb_store_bytes" } },
	{ BPF_PROG_TYPE_SCHED_ACT, { "tc_cls_act_func_proto", "bpf_skb_store_bytes" } },
	{ BPF_PROG_TYPE_TRACEPOINT, { "tp_prog_func_proto", "perf_event_attach_bpf_prog" } },
	{ BPF_PROG_TYPE_XDP, { "xdp_func_proto", "bpf_xdp_adjust_head" } },
	{ BPF_PROG_TYPE_PERF_EVENT, { "pe_prog_func_proto", "perf_event_attach_bpf_prog" } },
	{ BPF_PROG_TYPE_CGROUP_SKB, { "__cgroup_bpf_run_filter_skb", NULL } },
	{ BPF_PROG_TYPE_CGROUP_SOCK, { "__cgroup_bpf_run_filter_sk", NULL } },
	{ BPF_PROG_TYPE_LWT_IN, { "lwt_in_func_proto", NULL } },
	{ BPF_PROG_TYPE_LWT_OUT, { "lwt_out_func_proto", NULL } },
	{ BPF_PROG_TYPE_LWT_XMIT, { "lwt_xmit_func_proto", NULL } },
	{ BPF_PROG_TYPE_SOCK_OPS, { "__cgroup_bpf_run_filter_sock_ops", NULL } },
	{ BPF_PROG_TYPE_SK_SKB, { "sk_skb_func_proto", "bpf_sk_redirect_map" } },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, { "cgroup_dev_func_proto", NULL } },
	{ BPF_PROG_TYPE_SK_MSG, { "sk_msg_func_proto", "bpf_msg_redirect_map" } },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, { "raw_tp_prog_func_proto", "bpf_probe_register" } },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE,
	  { "raw_tp_prog_func_proto", "bpf_probe_register" } },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, { "__cgroup_bpf_run_filter_sock_addr", NULL } },
	{ BPF_PROG_TYPE_LWT_SEG6LOCAL, { "lwt_seg6local_func_proto", NULL } },
	{ BPF_PROG_TYPE_LIRC_MODE2, { "lirc_mode2_func_proto", "lirc_prog_attach" } },
	{ BPF_PROG_TYPE_SK_REUSEPORT, { "sk_reuseport_func_proto", "bpf_run_sk_reuseport" } },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, { "flow_dissector_func_proto", NULL } },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, { "__cgroup_bpf_run_filter_sysctl", NULL } },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, { "__cgroup_bpf_run_filter_setsockopt", NULL } },
	{ BPF_PROG_TYPE_TRACING, { "bpf_trampoline_link_prog", "__bpf_trampoline_link_prog" } },
	{ BPF_PROG_TYPE_STRUCT_OPS, { "bpf_struct_ops_map_alloc", NULL } },
	{ BPF_PROG_TYPE_EXT, { "bpf_trampoline_link_prog", "__bpf_trampoline_link_prog" } },
	{ BPF_PROG_TYPE_LSM, { "bpf_lsm_file_open", NULL } },
	{ BPF_PROG_TYPE_SK_LOOKUP, { "sk_lookup_func_proto", "bpf_sk_lookup_assign" } },
	{ BPF_PROG_TYPE_SYSCALL, { "bpf_sys_bpf", NULL } },
	{ KVET_TYPE_NETFILTER, { "bpf_nf_link_attach", NULL } },
};

static void judge_type(struct kvet_object_need *need, uint64_t type,
		       struct kvet_needs_kernel *kernel)
{
	static const struct enumeration enumeration = { "bpf_prog_type", "program type",
							KVET_OBJECT_TYPE_ABSENT };
	const char *name = kvet_probe_type_name((int)type);

	snprintf(need->name, sizeof(need->name), "%s", name ? name : "");
	if (!type)
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER,
				  "the section names no program type: the loader sets it");
	else
		judge_number(need, kernel, &enumeration, type, evidence_of(ROWS(types), type));
}

static void judge_attach(struct kvet_object_need *need, uint64_t attach,
			 struct kvet_needs_kernel *kernel)
{
	static const struct enumeration enumeration = { "bpf_attach_type", "attach type",
							KVET_OBJECT_TYPE_ABSENT };
	static const struct evidence always = { 0, { NULL, NULL } };
	static const struct evidence multi = { 0, { "kprobe_multi_link_prog_run", NULL } };
	const char *name = libbpf_bpf_attach_type_str((enum bpf_attach_type)attach), *its;
	bool known;

	if (name)
		snprintf(need->name, sizeof(need->name), "%s", name);
	else if (has_number(kernel, enumeration.name, attach, &known, &its))
		snprintf(need->name, sizeof(need->name), "%s", its);
	else
		snprintf(need->name, sizeof(need->name), "#%d", (int)attach);
	judge_number(need, kernel, &enumeration, attach,
		     attach == BPF_TRACE_KPROBE_MULTI ? &multi : &always);
}

/* --- helpers ---------------------------------------------------------------------------------- */

/* Helpers whose functions in the kernel have other names. */
static const struct evidence helpers[] = {
	{ BPF_FUNC_tail_call, { NULL, NULL } },
	{ BPF_FUNC_get_prandom_u32, { "bpf_user_rnd_u32", NULL } },
	{ BPF_FUNC_probe_read, { "bpf_probe_read_compat", NULL } },
	{ BPF_FUNC_probe_read_str, { "bpf_probe_read_compat_str", NULL } },
	{ BPF_FUNC_setsockopt, { "bpf_sk_setsockopt", "bpf_sock_ops_setsockopt" } },
	{ BPF_FUNC_getsockopt, { "bpf_sk_getsockopt", "bpf_sock_ops_getsockopt" } },
	{ BPF_FUNC_redirect_map, { "bpf_xdp_redirect_map", NULL } },
	{ BPF_FUNC_fib_lookup, { "bpf_skb_fib_lookup", "bpf_xdp_fib_lookup" } },
	{ BPF_FUNC_check_mtu, { "bpf_skb_check_mtu", "bpf_xdp_check_mtu" } },
	{ BPF_FUNC_lwt_push_encap, { "bpf_lwt_in_push_encap", "bpf_lwt_xmit_push_encap" } },
	{ BPF_FUNC_sk_select_reuseport, { "sk_select_reuseport", NULL } },
	{ BPF_FUNC_skb_output, { "bpf_skb_event_output", NULL } },
	{ BPF_FUNC_xdp_output, { "bpf_xdp_event_output", NULL } },
	{ BPF_FUNC_get_netns_cookie,
	  { "bpf_get_netns_cookie_sock", "bpf_get_netns_cookie_sock_addr" } },
	{ BPF_FUNC_get_attach_cookie, { "bpf_get_attach_cookie_trace", NULL } },
	{ BPF_FUNC_load_hdr_opt, { "bpf_sock_ops_load_hdr_opt", NULL } },
	{ BPF_FUNC_store_hdr_opt, { "bpf_sock_ops_store_hdr_opt", NULL } },
	{ BPF_FUNC_reserve_hdr_opt, { "bpf_sock_ops_reserve_hdr_opt", NULL } },
	{ BPF_FUNC_get_func_ip, { "bpf_get_func_ip_kprobe", "bpf_get_func_ip_tracing" } },
	{ BPF_FUNC_get_func_arg, { "get_func_arg", NULL } },
	{ BPF_FUNC_get_func_ret, { "get_func_ret", NULL } },
	{ BPF_FUNC_get_func_arg_cnt, { "get_func_arg_cnt", NULL } },
};

static void judge_helper(struct kvet_object_need *need, uint64_t helper,
			 struct kvet_needs_kernel *kernel)
{
	static const struct enumeration enumeration = { "bpf_func_id", "helper",
							KVET_OBJECT_HELPER_UNKNOWN };
	const struct evidence *row = evidence_of(ROWS(helpers), helper);
	const char *name = kvet_probe_helper_name((int)helper), *its;
	struct evidence own = { 0 };
	bool known;

	if (name)
		snprintf(need->name, sizeof(need->name), "%s", name);
	else if (has_number(kernel, enumeration.name, helper, &known, &its) && strlen(its) > 9)
		snprintf(need->name, sizeof(need->name), "bpf_%s", its + strlen("BPF_FUNC_"));
	else
		snprintf(need->name, sizeof(need->name), "#%d", (int)helper);
	own.functions[0] = need->name;
	if (!row || (row->functions[0] && kvet_needs_has_function(kernel, need->name)))
		row = &own;
	judge_number(need, kernel, &enumeration, helper, row);
	if (need->verdict == KVET_NO)
		kvet_cause_remedy(&need->cause, "guard the call with bpf_core_enum_value_exists()");
}

/* --- maps ------------------------------------------------------------------------------------- */

/* The others are in every kernel with bpf(2). */
static const struct evidence maps[] = {
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, { "bpf_event_output", NULL } },
	{ BPF_MAP_TYPE_STACK_TRACE, { "stack_map_alloc", "bpf_get_stackid" } },
	{ BPF_MAP_TYPE_CGROUP_ARRAY, { "cgroup_get_from_fd", NULL } },
	{ BPF_MAP_TYPE_DEVMAP, { "dev_map_alloc", NULL } },
	{ BPF_MAP_TYPE_DEVMAP_HASH, { "dev_map_alloc", NULL } },
	{ BPF_MAP_TYPE_SOCKMAP, { "sock_map_alloc", NULL } },
	{ BPF_MAP_TYPE_SOCKHASH, { "sock_hash_alloc", NULL } },
	{ BPF_MAP_TYPE_CPUMAP, { "cpu_map_alloc", NULL } },
	{ BPF_MAP_TYPE_XSKMAP, { "xsk_map_alloc", NULL } },
	{ BPF_MAP_TYPE_CGROUP_STORAGE, { "__cgroup_bpf_run_filter_skb", NULL } },
	{ BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, { "__cgroup_bpf_run_filter_skb", NULL } },
	{ BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, { "reuseport_array_alloc", NULL } },
	{ BPF_MAP_TYPE_SK_STORAGE, { "bpf_sk_storage_get", NULL } },
	{ BPF_MAP_TYPE_STRUCT_OPS, { "bpf_struct_ops_map_alloc", NULL } },
	{ BPF_MAP_TYPE_INODE_STORAGE, { "inode_storage_map_alloc", "bpf_inode_storage_get" } },
	{ BPF_MAP_TYPE_TASK_STORAGE, { "task_storage_map_alloc", "bpf_task_storage_get" } },
	{ KVET_MAP_TYPE_CGRP_STORAGE, { "bpf_cgrp_storage_get", NULL } },
	{ 33 /* BPF_MAP_TYPE_ARENA */, { "arena_map_alloc", NULL } },
};

static void judge_map(struct kvet_object_need *need, uint64_t type,
		      struct kvet_needs_kernel *kernel)
{
	static const struct enumeration enumeration = { "bpf_map_type", "map type",
							KVET_OBJECT_MAP };
	static const struct evidence always = { 0, { NULL, NULL } };
	const struct evidence *row = evidence_of(ROWS(maps), type);
	const char *name = libbpf_bpf_map_type_str((enum bpf_map_type)type);

	if (type == KVET_IMAGE_MAP_UNKNOWN) {
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_MAP,
				  "the object does not say the type of the map");
		return;
	}
	if (name)
		snprintf(need->name, sizeof(need->name), "%s", name);
	else
		snprintf(need->name, sizeof(need->name), "#%d", (int)type);
	judge_number(need, kernel, &enumeration, type, row ? row : &always);
}

/* --- relocations and externs ------------------------------------------------------------------ */

static void judge_relocation(struct kvet_object_need *need, const struct kvet_image *image,
			     const struct kvet_image_relocation *item,
			     const struct kvet_needs_kernel *kernel)
{
	kvet_core_relocation_words(image->btf, &item->record, need->name, sizeof(need->name));
	if (!kernel->btf_count)
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_RELOCATION,
				  "the types of this kernel cannot be read: %s",
				  kernel->btf_cause.evidence);
	else if (item->errnum == ENOTUNIQ)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_RELOCATION,
				  "several types of %s match %s, and they do not agree: libbpf "
				  "refuses the object",
				  kernel->name, need->name);
	else if (item->errnum)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_RELOCATION,
				  "the relocation is not valid: libbpf refuses the object");
	else if (item->invalid && item->value.other_size)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_RELOCATION,
				  "%s has %s with a size or sign that the instruction cannot "
				  "load: %u bytes, not %u",
				  kernel->name, need->name, item->value.is_size,
				  item->value.was_size);
	else if (item->invalid)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_RELOCATION, "the BTF of %s lacks %s",
				  kernel->name, need->name);
	if (item->invalid)
		kvet_cause_remedy(&need->cause, "guard the access with %s",
				  item->record.kind == BPF_CORE_ENUMVAL_VALUE
					  ? "bpf_core_enum_value_exists()"
					  : "bpf_core_field_exists()");
}

/* Since pahole 1.26, BTF marks the functions that programs may call. 1 marked; 0 not, though others
 * are; -1 none is. */
static int is_marked(const struct kvet_btf *btf, uint32_t id)
{
	uint32_t tag = kvet_btf_find(btf, BTF_KIND_DECL_TAG, "bpf_kfunc");
	int marked = tag ? 0 : -1;

	for (; tag && marked < 1; tag = kvet_btf_next(btf, tag))
		if (kvet_btf_type(btf, tag)->type == id)
			marked = 1;
	return marked;
}

static void judge_kfunc(struct kvet_object_need *need, const struct kvet_image *image,
			const struct kvet_image_extern *item,
			const struct kvet_needs_kernel *kernel)
{
	const struct kvet_btf *btf = NULL;
	const struct btf_type *function;
	struct kvet_core_pair pair = { image->btf, NULL };
	uint32_t id = 0;

	function = kvet_needs_type(kernel, BTF_KIND_FUNC, item->name, &btf, &id);
	if (!function) {
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KFUNC, "the BTF of %s has no kfunc %s",
				  kernel->name, item->name);
		return;
	}
	pair.target = btf;
	if (kvet_core_types_compatible(&pair, item->type, function->type) <= 0)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KFUNC,
				  "%s of %s has another signature than the object says", item->name,
				  kernel->name);
	else if (!is_marked(btf, id))
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_KFUNC,
				  "%s has a function %s, but does not mark it as a kfunc",
				  kernel->name, item->name);
}

static void judge_symbol(struct kvet_object_need *need, const struct kvet_image_extern *item,
			 struct kvet_needs_kernel *kernel)
{
	const struct kvet_ksyms *symbols = kvet_needs_symbols_read(kernel);
	size_t count = symbols ? kvet_ksyms_by_name(symbols, item->name).count : 0;

	if (!symbols)
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_KSYM, "%s",
				  kernel->symbols_cause.evidence);
	else if (!count)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KSYM, "no symbol '%s'", item->name);
	else if (count > 1)
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KSYM,
				  "%zu symbols have the name '%s': libbpf refuses the object",
				  count, item->name);
}

static void judge_extern(struct kvet_object_need *need, const struct kvet_image *image,
			 const struct kvet_image_extern *item, struct kvet_needs_kernel *kernel)
{
	snprintf(need->name, sizeof(need->name), "%s", item->name);
	if (item->kind == KVET_EXTERN_KCONFIG) {
		if (item->present == KVET_UNDETERMINED)
			kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_NO_CONFIG,
					  "the configuration of %s is not known", kernel->name);
		else if (item->present == KVET_NO)
			kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KCONFIG,
					  "the configuration has no value for %s", item->name);
	} else if (item->kind == KVET_EXTERN_SYMBOL) {
		judge_symbol(need, item, kernel);
	} else if (!kernel->btf_count) {
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_KSYM,
				  "the types of this kernel cannot be read: %s",
				  kernel->btf_cause.evidence);
	} else if (item->kind == KVET_EXTERN_KFUNC) {
		judge_kfunc(need, image, item, kernel);
	} else if (item->present == KVET_NO) {
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_KSYM,
				  "the BTF of %s has no variable %s", kernel->name, item->name);
	}
	need->required = need->required && !item->weak;
}

/* --- capabilities ----------------------------------------------------------------------------- */

/* The loader's process must have it, not the kernel. */
static void name_capability(struct kvet_object_need *need, uint64_t capability)
{
	char name[32];

	need->has_verdict = false;
	snprintf(need->name, sizeof(need->name), "%s",
		 kvet_capability_name((int)capability, name, sizeof(name)));
}

void kvet_needs_judge(struct kvet_object_need *need, const struct kvet_needs_item *item,
		      const struct kvet_image *image, struct kvet_needs_kernel *kernel)
{
	const char *name = kvet_elf_section_name(&image->elf, item->program->section);
	struct kvet_section section;

	kvet_section_parse(name + (*name == '?'), &section);
	*need = (struct kvet_object_need){ .kind = item->kind,
					   .live = item->live,
					   .required = *name != '?',
					   .has_verdict = true };
	snprintf(need->program, sizeof(need->program), "%s", item->program->name);
	snprintf(need->section, sizeof(need->section), "%s", name);
	if (item->code)
		kvet_image_source(image, item->code, item->index, need->source,
				  sizeof(need->source));
	switch (item->kind) {
	case KVET_NEED_PROGRAM_TYPE:
		judge_type(need, item->key, kernel);
		if (section.guessed && need->verdict == KVET_NO)
			need->verdict = KVET_UNDETERMINED;
		break;
	case KVET_NEED_ATTACH_TYPE:
		judge_attach(need, item->key, kernel);
		break;
	case KVET_NEED_TARGET:
		kvet_needs_judge_target(need, &section, image, kernel);
		break;
	case KVET_NEED_HELPER:
		judge_helper(need, item->key, kernel);
		break;
	case KVET_NEED_MAP_TYPE:
		judge_map(need, item->key, kernel);
		break;
	case KVET_NEED_RELOCATION:
		judge_relocation(need, image, &image->relocations[item->key], kernel);
		break;
	case KVET_NEED_CAPABILITY:
		name_capability(need, item->key);
		break;
	default:
		judge_extern(need, image, &image->externs[item->key], kernel);
	}
}
