/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Neither threads nor programs that answer for many helpers change anything: whatever this kernel
 * answers to one question of this user, it answers to many. */
#include <check.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#define HELPERS 80
#define COUNT   (HELPERS * 8)

static struct kvet_probe_question questions[COUNT];
static struct kvet_probe_answer expected[COUNT];

static void setup(void)
{
	static const int types[] = { BPF_PROG_TYPE_KPROBE,     BPF_PROG_TYPE_XDP,
				     BPF_PROG_TYPE_TRACING,    BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
				     BPF_PROG_TYPE_STRUCT_OPS, BPF_PROG_TYPE_LIRC_MODE2,
				     BPF_PROG_TYPE_LSM,        BPF_PROG_TYPE_EXT };
	struct kvet_probe *probe;

	for (int i = 0; i < COUNT; i++)
		questions[i] = (struct kvet_probe_question){ .helper = 5 + i / 8 * 2,
							     .type = types[i % 8] };
	ck_assert_int_eq(kvet_probe_new(&probe, NULL, NULL), 0);
	for (int i = 0; i < COUNT; i++)
		ck_assert_int_eq(kvet_probe_ask(probe, &questions[i], &expected[i], NULL), 0);
	kvet_probe_free(probe);
}

static void same(const struct kvet_probe_answer *answers)
{
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(answers[i].verdict, expected[i].verdict);
		ck_assert_int_eq(answers[i].reason, expected[i].reason);
		ck_assert_int_eq(answers[i].variant, expected[i].variant);
		ck_assert_int_eq(answers[i].attempt.errnum, expected[i].attempt.errnum);
		ck_assert_str_eq(answers[i].target, expected[i].target);
		ck_assert_str_eq(answers[i].cause.evidence, expected[i].cause.evidence);
	}
}

START_TEST(any_number_of_threads_gives_the_same_answers)
{
	static const unsigned int threads[] = { 0, 1, 2, 8, 1000 };
	static struct kvet_probe_answer answers[COUNT];

	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct kvet_probe *probe;

		memset(answers, 0xa5, sizeof(answers));
		ck_assert_int_eq(kvet_probe_new(&probe, NULL, NULL), 0);
		ck_assert_int_eq(
			kvet_probe_ask_many(probe, questions, COUNT, threads[i], answers, NULL), 0);
		same(answers);
		kvet_probe_free(probe);
	}
}
END_TEST

struct taken {
	int count;
	int most;
	pthread_t by;
};

static int take(void *opaque, size_t index, const struct kvet_probe_answer *answer)
{
	struct taken *taken = opaque;

	ck_assert_uint_eq(index, (size_t)taken->count);
	ck_assert(pthread_equal(pthread_self(), taken->by));
	ck_assert_int_eq(answer->reason, expected[index].reason);
	ck_assert_str_eq(answer->cause.evidence, expected[index].cause.evidence);
	ck_assert_int_eq(answer->attempt.errnum, expected[index].attempt.errnum);
	return ++taken->count == taken->most;
}

/* More than may be answered ahead of the caller. */
START_TEST(each_answer_is_passed_on_once_in_its_order_until_the_caller_has_enough)
{
	static const int most[] = { 1, 8, 13, COUNT, COUNT + 1 };

	for (size_t i = 0; i < 3 * sizeof(most) / sizeof(*most); i++) {
		struct taken taken = { .most = most[i / 3], .by = pthread_self() };
		struct kvet_probe *probe;

		ck_assert_int_eq(kvet_probe_new(&probe, NULL, NULL), 0);
		ck_assert_int_eq(
			kvet_probe_ask_each(probe, questions, COUNT, 1 + i % 3, take, &taken, NULL),
			0);
		ck_assert_int_eq(taken.count, most[i / 3] > COUNT ? COUNT : most[i / 3]);
		kvet_probe_free(probe);
	}
}
END_TEST

START_TEST(no_question_is_no_work)
{
	struct kvet_probe *probe;

	ck_assert_int_eq(kvet_probe_new(&probe, NULL, NULL), 0);
	ck_assert_int_eq(kvet_probe_ask_many(probe, NULL, 0, 4, NULL, NULL), 0);
	kvet_probe_free(probe);
}
END_TEST

static void *ask_all(void *opaque)
{
	struct kvet_probe_answer *answers = calloc(COUNT, sizeof(*answers));

	for (int i = 0; answers && i < COUNT; i++)
		if (kvet_probe_ask(opaque, &questions[i], &answers[i], NULL))
			memset(&answers[i], 0xa5, sizeof(answers[i]));
	return answers;
}

START_TEST(one_context_may_be_asked_by_many_threads)
{
	struct kvet_probe *probe;
	pthread_t threads[4];

	ck_assert_int_eq(kvet_probe_new(&probe, NULL, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_all, probe), 0);
	for (size_t i = 0; i < 4; i++) {
		void *answers;

		pthread_join(threads[i], &answers);
		ck_assert_ptr_nonnull(answers);
		same(answers);
		free(answers);
	}
	kvet_probe_free(probe);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe ask_many");
	TCase *tc = tcase_create("ask_many");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, any_number_of_threads_gives_the_same_answers);
	tcase_add_test(tc, each_answer_is_passed_on_once_in_its_order_until_the_caller_has_enough);
	tcase_add_test(tc, no_question_is_no_work);
	tcase_add_test(tc, one_context_may_be_asked_by_many_threads);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
