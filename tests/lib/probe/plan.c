/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of what helpers work on, against every prototype there is: those of the header that
 * kvet is built with, and those of the running kernel's BTF. */
#include <bpf/btf.h>
#include <check.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "probe/plan.h"

#define HEADER "/usr/include/linux/bpf.h"
#define MAP    "struct bpf_map *"

static bool is_planned(int helper)
{
	return kvet_plan_of(helper)->steps[0].kind == KVET_STEP_MAP;
}

/* " * long bpf_map_push_elem(struct bpf_map *map, …": the helper's number, or -1; the line may
 * go on in the next. */
static int helper_of(const char *line)
{
	const char *open = strchr(line, '('), *name = open;
	char buf[64];

	if (strncmp(line, " * ", 3) != 0 || !open)
		return -1;
	while (name > line && (name[-1] == '_' || (name[-1] >= '0' && name[-1] <= '9') ||
			       (name[-1] >= 'a' && name[-1] <= 'z')))
		name--;
	/* A prototype begins with the type that is returned. */
	if (strncmp(name, "bpf_", 4) != 0 || name == line + 3)
		return -1;
	snprintf(buf, sizeof(buf), "%.*s", (int)(open - name), name);
	return kvet_probe_helper_by_name(buf);
}

START_TEST(each_helper_of_the_header_that_takes_a_map_is_in_the_table)
{
	FILE *stream = fopen(HEADER, "r");
	char line[1024];
	int found = 0;

	ck_assert_msg(stream != NULL, HEADER);
	while (fgets(line, sizeof(line), stream)) {
		int helper = helper_of(line);

		if (helper < 0 || !strstr(line, MAP))
			continue;
		ck_assert_msg(is_planned(helper), "%s", line);
		found++;
	}
	fclose(stream);
	ck_assert_int_ge(found, 33);
}
END_TEST

static const struct btf_type *type_at(const struct btf *btf, unsigned int id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (btf_is_mod(type) || btf_is_type_tag(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static bool is_map(const struct btf *btf, unsigned int id)
{
	const struct btf_type *type = type_at(btf, id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = type_at(btf, type->type);
	return type && btf_is_struct(type) &&
	       !strcmp(btf__name_by_offset(btf, type->name_off), "bpf_map");
}

/* BPF_CALL_3(bpf_map_push_elem, struct bpf_map *, map, …) leaves a typedef of the prototype
 * behind, "btf_bpf_map_push_elem". */
START_TEST(each_helper_of_this_kernel_that_takes_a_map_is_in_the_table)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int found = 0;

	if (!btf) {
		fprintf(stderr, "# the running kernel has no BTF\n");
		return;
	}
	for (unsigned int i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *type = btf__type_by_id(btf, i);
		const char *name = btf__name_by_offset(btf, type->name_off);
		int helper;

		if (!btf_is_typedef(type) || strncmp(name, "btf_bpf_", 8) != 0)
			continue;
		helper = kvet_probe_helper_by_name(name + 4);
		type = type_at(btf, type->type);
		if (helper < 0 || !type || !btf_is_ptr(type))
			continue;
		type = type_at(btf, type->type);
		if (!type || !btf_is_func_proto(type))
			continue;
		for (int p = 0; p < btf_vlen(type); p++)
			if (is_map(btf, btf_params(type)[p].type)) {
				ck_assert_msg(is_planned(helper), "%s", name);
				found++;
			}
	}
	btf__free(btf);
	ck_assert_int_ge(found, 20);
}
END_TEST

START_TEST(what_is_taken_from_a_map_is_in_the_table_too)
{
	static const int helpers[] = { BPF_FUNC_spin_lock,      BPF_FUNC_spin_unlock,
				       BPF_FUNC_timer_init,     BPF_FUNC_timer_set_callback,
				       BPF_FUNC_timer_start,    BPF_FUNC_timer_cancel,
				       BPF_FUNC_ringbuf_submit, BPF_FUNC_ringbuf_discard };

	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		ck_assert_msg(is_planned(helpers[i]), "%s", kvet_probe_helper_name(helpers[i]));
}
END_TEST

/* Row by row, as check_map_func_compatibility() of the kernel's kernel/bpf/verifier.c has them. */
static const struct {
	int helper;
	const char *kinds;
} rows[] = {
#define ELEMENTS "array hash lru_hash percpu_array percpu_hash lru_percpu_hash"
	{ BPF_FUNC_map_lookup_elem, ELEMENTS },
	{ BPF_FUNC_map_update_elem, ELEMENTS },
	{ BPF_FUNC_map_delete_elem, ELEMENTS },
	{ BPF_FUNC_for_each_map_elem, ELEMENTS },
	{ BPF_FUNC_map_lookup_percpu_elem, "percpu_array percpu_hash lru_percpu_hash" },
	{ BPF_FUNC_map_push_elem, "queue stack bloom_filter" },
	{ BPF_FUNC_map_peek_elem, "queue stack bloom_filter" },
	{ BPF_FUNC_map_pop_elem, "queue stack" },
	{ BPF_FUNC_ringbuf_output, "ringbuf" },
	{ BPF_FUNC_ringbuf_reserve, "ringbuf" },
	{ BPF_FUNC_ringbuf_submit, "ringbuf" },
	{ BPF_FUNC_ringbuf_discard, "ringbuf" },
	{ BPF_FUNC_ringbuf_query, "ringbuf" },
	{ BPF_FUNC_ringbuf_reserve_dynptr, "ringbuf" },
	{ BPF_FUNC_ringbuf_submit_dynptr, "ringbuf" },
	{ BPF_FUNC_ringbuf_discard_dynptr, "ringbuf" },
	{ BPF_FUNC_user_ringbuf_drain, "user_ringbuf" },
	{ BPF_FUNC_get_stackid, "stack_trace" },
	{ BPF_FUNC_perf_event_read, "perf_event_array" },
	{ BPF_FUNC_perf_event_read_value, "perf_event_array" },
	{ BPF_FUNC_perf_event_output, "perf_event_array" },
	{ BPF_FUNC_skb_output, "perf_event_array" },
	{ BPF_FUNC_xdp_output, "perf_event_array" },
	{ BPF_FUNC_tail_call, "prog_array" },
	{ BPF_FUNC_current_task_under_cgroup, "cgroup_array" },
	{ BPF_FUNC_skb_under_cgroup, "cgroup_array" },
	{ BPF_FUNC_get_local_storage, "cgroup_storage percpu_cgroup_storage" },
	{ BPF_FUNC_redirect_map, "devmap devmap_hash cpumap xskmap" },
	{ BPF_FUNC_sk_redirect_map, "sockmap" },
	{ BPF_FUNC_msg_redirect_map, "sockmap" },
	{ BPF_FUNC_sock_map_update, "sockmap" },
	{ BPF_FUNC_sk_redirect_hash, "sockhash" },
	{ BPF_FUNC_msg_redirect_hash, "sockhash" },
	{ BPF_FUNC_sock_hash_update, "sockhash" },
	{ BPF_FUNC_sk_select_reuseport, "reuseport_sockarray sockmap sockhash" },
	{ BPF_FUNC_sk_storage_get, "sk_storage" },
	{ BPF_FUNC_sk_storage_delete, "sk_storage" },
	{ BPF_FUNC_inode_storage_get, "inode_storage" },
	{ BPF_FUNC_inode_storage_delete, "inode_storage" },
	{ BPF_FUNC_task_storage_get, "task_storage" },
	{ BPF_FUNC_task_storage_delete, "task_storage" },
	{ 210, "cgrp_storage" }, /* cgrp_storage_get and _delete, Linux 6.2 */
	{ 211, "cgrp_storage" },
#define TIMERS "array with a bpf_timer hash with a bpf_timer lru_hash with a bpf_timer"
	{ BPF_FUNC_timer_init, TIMERS },
	{ BPF_FUNC_timer_set_callback, TIMERS },
	{ BPF_FUNC_timer_start, TIMERS },
	{ BPF_FUNC_timer_cancel, TIMERS },
#define LOCKS "array with a bpf_spin_lock hash with a bpf_spin_lock object of bpf_obj_new"
	{ BPF_FUNC_spin_lock, LOCKS },
	{ BPF_FUNC_spin_unlock, LOCKS },
};

/* The steps up to the mere call, by what they pass. */
static void steps_of(int helper, char *buf, size_t size)
{
	const struct kvet_step *step = kvet_plan_of(helper)->steps;
	size_t used = 0;

	buf[0] = '\0';
	for (; step->kind != KVET_STEP_CALL; step++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "",
					 kvet_step_argument(step));
	ck_assert_ptr_null(kvet_step_argument(step));
	ck_assert_int_lt(step - kvet_plan_of(helper)->steps, KVET_STEPS_MOST);
}

START_TEST(each_helper_is_given_the_kinds_that_the_kernel_lets_it_have)
{
	char steps[256];

	steps_of(rows[_i].helper, steps, sizeof(steps));
	ck_assert_str_eq(steps, rows[_i].kinds);
}
END_TEST

static bool is_row(int helper)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].helper == helper)
			return true;
	return false;
}

START_TEST(every_other_helper_is_only_called)
{
	char steps[256];

	for (int helper = 1; helper < kvet_probe_names_end(); helper++) {
		steps_of(helper, steps, sizeof(steps));
		if (!is_row(helper))
			ck_assert_str_eq(steps, "");
	}
}
END_TEST

/* Those that kvet_privilege_limits() says lockdown may take away. */
START_TEST(what_lockdown_can_take_away_has_witnesses)
{
	static const int helpers[] = { BPF_FUNC_probe_read, BPF_FUNC_probe_read_str,
				       BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str,
				       BPF_FUNC_probe_write_user };
	size_t found = 0;

	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++) {
		const int *types = kvet_plan_of(helpers[i])->witnesses;

		ck_assert_ptr_nonnull(types);
		ck_assert_int_eq(types[0], BPF_PROG_TYPE_RAW_TRACEPOINT);
		ck_assert_int_eq(types[1], BPF_PROG_TYPE_TRACEPOINT);
		ck_assert_int_eq(types[2], BPF_PROG_TYPE_KPROBE);
		ck_assert_int_eq(types[3], BPF_PROG_TYPE_PERF_EVENT);
		ck_assert_int_eq(types[4], 0);
	}
	for (int helper = 1; helper < kvet_probe_names_end(); helper++)
		found += kvet_plan_of(helper)->witnesses != NULL;
	ck_assert_uint_eq(found, sizeof(helpers) / sizeof(*helpers));
}
END_TEST

START_TEST(what_may_sleep_is_asked_of_sleepable_programs_too)
{
	static const int helpers[] = { BPF_FUNC_copy_from_user, BPF_FUNC_copy_from_user_task,
				       BPF_FUNC_ima_inode_hash, BPF_FUNC_ima_file_hash };
	size_t found = 0;

	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		ck_assert(kvet_plan_of(helpers[i])->may_sleep);
	for (int helper = 1; helper < kvet_probe_names_end(); helper++)
		found += kvet_plan_of(helper)->may_sleep;
	ck_assert_uint_eq(found, sizeof(helpers) / sizeof(*helpers));
}
END_TEST

/* A new row is one of those above too. */
START_TEST(no_helper_is_left_out_of_this_test)
{
	size_t planned = 0;

	for (int helper = 1; helper < kvet_probe_names_end(); helper++)
		planned += is_planned(helper);
	ck_assert_uint_eq(planned, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(kinds_have_names_of_their_own)
{
	for (int i = 0; i < KVET_MAP_COUNT; i++) {
		ck_assert_str_ne(kvet_map_kind_name((enum kvet_map_kind)i), "?");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(kvet_map_kind_name((enum kvet_map_kind)i),
					 kvet_map_kind_name((enum kvet_map_kind)j));
	}
	ck_assert_str_eq(kvet_map_kind_name(KVET_MAP_COUNT), "?");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe plan");
	TCase *tc = tcase_create("plan");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, each_helper_of_the_header_that_takes_a_map_is_in_the_table);
	tcase_add_test(tc, each_helper_of_this_kernel_that_takes_a_map_is_in_the_table);
	tcase_add_test(tc, what_is_taken_from_a_map_is_in_the_table_too);
	tcase_add_loop_test(tc, each_helper_is_given_the_kinds_that_the_kernel_lets_it_have, 0,
			    sizeof(rows) / sizeof(*rows));
	tcase_add_test(tc, every_other_helper_is_only_called);
	tcase_add_test(tc, what_lockdown_can_take_away_has_witnesses);
	tcase_add_test(tc, what_may_sleep_is_asked_of_sleepable_programs_too);
	tcase_add_test(tc, no_helper_is_left_out_of_this_test);
	tcase_add_test(tc, kinds_have_names_of_their_own);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
