/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "core/fail.h"
#include "kprobe/prototype.h"
#include "kprobe/trampoline.h"

#define SOURCE "fentry"

/* A trampoline's registers of arguments (kernel: MAX_BPF_FUNC_REG_ARGS is 5 to 12; without those
 * that are on the stack, 6). */
#define ARGUMENTS_MOST 6

/*
 * Functions that a trampoline calls itself, outside the part in which the kernel keeps a program
 * from running again (kernel: kernel/bpf/trampoline.c, __bpf_prog_enter_recur() to
 * __bpf_tramp_exit()): it would call itself until the stack is full. Newer kernels refuse some of
 * them (btf_id_deny), older ones none: with __rcu_read_lock, Linux 6.1 dies. By their beginnings,
 * because what they call in turn differs between kernels.
 */
static const char *const own_calls[] = {
	"bpf_",
	"__bpf_",
	"rcu_",
	"__rcu_",
	"srcu_",
	"__srcu_",
	"migrate_",
	"preempt_",
	"percpu_",
	"__percpu_",
	"irq_work_",
	"raise_softirq",
	"__raise_softirq",
	"resched_",
	"ftrace_",
	"sched_clock",
	"native_sched",
	"local_clock",
};

static bool is_own_call(const char *symbol)
{
	for (size_t i = 0; i < sizeof(own_calls) / sizeof(*own_calls); i++)
		if (!strncmp(symbol, own_calls[i], strlen(own_calls[i])))
			return true;
	return false;
}

/* Functions that do not return: their trampolines would never be freed. Newer kernels refuse fexit
 * at them (kernel: kernel/bpf/verifier.c, noreturn_deny), older ones do not. */
static const char *const endless[] = {
	"do_exit",
	"do_group_exit",
	"__x64_sys_exit",
	"__x64_sys_exit_group",
	"__arm64_sys_exit",
	"__arm64_sys_exit_group",
	"__s390x_sys_exit",
	"__s390x_sys_exit_group",
	"__riscv_sys_exit",
	"__riscv_sys_exit_group",
	"__ia32_sys_exit",
	"__ia32_sys_exit_group",
	"complete_and_exit",
	"kthread_complete_and_exit",
	"kthread_exit",
	"make_task_dead",
	"rewind_stack_and_make_dead",
	"__module_put_and_exit",
	"__module_put_and_kthread_exit",
};

static bool is_endless(const char *symbol)
{
	for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++)
		if (!strcmp(symbol, endless[i]))
			return true;
	return false;
}

/* Whether each argument, and the value, is in one register. */
static bool is_in_registers(const struct btf_type *proto,
			    const struct kvet_kprobe_prototype *prototype)
{
	/* Less: BTF ends a variable argument list with one that has no type. */
	if (prototype->count != BTF_INFO_VLEN(proto->info) || prototype->count > ARGUMENTS_MOST ||
	    prototype->returns.kind == KVET_KPROBE_UNKNOWN)
		return false;
	for (size_t i = 0; i < prototype->count; i++)
		if (prototype->values[i].place != (int)i)
			return false;
	return true;
}

static const char *why_not(const struct kvet_kprobe_site *site, const struct kvet_btf *btf,
			   bool returns, struct kvet_trampoline *trampoline)
{
	struct kvet_kprobe_prototype prototype;
	const struct btf_type *proto;

	if (site->offset)
		return "is only for the first byte of a function";
	if (site->module)
		return "is not used for functions of modules";
	if (!site->unique)
		return "requires a name that no other symbol has: the kernel finds the function by "
		       "its name";
	if (is_own_call(site->symbol))
		return "is not for what a BPF trampoline calls itself";
	if (returns && is_endless(site->symbol))
		return "is not for the return of a function that does not return";
	trampoline->btf_id = kvet_btf_find(btf, BTF_KIND_FUNC, site->symbol);
	proto = kvet_btf_prototype(btf, trampoline->btf_id);
	if (!proto)
		return "requires BTF of the function";
	if (kvet_btf_next(btf, trampoline->btf_id))
		return "requires one function of that name in BTF";
	if (kvet_prototype_find(btf, site->symbol, &prototype) != 1 ||
	    !is_in_registers(proto, &prototype))
		return "requires at most six arguments, each and the value in one register";
	trampoline->arguments = (uint32_t)prototype.count;
	return NULL;
}

enum kvet_verdict kvet_trampoline_suits(const struct kvet_kprobe_site *site,
					const struct kvet_btf *btf, bool returns,
					struct kvet_trampoline *trampoline,
					struct kvet_cause *cause)
{
	const char *why = why_not(site, btf, returns, trampoline);

	if (!why)
		return KVET_YES;
	kvet_cause_fill(cause, 0, SOURCE, "%s: fentry %s", site->symbol, why);
	kvet_cause_remedy(cause, "--backend auto");
	return KVET_NO;
}
