/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sites whose module comes and goes, on a table and a list of probes that no kernel has. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/trace/waits.h"
#include "tests/cmd/context.h"

static char root[32];
static struct context context;
static struct lines lines;
static struct trace_plan plan;
static struct trace_waits waits;
static struct trace_wall wall;
static FILE *stream;
static char *text;
static size_t size;

static void folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", root, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void put(const char *name, const char *words)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", root, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(words, file);
	ck_assert_int_eq(fclose(file), 0);
}

#define TABLE "/proc/kallsyms"
#define LIST  "/sys/kernel/debug/kprobes/list"

static void setup(void)
{
	static const char *const folders[] = { "/proc", "/sys", "/sys/kernel", "/sys/kernel/debug",
					       "/sys/kernel/debug/kprobes" };
	const struct output_options options = { .format = OUTPUT_JSONL };
	const struct trace_choice choice = { .nth = 0 };

	snprintf(root, sizeof(root), "/tmp/kvet-waits.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		folder(folders[i]);
	put(TABLE, "ffffffff81000000 T _text\nffffffff81000020 T vfs_read\n");
	put(LIST, "");
	stream = open_memstream(&text, &size);
	context = (struct context){ .host.sysroot = root,
				    .output = output_new(stream, &options, "test") };
	*notes = '\0';
	lines = (struct lines){ .count = 0 };
	plan = (struct trace_plan){ .waits = true };
	ck_assert_int_eq(lines_add(&context, &lines, "kvet_one:first"), STATUS_YES);
	ck_assert_int_eq(lines_add(&context, &lines, "kvet_two:second"), STATUS_YES);
	ck_assert_int_eq(trace_plan_parse(&plan, &context, &lines), STATUS_YES);
	ck_assert_int_eq(trace_plan_resolve(&plan, &context, &choice), STATUS_YES);
	waits = (struct trace_waits){ .context = &context, .plan = &plan, .wall = &wall };
	ck_assert_int_eq(trace_waits_open(&waits), STATUS_YES);
	ck_assert_uint_eq(waits.count, 2);
}

static void teardown(void)
{
	static const char *const names[] = { LIST,
					     TABLE,
					     "/sys/kernel/debug/kprobes",
					     "/sys/kernel/debug",
					     "/sys/kernel",
					     "/sys",
					     "/proc",
					     "" };
	char path[128];

	trace_waits_close(&waits);
	trace_plan_deinit(&plan, &context);
	lines_free(&lines);
	output_free(context.output);
	fclose(stream);
	free(text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s%s", root, names[i]);
		(void)remove(path);
	}
}

static void change(const char *name, bool loaded, uint64_t mono_ns)
{
	struct kvet_trace_module module = { .mono_ns = mono_ns, .loaded = loaded, .comm = "task" };

	snprintf(module.name, sizeof(module.name), "%s", name);
	trace_waits_changed(&waits, &module);
}

static bool judged(size_t index, uint64_t hits)
{
	struct kvet_trace_site site = { .verdict = KVET_YES, .hits = hits };
	bool judged = trace_waits_judge(&waits, index, &site);

	ck_assert_int_eq(site.verdict, judged ? KVET_NO : KVET_YES);
	return judged;
}

START_TEST(a_site_is_where_its_module_is_now_and_at_the_end_where_it_was_last)
{
	put(TABLE, "ffffffffc0000040 t first\t[kvet_one]\n");
	put(LIST, "ffffffffc0000044  k  first+0x4  kvet_one [FTRACE]\n");
	change("kvet_one", true, 10);
	trace_waits_until(&waits, 9);
	ck_assert_uint_eq(plan.sites[0]->address, 0);
	trace_waits_until(&waits, 10);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffffc0000040);
	ck_assert_uint_eq(plan.sites[1]->address, 0);
	ck_assert_ptr_nonnull(strstr(notes, "first is armed at 0xffffffffc0000040"));
	change("kvet_one", false, 20);
	change("kvet_two", false, 30);
	trace_waits_until(&waits, 25);
	ck_assert_uint_eq(plan.sites[0]->address, 0);
	ck_assert_uint_eq(waits.change_count, 1);
	ck_assert(!waits.items[1].seen);
	trace_waits_until(&waits, UINT64_MAX);
	ck_assert(waits.items[1].seen);
	trace_waits_end(&waits);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffffc0000040);
	fflush(stream);
	ck_assert_ptr_nonnull(strstr(text, "\"change\":\"loaded\",\"comm\":\"task\",\"number\":1,"
					   "\"symbol\":\"first\","
					   "\"address\":\"0xffffffffc0000040\""));
	ck_assert_ptr_nonnull(strstr(text, "\"change\":\"unloaded\",\"comm\":\"task\","
					   "\"number\":1,\"symbol\":\"first\",\"address\":null"));
}
END_TEST

/* What the table has by then may be of its next life. */
START_TEST(what_has_gone_before_it_was_looked_at_has_no_address)
{
	put(TABLE, "ffffffffc0000040 t first\t[kvet_one]\n");
	put(LIST, "ffffffffc0000040  k  first+0x0  kvet_one [FTRACE]\n");
	change("kvet_one", true, 10);
	change("kvet_one", false, 20);
	trace_waits_until(&waits, 15);
	ck_assert_uint_eq(plan.sites[0]->address, 0);
	ck_assert_ptr_nonnull(strstr(notes, "could not be read in time"));
	ck_assert(!judged(0, 0));
}
END_TEST

START_TEST(of_several_functions_the_one_that_the_kernel_has_armed)
{
	put(TABLE, "ffffffffc0000040 t first\t[kvet_one]\nffffffffc0000080 t first\t[kvet_one]\n");
	put(LIST, "ffffffffc0000080  k  first+0x0  kvet_one [FTRACE]\n");
	change("kvet_one", true, 10);
	trace_waits_until(&waits, UINT64_MAX);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffffc0000080);
	put(LIST, "");
	change("kvet_one", true, 20);
	trace_waits_until(&waits, UINT64_MAX);
	ck_assert_uint_eq(plan.sites[0]->address, 0);
	ck_assert_ptr_nonnull(strstr(notes, "ambiguous, and the kernel has not armed it"));
	ck_assert(judged(0, 0));
}
END_TEST

START_TEST(not_armed_is_what_did_not_come_or_came_without_the_function)
{
	put(TABLE, "ffffffffc0000040 t another\t[kvet_one]\n");
	change("kvet_one", true, 10);
	trace_waits_until(&waits, UINT64_MAX);
	ck_assert_ptr_nonnull(strstr(notes, "first is not, or no longer, among its symbols"));
	ck_assert(judged(0, 0));
	ck_assert(!judged(0, 1)); /* its first function, which is freed by then */
	ck_assert(judged(1, 0));
	change("kvet_two", true, 20);
	put(TABLE, "ffffffffc0000040 t second\t[kvet_two]\n");
	put(LIST, "ffffffffc0000040  k  second+0x0  kvet_two [GONE][FTRACE]\n");
	trace_waits_until(&waits, UINT64_MAX);
	ck_assert(!judged(1, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace waits");
	TCase *tcase = tcase_create("changes");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_site_is_where_its_module_is_now_and_at_the_end_where_it_was_last);
	tcase_add_test(tcase, what_has_gone_before_it_was_looked_at_has_no_address);
	tcase_add_test(tcase, of_several_functions_the_one_that_the_kernel_has_armed);
	tcase_add_test(tcase, not_armed_is_what_did_not_come_or_came_without_the_function);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
