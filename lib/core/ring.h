/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ring of slots between two threads: one fills them in turn, the other takes them in the same
 * order. The slots themselves belong to the caller. Inline like array.h, so that the program may
 * use it, too.
 */
#ifndef KVET_CORE_RING_H
#define KVET_CORE_RING_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct ring {
	pthread_t filler;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t slots;
	size_t filled, taken; /* totals; protected by lock, as is stop */
	bool stop;
};

static inline void ring_free(struct ring *ring)
{
	pthread_cond_destroy(&ring->changed);
	pthread_mutex_destroy(&ring->lock);
}

/* Starts the filler thread with all signals blocked: signals are for the threads that existed
 * before. Returns false if no thread can be created; then nothing has to be freed. Else end with
 * ring_stop(). */
static inline bool ring_start(struct ring *ring, size_t slots, void *(*fill)(void *), void *arg)
{
	sigset_t all, before;
	bool started;

	ring->slots = slots;
	ring->filled = ring->taken = 0;
	ring->stop = false;
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->changed, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = !pthread_create(&ring->filler, NULL, fill, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started)
		ring_free(ring);
	return started;
}

/* For the filler: waits for a free slot. Returns false if it should stop. */
static inline bool ring_next_free(struct ring *ring, size_t *slot)
{
	bool go_on;

	pthread_mutex_lock(&ring->lock);
	while (!ring->stop && ring->filled - ring->taken == ring->slots)
		pthread_cond_wait(&ring->changed, &ring->lock);
	go_on = !ring->stop;
	*slot = ring->filled % ring->slots;
	pthread_mutex_unlock(&ring->lock);
	return go_on;
}

/* For the filler: marks that slot as full. */
static inline void ring_fill(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->filled++;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->lock);
}

/* For the taker: waits for the next full slot, which stays full until ring_empty(). */
static inline size_t ring_next_full(struct ring *ring)
{
	size_t slot;

	pthread_mutex_lock(&ring->lock);
	while (ring->filled == ring->taken)
		pthread_cond_wait(&ring->changed, &ring->lock);
	slot = ring->taken % ring->slots;
	pthread_mutex_unlock(&ring->lock);
	return slot;
}

/* For the taker: marks that slot as free. */
static inline void ring_empty(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->taken++;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->lock);
}

/* For the taker: ends the filler, and waits for it. */
static inline void ring_stop(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->stop = true;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->lock);
	pthread_join(ring->filler, NULL);
	ring_free(ring);
}

#endif
