/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a process runs, by the signs that engines and systemd leave. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "host/place.h"

#include "tests/lib/tree.h"

#define OVERLAY                                                                                \
	"612 541 0:60 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/var/lib/docker/" \
	"overlay2/l/A,upperdir=/var/lib/docker/overlay2/b/diff\n"
#define MASKED                                   \
	"20 1 0:2 / / rw - rootfs none rw\n"     \
	"31 20 0:21 / /proc rw - proc proc rw\n" \
	"40 31 0:5 /null /proc/timer_list rw,nosuid - devtmpfs devtmpfs rw\n"
#define BARE                                                        \
	"22 28 0:21 / /proc rw,nosuid shared:13 - proc proc rw\n"   \
	"28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n" \
	"35 22 0:30 / /proc/sys/fs/binfmt_misc rw - autofs none rw\n"

static const struct {
	const char *name;
	struct kvet_place_signs signs;
	enum kvet_place_kind kind;
	const char *sign;
} rows[] = {
	{ "a bare host",
	  { .cgroup = "0::/user.slice/user-0.slice/session-1.scope\n", .mounts = BARE },
	  KVET_PLACE_HOST,
	  "" },
	{ "nothing can be read", { 0 }, KVET_PLACE_HOST, "" },
	{ "Docker",
	  { .dockerenv = true, .cgroup = "0::/\n" },
	  KVET_PLACE_CONTAINER,
	  "/.dockerenv" },
	{ "podman",
	  { .containerenv = true, .container = "podman" },
	  KVET_PLACE_CONTAINER,
	  "/run/.containerenv" },
	{ "systemd-nspawn",
	  { .container = "systemd-nspawn" },
	  KVET_PLACE_CONTAINER,
	  "container=systemd-nspawn" },
	{ "a variable without a value", { .container = "" }, KVET_PLACE_HOST, "" },
	{ "a pod by its variable",
	  { .kubernetes = "10.0.0.1", .dockerenv = true },
	  KVET_PLACE_POD,
	  "KUBERNETES_SERVICE_HOST" },
	{ "a pod by its cgroup",
	  { .cgroup = "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-1.scope\n" },
	  KVET_PLACE_POD,
	  "its cgroup" },
	{ "Docker with cgroups of version 1",
	  { .cgroup = "12:cpu:/docker/0123456789ab\n0::/\n" },
	  KVET_PLACE_CONTAINER,
	  "its cgroup" },
	{ "the engine itself is in none",
	  { .cgroup = "0::/system.slice/docker.service\n" },
	  KVET_PLACE_HOST,
	  "" },
	{ "a service",
	  { .invocation = "0af3", .cgroup = "0::/system.slice/kvet.service\n", .mounts = BARE },
	  KVET_PLACE_UNIT,
	  "kvet.service" },
	{ "an instance of one, on a host with both versions",
	  { .invocation = "0af3",
	    .cgroup = "1:name=systemd:/system.slice/kvet@1.service\n0::/system.slice/"
		      "kvet@1.service\n" },
	  KVET_PLACE_UNIT,
	  "kvet@1.service" },
	{ "a service of a user's own manager",
	  { .invocation = "0af3",
	    .cgroup = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/term.service\n" },
	  KVET_PLACE_UNIT,
	  "term.service" },
	{ "a scope below a user's manager is no service",
	  { .invocation = "0af3",
	    .cgroup = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-1.scope\n" },
	  KVET_PLACE_HOST,
	  "" },
	{ "a user's own manager is no service",
	  { .invocation = "0af3", .cgroup = "0::/user.slice/user-1000.slice/user@1000.service\n" },
	  KVET_PLACE_HOST,
	  "" },
	{ "a login has no invocation",
	  { .cgroup = "0::/system.slice/ssh.service\n" },
	  KVET_PLACE_HOST,
	  "" },
	{ "an engine's layers",
	  { .cgroup = "0::/\n", .mounts = OVERLAY },
	  KVET_PLACE_CONTAINER,
	  "its root is an overlay of an engine" },
	{ "masked paths",
	  { .cgroup = "0::/\n", .mounts = MASKED },
	  KVET_PLACE_CONTAINER,
	  "/proc/timer_list is masked" },
};

START_TEST(each_place_is_recognised)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kvet_place place;

		memset(&place, 0xa5, sizeof(place));
		kvet_place_judge(&rows[i].signs, &place);
		ck_assert_msg(place.kind == rows[i].kind, "%s: %d", rows[i].name, place.kind);
		ck_assert_msg(!strcmp(place.sign, rows[i].sign), "%s: '%s'", rows[i].name,
			      place.sign);
	}
}
END_TEST

/* What engines call the cgroups of their containers, one by one, and what only looks like it. */
START_TEST(each_engine_s_cgroup_is_a_container_s)
{
	static const struct {
		const char *cgroup;
		bool contained;
	} cases[] = {
		{ "12:cpu:/docker/0123456789ab\n", true },
		{ "0::/system.slice/docker-0123456789ab.scope\n", true },
		{ "0::/machine.slice/libpod-0123456789ab.scope\n", true },
		{ "0::/system.slice/crio-0123456789ab.scope\n", true },
		{ "3:memory:/lxc/box\n", true },
		{ "0::/lxc.payload.box/init.scope\n", true },
		{ "5:pids:/garden/0123456789ab\n", true },
		{ "0::/system.slice/cri-containerd-0123456789ab.scope\n", true },
		{ "0::/machine.slice/machine-box.scope\n", true },
		{ "0::/machine.slice\n", false },
		{ "0::/system.slice/docker.service\n", false },
		{ "0::/system.slice/containerd.service\n", false },
		{ "0::/\n", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kvet_place_signs signs = { .cgroup = cases[i].cgroup };
		struct kvet_place place;

		kvet_place_judge(&signs, &place);
		ck_assert_msg((place.kind == KVET_PLACE_CONTAINER) == cases[i].contained, "%s",
			      cases[i].cgroup);
	}
}
END_TEST

/* The variables that this test itself may run under. */
static void without_variables(void)
{
	unsetenv("container");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("INVOCATION_ID");
}

START_TEST(the_signs_are_the_processs_own_whatever_the_sysroot)
{
	const struct kvet_host host = { .sysroot = "/nowhere", .selfroot = tree_root };
	struct kvet_place place;
	char buf[160];

	without_variables();
	kvet_place_read(&host, &place);
	ck_assert_str_eq(kvet_place_describe(&place, buf, sizeof(buf)), "");
	tree_write("/proc/self/cgroup", "0::/system.slice/kvet.service\n");
	setenv("INVOCATION_ID", "0af3", 1);
	kvet_place_read(&host, &place);
	ck_assert_str_eq(kvet_place_describe(&place, buf, sizeof(buf)), "in the unit kvet.service");
	tree_write("/.dockerenv", "");
	kvet_place_read(&host, &place);
	ck_assert_str_eq(kvet_place_describe(&place, buf, sizeof(buf)),
			 "in a container (/.dockerenv)");
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	kvet_place_read(&host, &place);
	ck_assert_str_eq(kvet_place_describe(&place, buf, sizeof(buf)),
			 "in a pod (KUBERNETES_SERVICE_HOST)");
	without_variables();
}
END_TEST

START_TEST(what_an_engine_has_hidden_is_masked)
{
	const struct kvet_host machine = { .sysroot = "" };

	tree_write("/proc/empty", "");
	tree_write("/proc/full", "text\n");
	ck_assert(kvet_host_is_masked(&tree_host, "/proc/empty"));
	ck_assert(!kvet_host_is_masked(&tree_host, "/proc/full"));
	ck_assert(!kvet_host_is_masked(&tree_host, "/proc/nowhere"));
	ck_assert(kvet_host_is_masked(&machine, "/dev/null"));
	ck_assert(!kvet_host_is_masked(&machine, "/dev/zero"));
	ck_assert(!kvet_host_is_masked(&machine, "/proc/self/status"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host place");
	TCase *tc = tcase_create("place");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_test(tc, each_place_is_recognised);
	tcase_add_test(tc, each_engine_s_cgroup_is_a_container_s);
	tcase_add_test(tc, the_signs_are_the_processs_own_whatever_the_sysroot);
	tcase_add_test(tc, what_an_engine_has_hidden_is_masked);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
