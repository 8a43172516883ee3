/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "effect.h"

/* Below this, a figure in ns is easy to read. */
#define ABOUT_LEAST_NS 1000

/* In the order of the bits. */
static const struct {
	unsigned int bit;
	const char *word;
	const char *noun;
} movers[CLOCK_MOVERS] = {
	{ KVET_CLOCK_BY_SUSPEND, "suspend", "a suspend" },
	{ KVET_CLOCK_BY_STEP, "step", "a step of REALTIME" },
	{ KVET_CLOCK_BY_LEAP, "leap", "a leap second" },
	{ KVET_CLOCK_BY_RATE, "rate", "the rate of MONOTONIC_RAW" },
	{ KVET_CLOCK_BY_TICK, "tick", "the next tick" },
};

static bool holds_zero(const struct kvet_clock_interval *interval)
{
	return interval->low_ns <= 0 && interval->high_ns >= 0;
}

const char *clock_about(const struct kvet_clock_interval *interval, char buf[HUMAN_SIZE])
{
	int64_t middle = kvet_clock_interval_middle(interval);

	if (holds_zero(interval) || (middle < ABOUT_LEAST_NS && middle > -ABOUT_LEAST_NS))
		return NULL;
	return human_duration(middle, buf);
}

size_t clock_movers(unsigned int apart_by, const char *words[CLOCK_MOVERS])
{
	size_t count = 0;

	for (size_t i = 0; i < CLOCK_MOVERS; i++)
		if (apart_by & movers[i].bit)
			words[count++] = movers[i].word;
	return count;
}

/* Writes "a suspend, a step of REALTIME and a leap second". Returns whether that is more than
 * one. */
static bool list_movers(unsigned int apart_by, char *buf, size_t size)
{
	int left = __builtin_popcount(apart_by);
	bool several = left > 1;

	*buf = '\0';
	for (size_t i = 0; i < CLOCK_MOVERS; i++) {
		size_t used = strlen(buf);

		if (!(apart_by & movers[i].bit))
			continue;
		left--;
		snprintf(buf + used, size - used, "%s%s", movers[i].noun,
			 left > 1    ? ", "
			 : left == 1 ? " and "
				     : "");
	}
	return several;
}

const char *clock_promise_cause(unsigned int apart_by, char *buf, size_t size)
{
	char nouns[128];

	list_movers(apart_by, nouns, sizeof(nouns));
	snprintf(buf, size, "%s can change the difference", nouns);
	return buf;
}

const char *clock_pairing_effect(const struct kvet_clock_pairing *pairing, char *buf, size_t size)
{
	char about[HUMAN_SIZE], nouns[128];
	const char *error = clock_about(&pairing->error, about);
	bool late = pairing->error.low_ns > 0, several;
	size_t used;

	if (error)
		snprintf(buf, size, "events are placed %s too %s", error + (*error == '-'),
			 late ? "late" : "early");
	else
		snprintf(buf, size, "events are placed correctly");
	used = strlen(buf);
	if (!pairing->apart_by)
		return buf;
	several = list_movers(pairing->apart_by, nouns, sizeof(nouns));
	snprintf(buf + used, size - used, " now; %s change%s that", nouns, several ? "" : "s");
	return buf;
}

const char *clock_offset_effect(const struct kvet_clock_interval *offset, char *buf, size_t size)
{
	char about[HUMAN_SIZE];
	const char *slept = clock_about(offset, about);

	if (slept)
		snprintf(buf, size,
			 "a tracer that stamps with BOOTTIME and reads MONOTONIC places its events "
			 "%s too %s",
			 slept + (*slept == '-'), offset->low_ns > 0 ? "late" : "early");
	else
		snprintf(buf, size,
			 "a tracer that mixes BOOTTIME and MONOTONIC is correct until the first "
			 "suspend");
	return buf;
}
