/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What hosts of our own say of kprobes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <kvet/kprobe.h>

#include "tests/lib/tree.h"

#define PMU       "/sys/bus/event_source/devices/kprobe/type"
#define ENABLED   "/sys/kernel/debug/kprobes/enabled"
#define FTRACE    "/proc/sys/kernel/ftrace_enabled"
#define BLACKLIST "/sys/kernel/debug/kprobes/blacklist"
#define FUNCTIONS "/sys/kernel/tracing/available_filter_functions"
#define OLD_PLACE "/sys/kernel/debug/tracing/available_filter_functions"

static struct kvet_kprobe_facts facts;
static struct kvet_kprobe_lists lists;

static void setup(void)
{
	tree_make();
	memset(&facts, 0xa5, sizeof(facts));
	memset(&lists, 0xa5, sizeof(lists));
}

/* --- facts --------------------------------------------------------------------------------- */

START_TEST(a_bare_host_says_nothing)
{
	kvet_kprobe_facts_read(&tree_host, &facts);
	kvet_kprobe_facts_deinit(&facts);
	ck_assert_int_eq(facts.pmu_type, -1);
	ck_assert_int_eq(facts.config, KVET_CONFIG_UNKNOWN);
	ck_assert_str_eq(facts.config_evidence, "");
	ck_assert_int_eq(facts.switches.kprobes, -1);
	ck_assert_str_eq(facts.lockdown, "unknown");
}
END_TEST

START_TEST(a_host_with_kprobes_is_read)
{
	struct utsname uts;
	char path[128], words[256];

	uname(&uts);
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	tree_write(path, "CONFIG_KPROBES_ON_FTRACE=y\nCONFIG_KPROBES=y\n");
	tree_write(PMU, "8\n");
	tree_write(ENABLED, "1\n");
	tree_write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	kvet_kprobe_facts_deinit(&facts);
	ck_assert_int_eq(facts.pmu_type, 8);
	ck_assert_int_eq(facts.switches.kprobes, 1);
	ck_assert_str_eq(facts.lockdown, "integrity");
	ck_assert_int_eq(facts.config, KVET_CONFIG_YES);
	snprintf(words, sizeof(words), "CONFIG_KPROBES=y (%s%s)", tree_root, path);
	ck_assert_str_eq(facts.config_evidence, words);
	ck_assert_int_eq(kvet_kprobe_usable(&facts, NULL), KVET_YES);
}
END_TEST

START_TEST(the_bit_for_returns_is_one_of_64)
{
	static const struct {
		const char *text;
		int bit;
	} formats[] = { { "config:0\n", 0 },     { "config:63\n", 63 }, { "config:64\n", -1 },
			{ "config:-1\n", -1 },   { "config1:0\n", -1 }, { "config:0-1\n", -1 },
			{ "config:99999\n", -1 } };

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		tree_write("/sys/bus/event_source/devices/kprobe/format/retprobe", formats[i].text);
		kvet_kprobe_facts_read(&tree_host, &facts);
		kvet_kprobe_facts_deinit(&facts);
		ck_assert_msg(facts.retprobe_bit == formats[i].bit, "%s", formats[i].text);
	}
}
END_TEST

START_TEST(kprobe_events_are_found_where_tracefs_is)
{
	static const char *const places[] = { "/sys/kernel/tracing/kprobe_events",
					      "/sys/kernel/debug/tracing/kprobe_events" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		kvet_kprobe_facts_read(&tree_host, &facts);
		kvet_kprobe_facts_deinit(&facts);
		ck_assert(!facts.tracefs);
		tree_write(places[i], "");
		kvet_kprobe_facts_read(&tree_host, &facts);
		kvet_kprobe_facts_deinit(&facts);
		ck_assert_msg(facts.tracefs, "%s", places[i]);
		ck_assert_int_eq(kvet_kprobe_usable(&facts, NULL), KVET_YES);
		tree_drop();
		tree_make();
	}
}
END_TEST

START_TEST(switches_that_are_off_are_seen)
{
	tree_write(PMU, "8\n");
	tree_write(ENABLED, "0\n");
	tree_write(FTRACE, "1\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	kvet_kprobe_facts_deinit(&facts);
	ck_assert_int_eq(facts.switches.kprobes, 0);
	ck_assert_int_eq(facts.switches.ftrace, 1);
	tree_write(ENABLED, "1\n");
	tree_write(FTRACE, "0\n");
	kvet_kprobe_switches_read(&tree_host, &facts.switches);
	ck_assert_int_eq(facts.switches.kprobes, 1);
	ck_assert_int_eq(facts.switches.ftrace, 0);
	/* Probes can be armed all the same: which of them are dead is asked of each. */
	ck_assert_int_eq(kvet_kprobe_usable(&facts, NULL), KVET_YES);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_known)
{
	tree_write_unreadable(PMU);
	tree_write_unreadable(ENABLED);
	tree_write_unreadable(FTRACE);
	tree_write_unreadable("/proc/config.gz");
	kvet_kprobe_facts_read(&tree_host, &facts);
	kvet_kprobe_facts_deinit(&facts);
	ck_assert_int_eq(facts.pmu_type, -1);
	ck_assert_int_eq(facts.switches.kprobes, -1);
	ck_assert_int_eq(facts.switches.ftrace, -1);
	ck_assert_int_eq(facts.config, KVET_CONFIG_UNKNOWN);
}
END_TEST

/* Type 0 is PERF_TYPE_HARDWARE: kvet would count cycles and call it a kprobe. */
START_TEST(a_type_that_is_no_number_is_no_pmu)
{
	static const char *const texts[] = { "", "\n", "kprobe\n", "8x\n", "-8\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		tree_write(PMU, texts[i]);
		kvet_kprobe_facts_read(&tree_host, &facts);
		kvet_kprobe_facts_deinit(&facts);
		ck_assert_msg(facts.pmu_type == -1, "'%s' is %d", texts[i], facts.pmu_type);
	}
}
END_TEST

START_TEST(a_switch_that_is_no_number_is_not_off)
{
	static const char *const texts[] = { "", "\n", "on\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		tree_write(ENABLED, texts[i]);
		kvet_kprobe_facts_read(&tree_host, &facts);
		kvet_kprobe_facts_deinit(&facts);
		ck_assert_msg(facts.switches.kprobes != 0, "'%s' is off", texts[i]);
	}
}
END_TEST

/* --- lists --------------------------------------------------------------------------------- */

static void listed_at(const char *symbol, uint64_t address, int blacklisted, int traceable)
{
	const struct kvet_kprobe_site site = { .symbol = symbol, .address = address };

	kvet_kprobe_lists_read(&tree_host, NULL, &site, &lists);
	ck_assert_msg(lists.blacklisted == blacklisted && lists.traceable == traceable,
		      "%s at %#lx is %d and %d", symbol, (unsigned long)address, lists.blacklisted,
		      lists.traceable);
}

START_TEST(lists_that_are_not_there_are_not_readable)
{
	listed_at("vfs_read", 0xffffffff81000000, -1, -1);
	tree_write_unreadable(BLACKLIST);
	tree_write_unreadable(FUNCTIONS);
	tree_write_unreadable(OLD_PLACE);
	listed_at("vfs_read", 0xffffffff81000000, -1, -1);
}
END_TEST

/* To whom addresses are hidden, a list of them looks empty. */
START_TEST(empty_lists_say_nothing)
{
	tree_write(BLACKLIST, "");
	tree_write(FUNCTIONS, "");
	listed_at("vfs_read", 0xffffffff81000000, -1, -1);
}
END_TEST

START_TEST(the_blacklist_goes_by_address_and_its_end_is_outside)
{
	tree_write(BLACKLIST, "0xffffffff81000100-0xffffffff81000140\tnoinstr_one\n"
			      "0xffffffff81000200-0xffffffff81000210\tnoinstr_two\n"
			      "0xffffffffc0000000-0xffffffffc0000001\tof_module [m]\n");
	listed_at("any", 0xffffffff810000ff, 0, -1);
	listed_at("any", 0xffffffff81000100, 1, -1);
	listed_at("any", 0xffffffff8100013f, 1, -1);
	listed_at("noinstr_one", 0xffffffff81000140, 0, -1);
	listed_at("any", 0xffffffff81000200, 1, -1);
	listed_at("any", 0xffffffff8100020f, 1, -1);
	listed_at("noinstr_two", 0xffffffff81000210, 0, -1);
	listed_at("any", 0xffffffffc0000000, 1, -1);
}
END_TEST

START_TEST(functions_go_by_their_whole_name)
{
	tree_write(FUNCTIONS, "vfs_readv\n"
			      "__vfs_read\n"
			      "vfs_read.cold\n"
			      "tun_open [tun]\n"
			      "last\n");
	listed_at("vfs_readv", 0x1000, -1, 1);
	listed_at("tun_open", 0x1000, -1, 1);
	listed_at("last", 0x1000, -1, 1);
	listed_at("vfs_read", 0x1000, -1, 0);
	listed_at("vfs", 0x1000, -1, 0);
	listed_at("tun", 0x1000, -1, 0);
	listed_at("[tun]", 0x1000, -1, 0);
	listed_at("tun_open_other", 0x1000, -1, 0);
}
END_TEST

START_TEST(functions_of_any_length_are_listed)
{
	char text[2 * 600 + 8], name[600];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	sprintf(text, "%sx\n%s\n", name, name);
	tree_write(FUNCTIONS, text);
	listed_at(name, 0x1000, -1, 1);
	name[sizeof(name) - 2] = '\0';
	listed_at(name, 0x1000, -1, 0);
}
END_TEST

START_TEST(tracefs_below_debugfs_serves_where_it_has_no_mount_of_its_own)
{
	tree_write(OLD_PLACE, "vfs_read\n");
	listed_at("vfs_read", 0x1000, -1, 1);
	listed_at("vfs_write", 0x1000, -1, 0);
}
END_TEST

START_TEST(tracefs_of_its_own_comes_first)
{
	tree_write(FUNCTIONS, "vfs_write\n");
	tree_write(OLD_PLACE, "vfs_read\n");
	listed_at("vfs_read", 0x1000, -1, 0);
	listed_at("vfs_write", 0x1000, -1, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe facts read");
	TCase *tc = tcase_create("facts"), *list = tcase_create("lists");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, tree_drop);
	tcase_add_test(tc, a_bare_host_says_nothing);
	tcase_add_test(tc, a_host_with_kprobes_is_read);
	tcase_add_test(tc, the_bit_for_returns_is_one_of_64);
	tcase_add_test(tc, kprobe_events_are_found_where_tracefs_is);
	tcase_add_test(tc, switches_that_are_off_are_seen);
	tcase_add_test(tc, what_cannot_be_read_is_not_known);
	tcase_add_test(tc, a_type_that_is_no_number_is_no_pmu);
	tcase_add_test(tc, a_switch_that_is_no_number_is_not_off);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(list, setup, tree_drop);
	tcase_add_test(list, lists_that_are_not_there_are_not_readable);
	tcase_add_test(list, empty_lists_say_nothing);
	tcase_add_test(list, the_blacklist_goes_by_address_and_its_end_is_outside);
	tcase_add_test(list, functions_go_by_their_whole_name);
	tcase_add_test(list, functions_of_any_length_are_listed);
	tcase_add_test(list, tracefs_below_debugfs_serves_where_it_has_no_mount_of_its_own);
	tcase_add_test(list, tracefs_of_its_own_comes_first);
	suite_add_tcase(suite, list);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
