/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which functions a BPF trampoline suits, by their symbol and by BTF made by libbpf. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/trampoline.h"

static struct btf *made;
static struct kvet_btf *btf;
static char *bytes;
static int number; /* the type int */
static struct kvet_kprobe_site site;
static bool at_return;
static struct kvet_trampoline trampoline;
static struct kvet_cause cause;

static void setup(void)
{
	made = btf__new_empty();
	ck_assert_ptr_nonnull(made);
	btf = NULL;
	bytes = NULL;
	at_return = false;
	number = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	site = (struct kvet_kprobe_site){ .symbol = "f", .unique = true, .verdict = KVET_YES };
}

static void teardown(void)
{
	kvet_btf_free(btf);
	btf__free(made);
	free(bytes);
}

/* A function with this many parameters of one type. Returns its id. */
static int add_function(const char *name, int count, int type, int returns)
{
	int proto = btf__add_func_proto(made, returns);

	for (int i = 0; i < count; i++)
		ck_assert_int_eq(btf__add_func_param(made, "arg", type), 0);
	return btf__add_func(made, name, BTF_FUNC_STATIC, proto);
}

static enum kvet_verdict suits(void)
{
	const void *raw;
	__u32 size;

	if (!btf) {
		/* libbpf's own bytes go when another BTF stands on them. */
		raw = btf__raw_data(made, &size);
		bytes = malloc(size);
		ck_assert_ptr_nonnull(bytes);
		memcpy(bytes, raw, size);
		ck_assert_int_eq(kvet_btf_new(&btf, NULL, bytes, size, "made here", NULL), 0);
	}
	return kvet_trampoline_suits(&site, btf, at_return, &trampoline, &cause);
}

static void is_refused(const char *words)
{
	ck_assert_int_eq(suits(), KVET_NO);
	ck_assert_msg(strstr(cause.evidence, words) != NULL, "%s", cause.evidence);
	ck_assert_ptr_nonnull(strstr(cause.evidence, site.symbol));
	ck_assert_str_ne(cause.remedy, "");
}

START_TEST(a_function_is_found_with_its_arguments)
{
	int pointer = btf__add_ptr(made, 0), id;

	add_function("other", 1, number, 0);
	id = add_function("f", _i, pointer, _i % 2 ? number : 0);
	ck_assert_int_eq(suits(), KVET_YES);
	ck_assert_uint_eq(trampoline.btf_id, id);
	ck_assert_uint_eq(trampoline.arguments, _i);
}
END_TEST

START_TEST(the_kernel_finds_it_only_by_its_name)
{
	add_function("f", 1, number, number);
	site.offset = 4;
	is_refused("first byte");
	site.offset = 0;
	site.module = "m";
	is_refused("modules");
	site.module = NULL;
	site.unique = false;
	is_refused("no other symbol");
	site.unique = true;
	ck_assert_int_eq(suits(), KVET_YES);
}
END_TEST

START_TEST(a_name_is_once_in_btf)
{
	add_function("f", 1, number, number);
	add_function("f", 1, number, number);
	is_refused("one function of that name");
	site.symbol = "g";
	is_refused("BTF of the function");
}
END_TEST

static void add_open_list(void)
{
	int proto = btf__add_func_proto(made, 0);

	btf__add_func_param(made, "format", number);
	btf__add_func_param(made, "", 0);
	btf__add_func(made, "f", BTF_FUNC_STATIC, proto);
}

/* A seventh argument, a struct in two registers, a struct in one, and what comes after "...". */
START_TEST(what_is_not_in_registers_is_refused)
{
	if (_i == 0)
		add_function("f", 7, number, number);
	else if (_i == 1)
		add_function("f", 2, btf__add_struct(made, "pair", 16), number);
	else if (_i == 2)
		add_function("f", 1, btf__add_struct(made, "one", 8), number);
	else if (_i == 3)
		add_function("f", 1, number, btf__add_struct(made, "pair", 16));
	else
		add_open_list();
	is_refused("in one register");
}
END_TEST

/* With the first of them, Linux 6.1 dies. */
START_TEST(what_a_trampoline_calls_itself_is_refused)
{
	static const char *const names[] = {
		"__rcu_read_lock",      "rcu_read_unlock_special",  "migrate_disable",
		"preempt_count_add",    "bpf_get_current_pid_tgid", "__bpf_prog_enter",
		"irq_work_queue_on",    "raise_softirq_irqoff",     "sched_clock",
		"ftrace_graph_ret_addr"
	};

	site.symbol = names[_i];
	add_function(names[_i], 0, number, 0);
	is_refused("calls itself");
}
END_TEST

START_TEST(what_does_not_return_has_an_entry_only)
{
	site.symbol = "do_group_exit";
	add_function(site.symbol, 1, number, 0);
	ck_assert_int_eq(suits(), KVET_YES);
	at_return = true;
	is_refused("does not return");
	site.symbol = "f";
	is_refused("BTF of the function");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe trampoline");
	TCase *tc = tcase_create("trampoline");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_function_is_found_with_its_arguments, 0, 6);
	tcase_add_test(tc, the_kernel_finds_it_only_by_its_name);
	tcase_add_test(tc, a_name_is_once_in_btf);
	tcase_add_loop_test(tc, what_is_not_in_registers_is_refused, 0, 5);
	tcase_add_loop_test(tc, what_a_trampoline_calls_itself_is_refused, 0, 10);
	tcase_add_test(tc, what_does_not_return_has_an_entry_only);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
