/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The cost of one reading of a clock: the shortest of many batches of readings, which was disturbed
 * least, minus the shortest empty batch.
 */
#include "clock/path_read.h"
#include "clock/reader_load.h"
#include "clock/vdso_read.h"

/* Short enough for a batch to fit between two ticks, and long compared to the resolution of
 * MONOTONIC. */
#define USER_BATCH   256
#define USER_BATCHES 32
#define BPF_BATCHES  64

/* Rounded up: no reading is free. */
static uint64_t per_call(uint64_t batch_ns, uint64_t empty_ns, uint64_t calls)
{
	uint64_t spent = batch_ns > empty_ns ? batch_ns - empty_ns : 0;

	return spent ? (spent + calls - 1) / calls : 1;
}

static void shorten(uint64_t *shortest, uint64_t from_ns, uint64_t to_ns)
{
	if (to_ns - from_ns < *shortest)
		*shortest = to_ns - from_ns;
}

/* The shortest duration of a batch, with or without readings. */
static uint64_t time_user(enum kvet_clock_id clock, bool reads)
{
	uint64_t shortest = UINT64_MAX;

	for (int batch = 0; batch < USER_BATCHES; batch++) {
		uint64_t from = 0, to = 0, ns = 0;

		kvet_clock_now(KVET_CLOCK_MONOTONIC, &from);
		for (int i = 0; i < USER_BATCH; i++) {
			if (reads)
				kvet_clock_now(clock, &ns);
			__asm__ volatile("" : "+r"(ns));
		}
		kvet_clock_now(KVET_CLOCK_MONOTONIC, &to);
		shorten(&shortest, from, to);
	}
	return shortest;
}

static uint64_t cost_user(enum kvet_clock_id clock)
{
	return per_call(time_user(clock, true), time_user(clock, false), USER_BATCH);
}

static uint64_t cost_bpf(const struct kvet_host *host, enum kvet_clock_id clock)
{
	uint64_t batch = UINT64_MAX, empty = UINT64_MAX;
	struct kvet_clock_reader reader;
	struct kvet_cause err;
	bool absent;
	int ret = kvet_clock_reader_open(&reader, host, kvet_clock_program_batch,
					 kvet_clock_helper(clock), &absent, &err);

	for (int i = 0; i < BPF_BATCHES && !ret; i++) {
		ret = kvet_clock_reader_run(&reader);
		shorten(&batch, reader.samples->before_ns, reader.samples->clock_ns);
		shorten(&empty, reader.samples->clock_ns, reader.samples->after_ns);
	}
	kvet_clock_reader_deinit(&reader);
	return ret ? 0 : per_call(batch, empty, KVET_CLOCK_BATCH);
}

void kvet_clock_costs_read(const struct kvet_host *host, struct kvet_clock_costs *costs)
{
	kvet_clock_path_read(costs->vdso);
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		enum kvet_clock_id clock = (enum kvet_clock_id)i;

		costs->user_ns[i] = cost_user(clock);
		costs->bpf_ns[i] = kvet_clock_helper(clock) < 0 ? 0 : cost_bpf(host, clock);
	}
}
