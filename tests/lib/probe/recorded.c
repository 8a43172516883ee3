/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every log in tests/data/probe, judged: tests/data/probe/record says how they were made. */
#include <check.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

/* "helper targeted EINVAL unsupported: not for this program type", and the log after it. */
struct recorded {
	bool null;
	bool targeted;
	struct kvet_probe_attempt attempt;
	char verdict[16];
	char reason[128];
};

static int errnum_of(const char *name)
{
	static const struct {
		const char *name;
		int errnum;
	} names[] = { { "0", 0 },
		      { "EINVAL", EINVAL },
		      { "EACCES", EACCES },
		      { "EPERM", EPERM },
		      { "ENOTSUPP", 524 } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i].name))
			return names[i].errnum;
	ck_abort_msg("no errno has the name %s", name);
	return -1;
}

static struct recorded head_of(const char *line, const char *where)
{
	struct recorded recorded = { .null = false };
	char which[16], target[16], errnum[16];

	ck_assert_msg(sscanf(line, "@ %15s %15s %15s %15[a-z]: %127[^\n]", which, target, errnum,
			     recorded.verdict, recorded.reason) == 5,
		      "%s: %s", where, line);
	recorded.null = !strcmp(which, "null");
	recorded.targeted = !strcmp(target, "targeted");
	recorded.attempt.errnum = errnum_of(errnum);
	return recorded;
}

static void judge_recorded(const struct recorded *recorded, const char *where)
{
	static const char *const verdicts[] = { [KVET_YES] = "supported",
						[KVET_NO] = "unsupported",
						[KVET_UNDETERMINED] = "undetermined" };
	struct kvet_probe_controls controls = good();
	struct kvet_probe_answer answer;

	controls.targeted = recorded->targeted;
	if (recorded->null)
		controls.null = recorded->attempt;
	answer = judge_with(recorded->attempt, controls);
	ck_assert_msg(!strcmp(verdicts[answer.verdict], recorded->verdict) &&
			      !strcmp(reason_of(&answer), recorded->reason),
		      "%s: %s: %s, but should be %s: %s, for:\n%s", where, verdicts[answer.verdict],
		      reason_of(&answer), recorded->verdict, recorded->reason,
		      recorded->attempt.log);
}

/* Judges each record of a file; returns how many there are. */
static int judge_file(const char *path)
{
	FILE *stream = fopen(path, "r");
	struct recorded recorded;
	char line[4096];
	int count = 0;

	ck_assert_msg(stream != NULL, "%s", path);
	while (fgets(line, sizeof(line), stream)) {
		size_t used = count ? strlen(recorded.attempt.log) : 0;

		if (line[0] == '@') {
			if (count++)
				judge_recorded(&recorded, path);
			recorded = head_of(line, path);
		} else if (line[0] == '|') {
			ck_assert(count > 0);
			snprintf(recorded.attempt.log + used, sizeof(recorded.attempt.log) - used,
				 "%s", line + 1);
		} else {
			ck_assert_msg(line[0] == '#', "%s: %s", path, line);
		}
	}
	if (count)
		judge_recorded(&recorded, path);
	fclose(stream);
	return count;
}

START_TEST(every_recorded_log_is_judged_as_it_was)
{
	glob_t files;

	ck_assert_int_eq(glob("tests/data/probe/*.logs", 0, NULL, &files), 0);
	ck_assert_uint_ge(files.gl_pathc, 5);
	for (size_t i = 0; i < files.gl_pathc; i++)
		ck_assert_int_ge(judge_file(files.gl_pathv[i]), 10);
	globfree(&files);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe recorded");
	TCase *tc = tcase_create("recorded");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, every_recorded_log_is_judged_as_it_was);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
