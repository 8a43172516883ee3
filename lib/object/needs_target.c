/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a kernel has the target of a section, by its types and symbols alone. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kvet/kprobe.h>

#include "core/fail.h"
#include "object/needs.h"
#include "object/target_read.h"

/* The first part of the name of a system call's function, by architecture (libbpf:
 * arch_specific_syscall_pfx()). */
static const char *const syscall_prefixes[] = { "__x64_sys_",   "__arm64_sys_", "__s390x_sys_",
						"__riscv_sys_", "__ia32_sys_",  "sys_" };

static bool is_without_types(struct kvet_object_need *need, const struct kvet_needs_kernel *kernel)
{
	if (kernel->btf_count)
		return false;
	kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN,
			  "the types of this kernel cannot be read: %s",
			  kernel->btf_cause.evidence);
	return true;
}

static bool is_without_symbols(struct kvet_object_need *need, struct kvet_needs_kernel *kernel)
{
	if (kvet_needs_symbols_read(kernel))
		return false;
	kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, "%s",
			  kernel->symbols_cause.evidence);
	return true;
}

/* Whether the kernel lacks a function that every one with this facility has. BTF alone does not
 * tell: before pahole 1.22, it had only functions that ftrace can trace. */
static bool is_not_built(struct kvet_object_need *need, struct kvet_needs_kernel *kernel,
			 const char *function, const char *facility)
{
	if (!kvet_needs_symbols_read(kernel) || kvet_needs_has_function(kernel, function))
		return false;
	kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_UNSUPPORTED,
			  "%s is built without %s: it has no function %s", kernel->name, facility,
			  function);
	return true;
}

static bool is_text(char type)
{
	return type && strchr("tTwW", type);
}

/* How many functions have a name. */
static size_t count_functions(const struct kvet_ksyms *symbols, const char *name)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(symbols, name);
	size_t count = 0;

	for (size_t i = 0; i < range.count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(symbols, range.rows[i]);
		bool again = i && symbol.address &&
			     symbol.address == kvet_ksyms_row(symbols, range.rows[i - 1]).address;

		count += is_text(symbol.type) && !again;
	}
	return count;
}

static void say_absent(struct kvet_object_need *need, const struct kvet_needs_kernel *kernel,
		       const struct kvet_kprobe_spec *spec)
{
	kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_ABSENT, "no function '%s'",
			  spec->symbol);
	/* What is looked up for it is this host's. */
	if (!spec->glob && kernel->host)
		kvet_kprobe_absent_cause(kernel->host, kernel->symbols, spec, &need->cause);
}

static void say_several(struct kvet_object_need *need, const struct kvet_ksyms *symbols,
			const char *name, enum kvet_verdict verdict, const char *words)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(symbols, name);

	kvet_needs_refuse(need, verdict, KVET_OBJECT_TARGET_AMBIGUOUS,
			  "%zu functions have the name '%s'%s", count_functions(symbols, name),
			  name, words);
	for (size_t i = 0; i < range.count && i < 4; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(symbols, range.rows[i]);

		if (symbol.address && is_text(symbol.type))
			kvet_cause_add(&need->cause, "0x%" PRIx64 "%s%s", symbol.address,
				       symbol.module ? " in module " : "",
				       symbol.module ? symbol.module : "");
	}
}

static void judge_kprobe(struct kvet_object_need *need, const char *text, bool returns,
			 struct kvet_needs_kernel *kernel)
{
	struct kvet_kprobe_spec spec;
	struct kvet_cause cause;
	size_t count;

	if (is_not_built(need, kernel, "register_kprobe", "kprobes"))
		return;
	if (kvet_kprobe_spec_parse(text, &spec, &cause) || spec.glob || !*spec.symbol) {
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_ABSENT,
				  "'%s' is no name of a function", text);
		return;
	}
	if (returns && spec.offset) {
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_OFFSET,
				  "the return of a function is probed without an offset");
		return;
	}
	if (is_without_symbols(need, kernel))
		return;
	count = count_functions(kernel->symbols, spec.symbol);
	if (!count)
		say_absent(need, kernel, &spec);
	else if (count > 1)
		say_several(need, kernel->symbols, spec.symbol,
			    kvet_ksyms_hidden(kernel->symbols) ? KVET_UNDETERMINED : KVET_NO, "");
}

static void judge_multi(struct kvet_object_need *need, const char *text,
			struct kvet_needs_kernel *kernel)
{
	struct kvet_kprobe_spec spec = { .glob = strpbrk(text, "*?") != NULL };
	struct kvet_kprobe_sites sites;
	struct kvet_cause cause;

	if (is_not_built(need, kernel, "register_fprobe_ips", "CONFIG_FPROBE") ||
	    is_without_symbols(need, kernel))
		return;
	snprintf(spec.symbol, sizeof(spec.symbol), "%s", text);
	if (!spec.glob && !count_functions(kernel->symbols, spec.symbol)) {
		say_absent(need, kernel, &spec);
	} else if (spec.glob && !kvet_kprobe_resolve(kernel->symbols, &spec, &sites, &cause)) {
		if (sites.verdict == KVET_NO)
			say_absent(need, kernel, &spec);
		else if (sites.verdict == KVET_UNDETERMINED)
			kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, "%s",
					  sites.cause.evidence);
		kvet_kprobe_sites_deinit(&sites);
	}
}

/* Returns whether the kernel has a function of this system call. */
static bool has_syscall(struct kvet_needs_kernel *kernel, const char *name)
{
	for (size_t i = 0; i < sizeof(syscall_prefixes) / sizeof(*syscall_prefixes); i++) {
		char function[280];

		snprintf(function, sizeof(function), "%s%s", syscall_prefixes[i], name);
		if (kvet_needs_has_function(kernel, function))
			return true;
	}
	return false;
}

static void judge_syscall(struct kvet_object_need *need, const char *name,
			  struct kvet_needs_kernel *kernel)
{
	if (is_not_built(need, kernel, "register_kprobe", "kprobes") || has_syscall(kernel, name) ||
	    is_without_symbols(need, kernel))
		return;
	kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_ABSENT,
			  "%s has no function of a system call '%s'", kernel->name, name);
}

static void judge_tracepoint(struct kvet_object_need *need, const char *text,
			     struct kvet_needs_kernel *kernel)
{
	const char *slash = strchr(text, '/');
	const char *name = slash ? slash + 1 : text;
	char typedef_name[280];
	bool is_enter = !strncmp(name, "sys_enter_", 10);

	if (!strncmp(text, "syscalls/", 9) && (is_enter || !strncmp(name, "sys_exit_", 9))) {
		if (!has_syscall(kernel, name + (is_enter ? 10 : 9)) &&
		    !is_without_symbols(need, kernel))
			kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_ABSENT,
					  "%s has no function of a system call '%s'", kernel->name,
					  name + (is_enter ? 10 : 9));
		return;
	}
	if (is_without_types(need, kernel))
		return;
	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	if (!kvet_needs_type(kernel, BTF_KIND_TYPEDEF, typedef_name, NULL, NULL))
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_TARGET_ABSENT,
				  "the BTF of %s has no tracepoint '%s'", kernel->name, name);
}

/* What the BTF of the kernel must have: a typedef of a raw tracepoint, or a function. */
static void judge_type(struct kvet_object_need *need, const struct kvet_section *section,
		       struct kvet_needs_kernel *kernel)
{
	bool raw = section->kind == KVET_TARGET_RAW_TRACEPOINT;
	bool is_typedef = raw || section->btf_typedef;
	char name[280];

	if (is_without_types(need, kernel))
		return;
	snprintf(name, sizeof(name), "%s%s", raw ? "btf_trace_" : section->btf_prefix,
		 section->target);
	if (!kvet_needs_type(kernel, is_typedef ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC, name, NULL,
			     NULL))
		kvet_needs_refuse(need, KVET_NO,
				  raw ? KVET_OBJECT_TARGET_ABSENT : KVET_OBJECT_BTF_TARGET,
				  "the BTF of %s has no %s %s", kernel->name,
				  is_typedef ? "type" : "function", name);
}

/* The kernel looks the name up among its symbols, and takes the lowest of several. */
static void judge_function(struct kvet_object_need *need, const char *name,
			   struct kvet_needs_kernel *kernel)
{
	const struct kvet_kprobe_spec spec = { .glob = false };
	struct kvet_kprobe_spec named = spec;
	size_t count;

	if (need->verdict != KVET_YES || !kvet_needs_symbols_read(kernel))
		return;
	snprintf(named.symbol, sizeof(named.symbol), "%s", name);
	count = count_functions(kernel->symbols, name);
	if (!count)
		say_absent(need, kernel, &named);
	else if (count > 1)
		say_several(need, kernel->symbols, name, KVET_UNDETERMINED,
			    ", and the kernel takes the lowest address");
}

static void judge_file(struct kvet_object_need *need, const struct kvet_section *section,
		       const struct kvet_needs_kernel *kernel)
{
	struct kvet_target_answer answer = { .verdict = KVET_YES };

	if (!kernel->host) {
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN,
				  "the files of another host are not known");
		return;
	}
	kvet_target_file(section->target, section->kind == KVET_TARGET_USDT, &answer);
	need->verdict = answer.verdict;
	need->reason = answer.reason;
	need->cause = answer.cause;
}

/* A struct of operations has a type bpf_struct_ops_NAME, which the kernel makes its map of. Which
 * of several the program is for, only a loader knows. */
static void judge_operations(struct kvet_object_need *need, const struct kvet_image *image,
			     const struct kvet_needs_kernel *kernel)
{
	size_t missing = 0, count;
	const char *name;

	if (is_without_types(need, kernel))
		return;
	for (count = 0; (name = kvet_image_operations(image, count)); count++) {
		char whole[280];

		snprintf(whole, sizeof(whole), "bpf_struct_ops_%s", name);
		if (kvet_needs_type(kernel, BTF_KIND_STRUCT, whole, NULL, NULL))
			continue;
		kvet_needs_refuse(need, KVET_NO, KVET_OBJECT_STRUCT_OPS,
				  "the BTF of %s has no struct %s", kernel->name, whole);
		missing++;
	}
	if (!count || (missing && missing < count))
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_STRUCT_OPS,
				  "the file does not say which struct of operations it is for");
}

void kvet_needs_judge_target(struct kvet_object_need *need, const struct kvet_section *section,
			     const struct kvet_image *image, struct kvet_needs_kernel *kernel)
{
	const char *text = section->target;

	snprintf(need->name, sizeof(need->name), "%s", text ? text : "");
	if (!text || section->kind == KVET_TARGET_PROGRAM) {
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER,
				  "the loader sets the target");
		return;
	}
	switch (section->kind) {
	case KVET_TARGET_KPROBE:
		judge_kprobe(need, text, section->returns, kernel);
		break;
	case KVET_TARGET_KPROBE_MULTI:
		judge_multi(need, text, kernel);
		break;
	case KVET_TARGET_SYSCALL:
		judge_syscall(need, text, kernel);
		break;
	case KVET_TARGET_UPROBE:
	case KVET_TARGET_USDT:
		judge_file(need, section, kernel);
		break;
	case KVET_TARGET_TRACEPOINT:
		judge_tracepoint(need, text, kernel);
		break;
	case KVET_TARGET_STRUCT_OPS:
		judge_operations(need, image, kernel);
		break;
	default:
		judge_type(need, section, kernel);
		if (section->kind == KVET_TARGET_FUNCTION)
			judge_function(need, text, kernel);
	}
	if ((need->reason == KVET_OBJECT_TARGET_ABSENT || need->reason == KVET_OBJECT_BTF_TARGET) &&
	    kvet_section_is_placeholder(text))
		kvet_needs_refuse(need, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER,
				  "'%s' stands for a target that the loader sets", text);
}
