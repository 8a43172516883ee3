/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The host's files, as fixtures below a directory of our own. */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include <kvet/host.h>

static char root[] = "/tmp/kvet-host-XXXXXX";
static struct kvet_host host = { .sysroot = root };
static struct kvet_cause err;

static void make_root(void)
{
	strcpy(root + sizeof(root) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	memset(&err, 0, sizeof(err));
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void drop_root(void)
{
	nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* Where a file of the fixture is; makes the folders on the way to it. */
static const char *place(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *c = full + strlen(root) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(full, 0700);
		*c = '/';
	}
	return full;
}

static void make(const char *path, const char *text)
{
	FILE *file = fopen(place(path), "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void make_gz(const char *path, const char *text)
{
	gzFile file = gzopen(place(path), "w");

	ck_assert_ptr_nonnull(file);
	gzputs(file, text);
	ck_assert_int_eq(gzclose(file), Z_OK);
}

static const char *boot_config(void)
{
	static char path[128];
	struct utsname uts;

	uname(&uts);
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	return path;
}

START_TEST(a_file_is_read_without_its_trailing_white_space)
{
	char buf[64];

	make("/proc/x", "  two words\nand a line \t\n\n");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/x", buf, sizeof(buf), &err), 0);
	ck_assert_str_eq(buf, "  two words\nand a line");
	make("/proc/x", " \n\t\n");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/x", buf, sizeof(buf), &err), 0);
	ck_assert_str_eq(buf, "");
	make("/proc/x", "");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/x", buf, sizeof(buf), NULL), 0);
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(a_file_that_just_fits_is_read)
{
	char buf[8];

	make("/proc/x", "1234567");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/x", buf, sizeof(buf), &err), 0);
	ck_assert_str_eq(buf, "1234567");
}
END_TEST

START_TEST(a_file_too_large_is_refused)
{
	char buf[8];

	make("/proc/x", "12345678");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/x", buf, sizeof(buf), &err), -E2BIG);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_ptr_nonnull(strstr(err.evidence, "/proc/x: more than 7 bytes"));
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	char buf[8];

	ck_assert_int_eq(kvet_host_read(&host, "/proc/none", buf, sizeof(buf), &err), -ENOENT);
	ck_assert_int_eq(err.errnum, ENOENT);
	ck_assert_str_eq(err.source, "open");
	ck_assert_ptr_nonnull(strstr(err.evidence, "/proc/none"));
	ck_assert_int_eq(kvet_host_read(&host, "/proc/none", buf, sizeof(buf), NULL), -ENOENT);
	make("/proc/dir/x", "");
	ck_assert_int_eq(kvet_host_read(&host, "/proc/dir", buf, sizeof(buf), &err), -EISDIR);
	ck_assert_str_eq(err.source, "read");
}
END_TEST

START_TEST(no_sysroot_is_this_machine)
{
	static const struct kvet_host none, empty = { .sysroot = "" };
	struct utsname uts;
	char buf[128];

	uname(&uts);
	ck_assert_int_eq(
		kvet_host_read(&none, "/proc/sys/kernel/osrelease", buf, sizeof(buf), &err), 0);
	ck_assert_str_eq(buf, uts.release);
	ck_assert_int_eq(
		kvet_host_read(&empty, "/proc/sys/kernel/osrelease", buf, sizeof(buf), &err), 0);
	ck_assert_str_eq(buf, uts.release);
}
END_TEST

START_TEST(a_sysctl_is_a_decimal_number)
{
	long value = 77;

	make("/proc/sys/kernel/kptr_restrict", "2\n");
	ck_assert_int_eq(kvet_host_sysctl(&host, "kernel/kptr_restrict", &value, &err), 0);
	ck_assert_int_eq(value, 2);
	make("/proc/sys/kernel/perf_event_paranoid", "-1\n");
	ck_assert_int_eq(kvet_host_sysctl(&host, "kernel/perf_event_paranoid", &value, &err), 0);
	ck_assert_int_eq(value, -1);
}
END_TEST

START_TEST(a_sysctl_that_is_no_number_is_refused)
{
	static const char *const texts[] = {
		"", "\n", "on\n", "1 2\n", "1x\n", "0x1\n", "99999999999999999999\n"
	};
	long value = 77;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		make("/proc/sys/kernel/x", texts[i]);
		ck_assert_int_eq(kvet_host_sysctl(&host, "kernel/x", &value, &err), -EINVAL);
		ck_assert_int_eq(err.errnum, 0);
		ck_assert_int_eq(value, 77);
	}
	ck_assert_int_eq(kvet_host_sysctl(&host, "kernel/none", &value, &err), -ENOENT);
}
END_TEST

START_TEST(securityfs_without_lockdown_in_its_list_means_none)
{
	make("/sys/kernel/security/lsm", "capability,landlock,yama\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "none");
	make("/sys/kernel/security/lsm", "capability,lockdown,yama\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "unknown");
}
END_TEST

START_TEST(the_lockdown_level_is_the_word_in_brackets)
{
	static const char path[] = "/sys/kernel/security/lockdown";

	ck_assert_str_eq(kvet_host_lockdown(&host), "unknown");
	make(path, "[none] integrity confidentiality\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "none");
	make(path, "none [integrity] confidentiality\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "integrity");
	make(path, "none integrity [confidentiality]\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "confidentiality");
	make(path, "none integrity confidentiality\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "unknown");
	make(path, "none [paranoia]\n");
	ck_assert_str_eq(kvet_host_lockdown(&host), "unknown");
}
END_TEST

START_TEST(the_seccomp_mode_is_that_of_the_status_file)
{
	const struct kvet_host self = { .sysroot = "/nowhere", .selfroot = root };

	ck_assert_int_eq(kvet_host_seccomp(&self), -1);
	make("/proc/self/status", "Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t1\n");
	ck_assert_int_eq(kvet_host_seccomp(&self), 2);
	make("/proc/self/status", "Name:\tx\nSeccomp:\t0\n");
	ck_assert_int_eq(kvet_host_seccomp(&self), 0);
	make("/proc/self/status", "Name:\tx\nSeccomp_filters:\t1\n");
	ck_assert_int_eq(kvet_host_seccomp(&self), -1);
}
END_TEST

static const char config[] = "# Linux\n"
			     "CONFIG_KPROBES=y\n"
			     "CONFIG_KPROBES_ON_FTRACE=m\n"
			     "# CONFIG_BPF_LSM is not set\n"
			     "CONFIG_HZ=1000\n"
			     "CONFIG_LSM=\"bpf\"\n"
			     "CONFIG_OFF=n\n";

static void config_is(const char *option, enum kvet_config expected, const char *words)
{
	char evidence[256] = "left", *below;

	ck_assert_int_eq(kvet_host_config(&host, option, evidence, sizeof(evidence)), expected);
	/* The file is named as it was read, below the sysroot. */
	below = strstr(evidence, root);
	ck_assert(!*words || below);
	if (below)
		memmove(below, below + strlen(root), strlen(below + strlen(root)) + 1);
	ck_assert_str_eq(evidence, words);
	ck_assert_int_eq(kvet_host_config(&host, option, NULL, 0), expected);
}

static void config_in(const char *path)
{
	static const struct {
		const char *option, *line;
		enum kvet_config value;
	} known[] = {
		{ "CONFIG_KPROBES", "CONFIG_KPROBES=y", KVET_CONFIG_YES },
		{ "CONFIG_KPROBES_ON_FTRACE", "CONFIG_KPROBES_ON_FTRACE=m", KVET_CONFIG_MODULE },
		{ "CONFIG_BPF_LSM", "# CONFIG_BPF_LSM is not set", KVET_CONFIG_NO },
		{ "CONFIG_HZ", "CONFIG_HZ=1000", KVET_CONFIG_YES },
		{ "CONFIG_LSM", "CONFIG_LSM=\"bpf\"", KVET_CONFIG_YES },
		{ "CONFIG_OFF", "CONFIG_OFF=n", KVET_CONFIG_NO },
	};
	char words[256];

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		snprintf(words, sizeof(words), "%s (%s)", known[i].line, path);
		config_is(known[i].option, known[i].value, words);
	}
	snprintf(words, sizeof(words), "CONFIG_KPROBE is not in %s", path);
	config_is("CONFIG_KPROBE", KVET_CONFIG_NO, words);
}

START_TEST(a_configuration_is_read_from_boot)
{
	make(boot_config(), config);
	config_in(boot_config());
}
END_TEST

START_TEST(a_compressed_configuration_is_read_from_proc_and_comes_first)
{
	make_gz("/proc/config.gz", config);
	make(boot_config(), "# CONFIG_KPROBES is not set\n");
	config_in("/proc/config.gz");
}
END_TEST

START_TEST(no_configuration_is_unknown)
{
	config_is("CONFIG_KPROBES", KVET_CONFIG_UNKNOWN, "");
}
END_TEST

START_TEST(a_configuration_that_cannot_be_unpacked_gives_way_to_boot)
{
	make("/proc/config.gz", "\x1f\x8b\x08 this is not deflate data at all");
	config_is("CONFIG_KPROBES", KVET_CONFIG_UNKNOWN, "");
	make(boot_config(), config);
	config_in(boot_config());
}
END_TEST

START_TEST(a_long_line_does_not_hide_the_next)
{
	char text[20000];
	size_t len = 0;

	len = (size_t)sprintf(text, "CONFIG_CMDLINE=\"");
	memset(text + len, 'x', 12000);
	strcpy(text + len + 12000, "\"\nCONFIG_KPROBES=y\n");
	make_gz("/proc/config.gz", text);
	config_is("CONFIG_KPROBES", KVET_CONFIG_YES, "CONFIG_KPROBES=y (/proc/config.gz)");
}
END_TEST

START_TEST(missing_capabilities_are_those_that_are_not_held)
{
	static const int none[] = { -1 }, two[] = { CAP_SYSLOG, CAP_SYS_ADMIN, -1 };
	char buf[128], small[4];
	bool syslog = kvet_host_capable(CAP_SYSLOG), admin = kvet_host_capable(CAP_SYS_ADMIN);

	ck_assert_str_eq(kvet_host_missing_capabilities(none, buf, sizeof(buf)), "");
	kvet_host_missing_capabilities(two, buf, sizeof(buf));
	ck_assert_str_eq(buf, syslog && admin ? ""
			      : syslog        ? "CAP_SYS_ADMIN"
			      : admin         ? "CAP_SYSLOG"
					      : "CAP_SYSLOG, CAP_SYS_ADMIN");
	kvet_host_missing_capabilities(two, small, sizeof(small));
	ck_assert_uint_lt(strlen(small), sizeof(small));
	ck_assert(!kvet_host_capable(1000));
}
END_TEST

START_TEST(versions_are_digits_and_dots)
{
	ck_assert_uint_eq(strspn(kvet_host_version(), "0123456789."), strlen(kvet_host_version()));
	ck_assert_uint_eq(strspn(kvet_host_libbpf_version(), "0123456789."),
			  strlen(kvet_host_libbpf_version()));
	ck_assert_str_ne(kvet_host_version(), "");
	ck_assert_str_ne(kvet_host_libbpf_version(), "");
}
END_TEST

START_TEST(an_empty_configuration_says_nothing)
{
	make(boot_config(), "");
	config_is("CONFIG_KPROBES", KVET_CONFIG_UNKNOWN, "");
	make_gz("/proc/config.gz", "");
	config_is("CONFIG_KPROBES", KVET_CONFIG_UNKNOWN, "");
	make(boot_config(), "CONFIG_KPROBES=m\n");
	ck_assert_int_eq(kvet_host_config(&host, "CONFIG_KPROBES", NULL, 0), KVET_CONFIG_MODULE);
}
END_TEST

START_TEST(a_configuration_that_was_cut_says_nothing)
{
	static char text[200 * 1000];
	size_t used = 0;

	/* Lines that do not compress to nothing, so that a cut falls among them. */
	for (unsigned int n = 1; used + 64 < sizeof(text); n++)
		used += (size_t)sprintf(text + used, "CONFIG_X%u=%u\n", n * 2654435761U,
					n * 40503U);
	make_gz("/proc/config.gz", text);
	ck_assert_int_eq(kvet_host_config(&host, "CONFIG_LAST", NULL, 0), KVET_CONFIG_NO);
	ck_assert_int_eq(truncate(place("/proc/config.gz"), 20000), 0);
	ck_assert_int_eq(kvet_host_config(&host, "CONFIG_LAST", NULL, 0), KVET_CONFIG_UNKNOWN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, make_root, drop_root);
	tcase_add_test(tc, a_file_is_read_without_its_trailing_white_space);
	tcase_add_test(tc, a_file_that_just_fits_is_read);
	tcase_add_test(tc, a_file_too_large_is_refused);
	tcase_add_test(tc, a_missing_file_is_named);
	tcase_add_test(tc, no_sysroot_is_this_machine);
	tcase_add_test(tc, a_sysctl_is_a_decimal_number);
	tcase_add_test(tc, a_sysctl_that_is_no_number_is_refused);
	tcase_add_test(tc, the_lockdown_level_is_the_word_in_brackets);
	tcase_add_test(tc, securityfs_without_lockdown_in_its_list_means_none);
	tcase_add_test(tc, the_seccomp_mode_is_that_of_the_status_file);
	tcase_add_test(tc, a_configuration_is_read_from_boot);
	tcase_add_test(tc, a_compressed_configuration_is_read_from_proc_and_comes_first);
	tcase_add_test(tc, no_configuration_is_unknown);
	tcase_add_test(tc, a_configuration_that_cannot_be_unpacked_gives_way_to_boot);
	tcase_add_test(tc, a_long_line_does_not_hide_the_next);
	tcase_add_test(tc, missing_capabilities_are_those_that_are_not_held);
	tcase_add_test(tc, versions_are_digits_and_dots);
	tcase_add_test(tc, an_empty_configuration_says_nothing);
	tcase_add_test(tc, a_configuration_that_was_cut_says_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
