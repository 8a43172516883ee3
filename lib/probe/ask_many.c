/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Many questions, divided among threads. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <kvet/probe.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/context.h"

#define THREADS_MOST 64
/* How many questions a thread takes at a time: one answer takes about 50 us. */
#define SHARE        8
/* So many helpers are asked about for the same variant before programs that call several are worth
 * it. */
#define MANY         32
/* How many shares may be answered before the first of them was taken. */
#define AHEAD        64

/* A share is one slot of a ring. */
struct share {
	bool is_answered;
	struct kvet_probe_answer answers[SHARE];
};

struct work {
	struct kvet_probe *probe;
	const struct kvet_probe_question *questions;
	size_t count;
	bool many;
	struct share *ring;   /* AHEAD */
	pthread_mutex_t lock; /* protects the members below */
	pthread_cond_t change;
	size_t next;  /* the first question that no thread has taken */
	size_t taken; /* how many answers the caller has taken */
	bool is_over;
	int ret;
	struct kvet_cause err;
};

static struct share *share_of(const struct work *work, size_t first)
{
	return &work->ring[first / SHARE % AHEAD];
}

static size_t end_of(const struct work *work, size_t first)
{
	return work->count - first < SHARE ? work->count : first + SHARE;
}

/* Whether there is a share to answer, and room for its answers. The lock is held. */
static bool can_answer(const struct work *work)
{
	return work->next < work->count && work->next - work->taken < AHEAD * SHARE;
}

/* The lock is held by the caller, and given up while the kernel is asked. */
static void answer_share(struct work *work)
{
	size_t first = work->next, end = end_of(work, first);
	struct share *share = share_of(work, first);
	struct kvet_cause err;
	int ret = 0;

	work->next = end;
	pthread_mutex_unlock(&work->lock);
	for (size_t i = first; i < end && !ret; i++)
		ret = kvet_probe_ask_among(work->probe, &work->questions[i], work->many,
					   &share->answers[i - first], &err);
	pthread_mutex_lock(&work->lock);
	if (ret && !work->ret) {
		work->ret = ret;
		work->err = err;
	}
	work->is_over = work->is_over || ret;
	share->is_answered = !ret;
	pthread_cond_broadcast(&work->change);
}

static void *answer_shares(void *opaque)
{
	struct work *work = opaque;

	pthread_mutex_lock(&work->lock);
	while (!work->is_over && work->next < work->count) {
		if (can_answer(work))
			answer_share(work);
		else
			pthread_cond_wait(&work->change, &work->lock);
	}
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

/* The calling thread: passes the answers on in their order, and answers while there are none. */
static void take_answers(struct work *work, kvet_probe_take *take, void *opaque)
{
	pthread_mutex_lock(&work->lock);
	while (!work->is_over && work->taken < work->count) {
		size_t first = work->taken, end = end_of(work, first);
		struct share *share = share_of(work, first);
		int ret = 0;

		if (!share->is_answered) {
			if (can_answer(work))
				answer_share(work);
			else
				pthread_cond_wait(&work->change, &work->lock);
			continue;
		}
		pthread_mutex_unlock(&work->lock);
		for (size_t i = first; i < end && !ret; i++)
			ret = take(opaque, i, &share->answers[i - first]);
		pthread_mutex_lock(&work->lock);
		share->is_answered = false;
		work->taken = end;
		work->is_over = work->is_over || ret;
		pthread_cond_broadcast(&work->change);
	}
	pthread_mutex_unlock(&work->lock);
}

/* The processors that this process may use: a container or taskset(1) may allow fewer than the
 * machine has. */
static unsigned int processors(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t allowed;

	/* EINVAL where the machine has more processors than the set has room for. */
	if (!sched_getaffinity(0, sizeof(allowed), &allowed))
		return (unsigned int)CPU_COUNT(&allowed);
	return online > 0 ? (unsigned int)online : 1;
}

static unsigned int crew_size(unsigned int threads, size_t count)
{
	size_t shares = (count + SHARE - 1) / SHARE;

	if (!threads)
		threads = processors();
	if (threads > shares)
		threads = (unsigned int)shares;
	return threads > THREADS_MOST ? THREADS_MOST : threads;
}

/* Whether the variant of the first question is that of many. */
static bool is_many(const struct kvet_probe_question *questions, size_t count)
{
	size_t equal = 0;

	for (size_t i = 0; i < count && equal < MANY; i++)
		equal += questions[i].type == questions[0].type &&
			 questions[i].variant == questions[0].variant &&
			 questions[i].sleepable == questions[0].sleepable;
	return equal == MANY;
}

int kvet_probe_ask_each(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, kvet_probe_take *take, void *opaque,
			struct kvet_cause *err)
{
	AUTO_FREE struct share *ring = malloc(AHEAD * sizeof(*ring));
	struct work work = { .probe = probe, .questions = questions, .count = count, .ring = ring };
	pthread_t crew[THREADS_MOST];
	unsigned int size = crew_size(threads, count), made = 0;

	if (!ring)
		return kvet_fail_memory(err);
	work.many = is_many(questions, count);
	for (size_t i = 0; i < AHEAD; i++)
		ring[i].is_answered = false;
	pthread_mutex_init(&work.lock, NULL);
	pthread_cond_init(&work.change, NULL);
	/* The calling thread is one of the crew. */
	while (made + 1 < size && !pthread_create(&crew[made], NULL, answer_shares, &work))
		made++;
	take_answers(&work, take, opaque);
	while (made)
		pthread_join(crew[--made], NULL);
	pthread_cond_destroy(&work.change);
	pthread_mutex_destroy(&work.lock);
	if (work.ret && err)
		*err = work.err;
	return work.ret;
}

static int store(void *answers, size_t index, const struct kvet_probe_answer *answer)
{
	((struct kvet_probe_answer *)answers)[index] = *answer;
	return 0;
}

int kvet_probe_ask_many(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, struct kvet_probe_answer *answers,
			struct kvet_cause *err)
{
	return kvet_probe_ask_each(probe, questions, count, threads, store, answers, err);
}
