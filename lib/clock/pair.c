/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pairings of clocks: their names, and the error of each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kvet/nearest.h>

#include "clock/namespace.h"
#include "core/fail.h"
#include "core/time.h"

static const char source[] = "pairing";

/* --- which there are ---------------------------------------------------------------------- */

static int parse_clock(const char *name, struct kvet_clock_end *end, struct kvet_cause *err)
{
	struct kvet_nearest nearest;
	int clock = kvet_clock_by_name(name);

	if (clock >= 0) {
		end->clock = (enum kvet_clock_id)clock;
		if (end->side == KVET_CLOCK_BPF && kvet_clock_helper(end->clock) < 0)
			return kvet_reject(err, EINVAL, source, "BPF has no helper that reads %s",
					   kvet_clock_name(end->clock));
		return 0;
	}
	kvet_nearest_init(&nearest, name);
	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		kvet_nearest_offer(&nearest, kvet_clock_name((enum kvet_clock_id)i));
	return kvet_reject(err, EINVAL, source, "unknown clock '%s'%s%s%s", name,
			   nearest.best ? ": did you mean '" : "", nearest.best ? nearest.best : "",
			   nearest.best ? "'?" : "");
}

/* "bpf:boottime", of len letters. */
static int parse_end(const char *text, size_t len, struct kvet_clock_end *end,
		     struct kvet_cause *err)
{
	char copy[64];
	char *colon;

	if (snprintf(copy, sizeof(copy), "%.*s", (int)len, text) >= (int)sizeof(copy))
		return kvet_reject(err, EINVAL, source, "'%.*s' is not a clock", (int)len, text);
	colon = strchr(copy, ':');
	if (!colon)
		return kvet_reject(err, EINVAL, source, "'%s' requires its side: bpf:%s or user:%s",
				   copy, copy, copy);
	*colon = '\0';
	if (!strcmp(copy, "bpf"))
		end->side = KVET_CLOCK_BPF;
	else if (!strcmp(copy, "user"))
		end->side = KVET_CLOCK_USER;
	else
		return kvet_reject(err, EINVAL, source, "unknown side '%s': use bpf or user", copy);
	return parse_clock(colon + 1, end, err);
}

int kvet_clock_pair_parse(const char *text, struct kvet_clock_pair *pair, struct kvet_cause *err)
{
	size_t first = strcspn(text, ",");
	struct kvet_clock_pair parsed;
	int ret;

	if (!text[first])
		return kvet_reject(err, EINVAL, source,
				   "'%s' is not STAMP,READ, as in bpf:boottime,user:monotonic",
				   text);
	ret = parse_end(text, first, &parsed.stamp, err);
	if (!ret)
		ret = parse_end(text + first + 1, strlen(text + first + 1), &parsed.read, err);
	if (ret)
		return ret;
	*pair = parsed;
	return 0;
}

/* --- the error that each makes ---------------------------------------------------------------- */

/* Exact values, better than any reading: MONOTONIC is MONOTONIC, and what the kernel tells. */
static void sharpen(const struct kvet_clock_table *table, const struct kvet_clock_end *end,
		    struct kvet_clock_interval *offset)
{
	struct kvet_clock_interval exact = table->kernel.measure.interval, back;

	if (end->clock == KVET_CLOCK_MONOTONIC)
		*offset = kvet_clock_interval_point(0);
	if (end->clock != KVET_CLOCK_BOOTTIME || table->kernel.verdict != KVET_YES ||
	    table->space.verdict != KVET_YES)
		return;
	back = kvet_clock_namespace_apart(&table->ns, KVET_CLOCK_MONOTONIC, end->clock);
	if (end->side == KVET_CLOCK_USER)
		exact = kvet_clock_interval_subtract(&exact, &back);
	/* If it contradicts the measurement, the measurement is kept. */
	kvet_clock_interval_narrow(offset, exact.low_ns, exact.high_ns);
}

/* clock - MONOTONIC of the end's side. Where BPF could not be measured, it is inferred: the kernel
 * reads the same clocks for both sides, and shifts only those of user space. */
static bool find(const struct kvet_clock_table *table, const struct kvet_clock_end *end,
		 struct kvet_clock_interval *offset, bool *inferred, struct kvet_cause *cause)
{
	const struct kvet_clock_source *user = &table->user[end->clock];
	const struct kvet_clock_source *own =
		end->side == KVET_CLOCK_BPF ? &table->bpf[end->clock] : user;
	struct kvet_clock_interval shift;

	*offset = own->measure.interval;
	if (own->verdict != KVET_YES) {
		*cause = own->cause;
		if (own->verdict == KVET_NO || user->verdict != KVET_YES ||
		    table->space.verdict != KVET_YES)
			return false;
		shift = kvet_clock_namespace_apart(&table->ns, end->clock, KVET_CLOCK_MONOTONIC);
		*offset = kvet_clock_interval_subtract(&user->measure.interval, &shift);
		*inferred = true;
	}
	sharpen(table, end, offset);
	return true;
}

/* User space's MONOTONIC minus the kernel's: exact if the namespace is known and the measurement
 * does not contradict it. */
static bool find_link(const struct kvet_clock_table *table, struct kvet_clock_interval *link)
{
	bool measured = table->bpf[KVET_CLOCK_MONOTONIC].verdict == KVET_YES;
	int64_t shift_ns = table->ns.monotonic_ns;

	if (measured)
		*link = table->envelope;
	if (table->space.verdict != KVET_YES)
		return measured;
	if (!measured || (link->low_ns <= shift_ns && shift_ns <= link->high_ns))
		*link = kvet_clock_interval_point(shift_ns);
	return true;
}

/* stamp - read, from the distance of each to the MONOTONIC of its own side. */
static struct kvet_clock_interval apart(const struct kvet_clock_interval *stamp,
					const struct kvet_clock_interval *read,
					const struct kvet_clock_interval *link)
{
	struct kvet_clock_interval result = kvet_clock_interval_subtract(stamp, read);

	return kvet_clock_interval_subtract(&result, link);
}

/* The coarse clock has the same value on both sides until the next tick, however far it lags: use
 * what was seen while it stood still, or else how far apart the sides' MONOTONIC are. */
static struct kvet_clock_interval coarse_apart(const struct kvet_clock_table *table,
					       const struct kvet_clock_pair *pair,
					       const struct kvet_clock_interval *link)
{
	const struct kvet_clock_source *bpf = &table->bpf[KVET_CLOCK_MONOTONIC_COARSE];
	struct kvet_clock_interval zero = kvet_clock_interval_point(0);
	const struct kvet_clock_interval *still = &bpf->measure.still;

	if (pair->stamp.side == pair->read.side || bpf->verdict != KVET_YES || !still->samples)
		return kvet_clock_interval_subtract(&zero, link);
	return pair->stamp.side == KVET_CLOCK_BPF ? *still
						  : kvet_clock_interval_subtract(&zero, still);
}

/* How far a clock lags behind MONOTONIC at any time: the coarse one by up to two ticks, because the
 * kernel advances by whole ticks only (kernel: timekeeping_advance()), and by more if a late tick
 * was seen. */
static struct kvet_clock_interval ever(const struct kvet_clock_table *table,
				       enum kvet_clock_id clock,
				       const struct kvet_clock_interval *offset)
{
	struct kvet_clock_interval result = *offset;
	int64_t lag_ns = -(int64_t)(2 * table->tick_ns);

	if (clock == KVET_CLOCK_MONOTONIC_COARSE) {
		result.low_ns = lag_ns < result.low_ns ? lag_ns : result.low_ns;
		result.high_ns = result.high_ns > 0 ? result.high_ns : 0;
	}
	return result;
}

static int64_t asleep(enum kvet_clock_id clock)
{
	return kvet_clock_counts_sleep(clock) ? NS_PER_S : 0;
}

/* The error of a pairing whose two ends are known. */
static void weigh(const struct kvet_clock_table *table, const struct kvet_clock_pair *pair,
		  const struct kvet_clock_interval *ours, const struct kvet_clock_interval *theirs,
		  const struct kvet_clock_interval *link, struct kvet_clock_pairing *pairing)
{
	enum kvet_clock_id stamp = pair->stamp.clock, read = pair->read.clock;
	struct kvet_clock_interval always[] = { ever(table, stamp, ours),
						ever(table, read, theirs) };

	pairing->error = apart(ours, theirs, link);
	pairing->ever = pairing->apart_by == KVET_CLOCK_BY_TICK
				? apart(&always[0], &always[1], link)
				: kvet_clock_interval_all();
	if (pairing->apart_by)
		return;
	/* The same clock, read on the same side: no reading is better. */
	if (pair->stamp.side == pair->read.side)
		pairing->error = kvet_clock_interval_point(0);
	else if (stamp == KVET_CLOCK_MONOTONIC_COARSE)
		pairing->error = coarse_apart(table, pair, link);
	pairing->ever = pairing->error;
}

void kvet_clock_pair_judge(const struct kvet_clock_table *table, const struct kvet_clock_pair *pair,
			   struct kvet_clock_pairing *pairing)
{
	const struct kvet_clock_end *stamp = &pair->stamp, *read = &pair->read;
	struct kvet_clock_interval ours, theirs, link = kvet_clock_interval_point(0);
	struct kvet_clock_interval zero = link;
	struct kvet_clock_pairing result = { .verdict = KVET_YES };

	result.apart_by = kvet_clock_apart_by(stamp->clock, read->clock);
	result.slept_ns = asleep(stamp->clock) - asleep(read->clock);
	if (!find(table, stamp, &ours, &result.inferred, &result.cause) ||
	    !find(table, read, &theirs, &result.inferred, &result.cause)) {
		bool absent = (stamp->side == KVET_CLOCK_BPF &&
			       table->bpf[stamp->clock].verdict == KVET_NO) ||
			      (read->side == KVET_CLOCK_BPF &&
			       table->bpf[read->clock].verdict == KVET_NO);

		result.verdict = absent ? KVET_NO : KVET_UNDETERMINED;
		*pairing = result;
		return;
	}
	if (stamp->side != read->side && !find_link(table, &link)) {
		result.verdict = KVET_UNDETERMINED;
		result.cause = table->space.cause;
		*pairing = result;
		return;
	}
	if (stamp->side == KVET_CLOCK_USER)
		link = kvet_clock_interval_subtract(&zero, &link);
	weigh(table, pair, &ours, &theirs, &link, &result);
	if (!result.inferred)
		memset(&result.cause, 0, sizeof(result.cause));
	*pairing = result;
}

enum kvet_verdict kvet_clock_pair_within(const struct kvet_clock_pairing *pairing,
					 uint64_t limit_ns, bool now)
{
	const unsigned int boundless = ~(unsigned int)KVET_CLOCK_BY_TICK;
	enum kvet_verdict verdict;

	if (pairing->verdict != KVET_YES)
		return KVET_UNDETERMINED;
	if (!now && pairing->apart_by & boundless)
		return KVET_NO;
	verdict = kvet_clock_judge(now ? &pairing->error : &pairing->ever, limit_ns);
	/* A lag takes every value of its interval in turn: a value beyond the limit is not an
	 * uncertainty. */
	if (verdict == KVET_UNDETERMINED && pairing->apart_by & KVET_CLOCK_BY_TICK &&
	    kvet_clock_judge(&pairing->error, limit_ns) != KVET_YES)
		return KVET_NO;
	return verdict;
}
