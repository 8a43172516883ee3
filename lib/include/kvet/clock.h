/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How far apart are CLOCK_BOOTTIME and CLOCK_MONOTONIC, for user space and for BPF?
 *
 * The kernel computes BOOTTIME = MONOTONIC + offs_boot, and changes the integer offs_boot
 * only when the machine resumes from a suspend (kernel: kernel/time/timekeeping.c). So a
 * reading of BOOTTIME between two readings of MONOTONIC gives an interval that is certain
 * to hold the offset, and so does the intersection of any number of them. An empty
 * intersection means that the machine slept meanwhile.
 */
#ifndef KVET_CLOCK_H
#define KVET_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <kvet/error.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One bracketed reading, in ns: MONOTONIC, BOOTTIME, MONOTONIC again. */
struct kvet_clock_sample {
	uint64_t mono_before_ns;
	uint64_t boot_ns;
	uint64_t mono_after_ns;
};

/* An interval that holds BOOTTIME - MONOTONIC, both ends included, in ns; samples is how
 * many readings it is the intersection of. */
struct kvet_clock_interval {
	int64_t low_ns;
	int64_t high_ns;
	uint64_t samples;
};

/* The interval that excludes nothing, of no samples. */
struct kvet_clock_interval kvet_clock_interval_all(void);

/*
 * Intersects the interval with what one sample allows. Returns false, and leaves the
 * interval alone, if nothing remains: the machine slept between the samples.
 */
bool kvet_clock_interval_add(struct kvet_clock_interval *interval,
			     const struct kvet_clock_sample *sample);

/* The interval that holds a - b, for offsets in a and in b; samples is the smaller one. */
struct kvet_clock_interval kvet_clock_interval_subtract(const struct kvet_clock_interval *a,
							const struct kvet_clock_interval *b);

/* Whether the two may hold the same offset. */
bool kvet_clock_interval_overlap(const struct kvet_clock_interval *a,
				 const struct kvet_clock_interval *b);

/*
 * Is the offset, taken without its sign, within limit_ns? Yes if every value of the
 * interval is, no if none is, undetermined if the limit lies inside the interval.
 */
enum kvet_verdict kvet_clock_judge(const struct kvet_clock_interval *interval, uint64_t limit_ns);

/* One side's measurement. suspends counts the empty intersections met, after each of which
 * the measurement started again with the new offset. */
struct kvet_clock_measure {
	struct kvet_clock_interval interval;
	unsigned int suspends;
};

/*
 * Measures with clock_gettime(2), which the vDSO answers without a system call on most
 * clock sources. In a time namespace (time_namespaces(7)) the offset is the namespace's.
 * samples is at least 1. Errors: -EINVAL for 0 samples; of clock_gettime(2); -EAGAIN when
 * the machine kept suspending; -EIO when MONOTONIC went backwards within one reading.
 */
int kvet_clock_measure_user(uint64_t samples, struct kvet_clock_measure *measure,
			    struct kvet_error *err);

/*
 * Measures inside the kernel: a BPF program that calls bpf_ktime_get_ns(),
 * bpf_ktime_get_boot_ns(), bpf_ktime_get_ns(), run by BPF_PROG_TEST_RUN (raw tracepoint
 * type, Linux 5.10), no kprobe needed. Time namespaces do not reach it. Errors:
 * -EINVAL for 0 samples; -EPERM with the capability that is missing; of bpf(2), with the
 * verifier's words; -EAGAIN when the machine kept suspending; -EIO when MONOTONIC went
 * backwards within one reading. host may be NULL: this machine.
 */
int kvet_clock_measure_bpf(const struct kvet_host *host, uint64_t samples,
			   struct kvet_clock_measure *measure, struct kvet_error *err);

/*
 * Both sides, of the same stretch of time: the user side is measured before and after the
 * BPF side, and all of it again if the machine slept meanwhile, so that a suspend cannot
 * pass for a difference between the sides; sides->suspends counts how often. A BPF side
 * that could not be measured is an answer: bpf_verdict is then undetermined, and bpf_cause
 * says why. Errors: those of kvet_clock_measure_user().
 */
struct kvet_clock_sides {
	struct kvet_clock_interval user;
	struct kvet_clock_interval bpf; /* valid if bpf_verdict is yes */
	enum kvet_verdict bpf_verdict;
	struct kvet_cause bpf_cause;
	unsigned int suspends;
};
int kvet_clock_measure_sides(const struct kvet_host *host, uint64_t samples,
			     struct kvet_clock_sides *sides, struct kvet_error *err);

/*
 * The time namespace of the calling process: the offsets that it adds to the initial
 * namespace's clocks, in ns. In the initial one, inside is false and both are 0.
 * Source: /proc/self/timens_offsets, which shows the namespace of the *children*; where
 * that is not the process's own (/proc/self/ns/time differs from time_for_children, and is
 * not the initial one) the offsets are not ours: known is false, inside still true. known
 * and inside are false where the kernel has no time namespaces. An absent /proc looks the
 * same. Errors: of readlink(2), open(2) and read(2); -EINVAL or -ERANGE for offsets that do
 * not parse.
 */
struct kvet_clock_namespace {
	bool known;
	bool inside;
	int64_t monotonic_ns;
	int64_t boottime_ns;
};
int kvet_clock_namespace_read(const struct kvet_host *host, struct kvet_clock_namespace *ns,
			      struct kvet_error *err);

#ifdef __cplusplus
}
#endif

#endif
