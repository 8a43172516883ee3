/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Many questions, divided among threads. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include <kvet/probe.h>

#define THREADS_MOST 64
/* How many questions a thread takes at a time: one answer takes about 50 us. */
#define SHARE        8

struct work {
	struct kvet_probe *probe;
	const struct kvet_probe_question *questions;
	struct kvet_probe_answer *answers;
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t lock; /* protects the members below */
	int ret;
	struct kvet_cause err;
};

static void *answer_shares(void *opaque)
{
	struct work *work = opaque;

	while (!atomic_load(&work->failed)) {
		size_t first = atomic_fetch_add(&work->next, SHARE);

		if (first >= work->count)
			break;
		for (size_t i = first; i < work->count && i < first + SHARE; i++) {
			struct kvet_cause err;
			int ret = kvet_probe_ask(work->probe, &work->questions[i],
						 &work->answers[i], &err);

			if (!ret)
				continue;
			pthread_mutex_lock(&work->lock);
			if (!work->ret) {
				work->ret = ret;
				work->err = err;
			}
			pthread_mutex_unlock(&work->lock);
			atomic_store(&work->failed, true);
			return NULL;
		}
	}
	return NULL;
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

int kvet_probe_ask_many(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, struct kvet_probe_answer *answers,
			struct kvet_cause *err)
{
	struct work work = {
		.probe = probe, .questions = questions, .answers = answers, .count = count
	};
	pthread_t crew[THREADS_MOST];
	unsigned int size = crew_size(threads, count), made = 0;

	pthread_mutex_init(&work.lock, NULL);
	/* The calling thread is one of the crew. */
	while (made + 1 < size && !pthread_create(&crew[made], NULL, answer_shares, &work))
		made++;
	answer_shares(&work);
	while (made)
		pthread_join(crew[--made], NULL);
	pthread_mutex_destroy(&work.lock);
	if (work.ret && err)
		*err = work.err;
	return work.ret;
}
