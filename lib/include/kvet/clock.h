/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How far apart are two clocks, for user space and for BPF?
 *
 * The kernel computes BOOTTIME = MONOTONIC + offs_boot, and changes the integer offs_boot only when
 * the machine resumes from a suspend. REALTIME and TAI are MONOTONIC plus an integer, too, which
 * changes only when somebody sets the clock (kernel: kernel/time/timekeeping.c). So a reading of
 * such a clock between two readings of MONOTONIC gives an interval that is certain to hold the
 * offset, and so does the intersection of any number of them. An empty intersection means that the
 * offset changed.
 *
 * All times and differences are in ns. Time namespaces (time_namespaces(7)) shift MONOTONIC and
 * BOOTTIME for user space; BPF always sees the initial namespace.
 */
#ifndef KVET_CLOCK_H
#define KVET_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- clocks ------------------------------------------------------------------------------ */

enum kvet_clock_id {
	KVET_CLOCK_MONOTONIC,
	KVET_CLOCK_BOOTTIME,
	KVET_CLOCK_TAI,
	KVET_CLOCK_REALTIME,
	KVET_CLOCK_MONOTONIC_RAW,
	KVET_CLOCK_MONOTONIC_COARSE,
	KVET_CLOCK_COUNT
};

/* The name of clock_gettime(2) in lower case, "monotonic", "boottime" and so on; a static string,
 * never NULL. By name, also "mono", "boot", "real", "raw", "coarse"; -1 if unknown. */
const char *kvet_clock_name(enum kvet_clock_id clock);
int kvet_clock_by_name(const char *name);

/* The BPF helper (enum bpf_func_id) that is documented to read this clock, and its name; -1 and
 * NULL for a clock without a helper (bpf-helpers(7)). */
int kvet_clock_helper(enum kvet_clock_id clock);
const char *kvet_clock_helper_name(enum kvet_clock_id clock);

/*
 * What can change the difference of two clocks, as bits: a suspend; setting REALTIME, which also
 * moves TAI; a leap second, or a change of TAI - UTC; a rate of its own; the next tick, the only
 * one of these with a bound. No bits: they are the same clock (kernel: kernel/time/timekeeping.c).
 */
enum kvet_clock_mover {
	KVET_CLOCK_BY_SUSPEND = 1 << 0,
	KVET_CLOCK_BY_STEP = 1 << 1,
	KVET_CLOCK_BY_LEAP = 1 << 2,
	KVET_CLOCK_BY_RATE = 1 << 3,
	KVET_CLOCK_BY_TICK = 1 << 4,
};
unsigned int kvet_clock_apart_by(enum kvet_clock_id a, enum kvet_clock_id b);

/* Whether the clock goes on during a suspend. */
bool kvet_clock_counts_sleep(enum kvet_clock_id clock);

/* Whether clock - MONOTONIC is one integer until somebody changes it. MONOTONIC_RAW has a rate of
 * its own, MONOTONIC_COARSE stands still for a tick. */
bool kvet_clock_is_fixed(enum kvet_clock_id clock);

/* --- intervals: arithmetic alone, no clock is read ----------------------------------------- */

/* One bracketed reading: MONOTONIC, the clock in question, MONOTONIC again. */
struct kvet_clock_sample {
	uint64_t before_ns;
	uint64_t clock_ns;
	uint64_t after_ns;
};

/* An interval that holds a difference of two clocks, both ends included; samples is the number of
 * readings that it was made from. A value out of the range of int64_t becomes the nearest end. */
struct kvet_clock_interval {
	int64_t low_ns;
	int64_t high_ns;
	uint64_t samples;
};

/* The interval of all values, and the interval of a single value; without samples. */
struct kvet_clock_interval kvet_clock_interval_all(void);
struct kvet_clock_interval kvet_clock_interval_point(int64_t value_ns);

/* Intersects the interval with low_ns to high_ns. If nothing remains, returns false and does not
 * change the interval. Does not count a sample. */
bool kvet_clock_interval_narrow(struct kvet_clock_interval *interval, int64_t low_ns,
				int64_t high_ns);

/* Intersects the interval with what one sample allows for clock - MONOTONIC, and counts the sample.
 * If nothing remains, returns false and does not change the interval: the offset changed. */
bool kvet_clock_interval_add(struct kvet_clock_interval *interval,
			     const struct kvet_clock_sample *sample);

/* The interval that holds a - b, for any value of each; samples is the smaller one. */
struct kvet_clock_interval kvet_clock_interval_subtract(const struct kvet_clock_interval *a,
							const struct kvet_clock_interval *b);

/* Whether the two may hold the same value. */
bool kvet_clock_interval_overlap(const struct kvet_clock_interval *a,
				 const struct kvet_clock_interval *b);

/* The middle of the interval, rounded down, and the distance of its ends from it. */
int64_t kvet_clock_interval_middle(const struct kvet_clock_interval *interval);
uint64_t kvet_clock_interval_uncertainty(const struct kvet_clock_interval *interval);

/*
 * Is the absolute offset within limit_ns? Yes if every value of the interval is, no if none is,
 * undetermined if the limit lies inside the interval.
 */
enum kvet_verdict kvet_clock_judge(const struct kvet_clock_interval *interval, uint64_t limit_ns);

/*
 * By how much faster one clock runs than another, in parts per billion (1000 are 1 ppm), from their
 * difference at the start and at the end of elapsed_ns. Rounded outwards, so that the true rate
 * lies inside. Returns false for an elapsed_ns of 0.
 */
bool kvet_clock_rate(const struct kvet_clock_interval *start, const struct kvet_clock_interval *end,
		     uint64_t elapsed_ns, int64_t *low_ppb, int64_t *high_ppb);

/* --- measuring one clock -------------------------------------------------------------------- */

/* When to stop: after this many samples or, unless budget_ns is 0, after the first few dozen that
 * end past budget_ns. samples is at least 1. */
struct kvet_clock_effort {
	uint64_t samples;
	uint64_t budget_ns;
};

/*
 * clock - MONOTONIC on one side. For a clock with a fixed offset, the interval is the intersection
 * of all samples, and changes counts the empty intersections, after each of which it started again:
 * a suspend, or a step of REALTIME. For the others it is the span of the offsets seen, without
 * noisy samples. tightest_ns is the width of the narrowest sample. still applies only to BPF's
 * MONOTONIC_COARSE: the helper minus user space's own clock, as the span over all runs during which
 * that clock stood still; no samples if it never did.
 */
struct kvet_clock_measure {
	struct kvet_clock_interval interval;
	uint64_t tightest_ns;
	unsigned int changes;
	struct kvet_clock_interval still;
};

/*
 * Measures with clock_gettime(2), which the vDSO answers without a system call on most
 * clock sources. Errors: -EINVAL for 0 samples; of clock_gettime(2); -EAGAIN when the offset
 * kept changing; -EIO when MONOTONIC went backwards within one reading.
 */
int kvet_clock_measure_user(enum kvet_clock_id clock, const struct kvet_clock_effort *effort,
			    struct kvet_clock_measure *measure, struct kvet_cause *err);

/* The answer of one source: the measure if verdict is yes, else the cause. */
struct kvet_clock_source {
	enum kvet_verdict verdict;
	struct kvet_clock_measure measure;
	struct kvet_cause cause;
};

/*
 * Measures inside the kernel with a BPF program that calls bpf_ktime_get_ns(), the clock's helper,
 * bpf_ktime_get_ns() and so on, run by BPF_PROG_TEST_RUN without a kprobe; the samples are returned
 * in a mapped array. Its type is the first that may be loaded of raw_tracepoint (Linux 5.10),
 * syscall (5.14) and socket_filter (where unprivileged BPF is allowed); *type is its name, static.
 * envelope is user space's MONOTONIC minus the kernel's, from readings of both around each run.
 * type and envelope may be NULL, and do not change unless the verdict is yes. The verdict is no if
 * this kernel does not support the helper, according to the verifier; it is undetermined, with the
 * cause, if a capability is missing, if bpf(2) fails, or as kvet_clock_measure_user() fails.
 * Errors: -EINVAL for 0 samples, or for a clock without a BPF helper. host may be NULL: this
 * machine.
 */
int kvet_clock_measure_bpf(const struct kvet_host *host, enum kvet_clock_id clock,
			   const struct kvet_clock_effort *effort, struct kvet_clock_source *source,
			   struct kvet_clock_interval *envelope, const char **type,
			   struct kvet_cause *err);

/* --- what the kernel tells of its offsets ---------------------------------------------------- */

/*
 * The time namespace of the calling process: the offsets that it adds to the initial namespace's
 * clocks. In the initial one, inside is false and both are 0. Source: /proc/self/timens_offsets,
 * which shows the namespace of the *children*. If that is not the process's own (/proc/self/ns/time
 * differs from time_for_children, and is not the initial one), these offsets do not apply: known is
 * false, inside still true. known and inside are false where the kernel has no time namespaces:
 * /proc/self/ns exists without such a link. Where /proc does not exist, or is not this process's,
 * nothing is known: -ENOENT. Other errors: of readlink(2), open(2) and read(2); -EINVAL or -ERANGE
 * for offsets that do not parse.
 */
struct kvet_clock_namespace {
	bool known;
	bool inside;
	int64_t monotonic_ns;
	int64_t boottime_ns;
};
int kvet_clock_namespace_read(const struct kvet_host *host, struct kvet_clock_namespace *ns,
			      struct kvet_cause *err);

/* What the namespace adds to a clock, 0 for those that it does not shift. */
int64_t kvet_clock_namespace_shift(const struct kvet_clock_namespace *ns, enum kvet_clock_id clock);

/*
 * The kernel's own integers, REALTIME, BOOTTIME and TAI minus MONOTONIC in the initial time
 * namespace, from /proc/timer_list (readable by root only; found by .index, because the other lines
 * change between kernels). Each CPU has a copy that it updates when it next programs its timers:
 * the greatest boottime offset is returned, because it only grows, and for the others the first
 * CPU's. Errors: of open(2), -EACCES without root; -EINVAL for text of another form; -ENODATA where
 * the list is empty (a container's mask) or has no offsets.
 */
struct kvet_clock_kernel {
	int64_t boottime_ns;
	int64_t realtime_ns;
	int64_t tai_ns;
};
int kvet_clock_kernel_read(const struct kvet_host *host, struct kvet_clock_kernel *kernel,
			   struct kvet_cause *err);

/* --- all of it at once ------------------------------------------------------------------------ */

/*
 * What each side sees of each clock, as clock - MONOTONIC of that side, all within one stretch of
 * time. The user side's BOOTTIME, TAI and REALTIME are measured before and after the rest, and
 * everything is measured again if the machine was suspended or its clock was set in between, so
 * that neither is mistaken for a difference. suspends counts the suspends. A source that could not
 * be read is an answer with a cause. inferred: the bpf side could not be measured; its offsets are
 * the user side's without the time namespace.
 */
struct kvet_clock_table {
	struct kvet_clock_source user[KVET_CLOCK_COUNT];
	struct kvet_clock_source bpf[KVET_CLOCK_COUNT];
	struct kvet_clock_source kernel; /* BOOTTIME - MONOTONIC, exact: kvet_clock_kernel_read() */
	struct kvet_clock_source space;  /* what ns adds to BOOTTIME - MONOTONIC, exact */
	struct kvet_clock_namespace ns;
	/* User space's MONOTONIC minus the kernel's, measured; valid if the bpf side's
	 * MONOTONIC is. */
	struct kvet_clock_interval envelope;
	const char *bpf_type;
	uint64_t tick_ns; /* the resolution of MONOTONIC_COARSE */
	unsigned int suspends;
};

/* Fills the table. effort is for BOOTTIME on each side; the other clocks are read less. Errors:
 * those of kvet_clock_measure_user(). */
int kvet_clock_table_read(const struct kvet_host *host, const struct kvet_clock_effort *effort,
			  struct kvet_clock_table *table, struct kvet_cause *err);

/* The sources of BOOTTIME - MONOTONIC, in the order of their names "user", "bpf", "kernel",
 * "namespace". */
enum kvet_clock_side {
	KVET_CLOCK_USER,
	KVET_CLOCK_BPF,
	KVET_CLOCK_KERNEL,
	KVET_CLOCK_NAMESPACE,
	KVET_CLOCK_SIDE_COUNT
};
const char *kvet_clock_side_name(enum kvet_clock_side side);
const struct kvet_clock_source *kvet_clock_table_side(const struct kvet_clock_table *table,
						      enum kvet_clock_side side);

/* Why sources may differ or be missing: bits of kvet_clock_conclusion.reasons. */
enum kvet_clock_reason {
	KVET_CLOCK_SHIFTED = 1 << 0,         /* the time namespace shifts the user side */
	KVET_CLOCK_SHIFT_UNKNOWN = 1 << 1,   /* the same, by an unknown amount */
	KVET_CLOCK_SLEPT = 1 << 2,           /* suspended while measuring: measured again */
	KVET_CLOCK_BPF_WITHHELD = 1 << 3,    /* the bpf side could not be measured */
	KVET_CLOCK_KERNEL_WITHHELD = 1 << 4, /* /proc/timer_list could not be read */
	KVET_CLOCK_CONFLICT = 1 << 5,        /* none of the above explains the difference */
};

/*
 * What all sources say together: the kernel's BOOTTIME - MONOTONIC, which is also the total time
 * suspended since boot. It is one value if /proc/timer_list tells it and no other source
 * contradicts it. agree is yes if all sources (the user side without its namespace) have a value in
 * common, no if they do not, undetermined if there was only one. With a no, the interval is that of
 * the source nearest to the kernel.
 */
struct kvet_clock_conclusion {
	struct kvet_clock_interval offset;
	enum kvet_verdict agree;
	unsigned int reasons;
};
void kvet_clock_conclude(const struct kvet_clock_table *table,
			 struct kvet_clock_conclusion *conclusion);

/* --- pairings --------------------------------------------------------------------------------- */

/* A tracer stamps events with one clock, and reads another to place them. side is KVET_CLOCK_USER
 * or KVET_CLOCK_BPF. */
struct kvet_clock_end {
	enum kvet_clock_side side;
	enum kvet_clock_id clock;
};
struct kvet_clock_pair {
	struct kvet_clock_end stamp;
	struct kvet_clock_end read;
};

/* Parses "bpf:boottime,user:monotonic"; err names what is wrong. Errors: -EINVAL. */
int kvet_clock_pair_parse(const char *text, struct kvet_clock_pair *pair, struct kvet_cause *err);

/*
 * The error of such a tracer now: how much its stamps are too large. slept_ns is what each second
 * of suspend adds to it: 1e9, 0 or -1e9. apart_by is what else can change it
 * (kvet_clock_apart_by()), and ever the error at any later time, if nothing can change it or only
 * the next tick: a coarse clock lags by up to two ticks. Undetermined, with the cause, if one of
 * the two could not be measured; no if this kernel has no helper for the BPF clock.
 */
struct kvet_clock_pairing {
	enum kvet_verdict verdict;
	struct kvet_clock_interval error;
	unsigned int apart_by;
	struct kvet_clock_interval ever;
	int64_t slept_ns;
	bool inferred; /* from the user side: the bpf side could not be measured */
	struct kvet_cause cause;
};
void kvet_clock_pair_judge(const struct kvet_clock_table *table, const struct kvet_clock_pair *pair,
			   struct kvet_clock_pairing *pairing);

/*
 * Is the absolute error within limit_ns: now, or at any later time? Only two readings of one clock,
 * or a coarse clock and its own fine one, can promise the latter: what a suspend, a step, a leap
 * second or a rate adds has no bound, and the answer is no. Undetermined if the pairing is, or if
 * the limit lies inside the interval.
 */
enum kvet_verdict kvet_clock_pair_within(const struct kvet_clock_pairing *pairing,
					 uint64_t limit_ns, bool now);

/*
 * Which of user space's clocks a BPF helper reads: those whose value, without the namespace's
 * offset, lay inside the envelope of bracketed reads, as bits 1 << enum kvet_clock_id. verdict is
 * yes if the documented clock is among them; clocks that are equal by chance, as BOOTTIME and
 * MONOTONIC are until the first suspend, are all included. difference is the helper's value minus
 * the documented clock's; for MONOTONIC_COARSE it is the lag behind MONOTONIC, which decides
 * nothing, because it depends on how late a tick is. That helper must show the same as user space's
 * own coarse clock while that stands still: undetermined if it did once but not another time, or if
 * that clock never stood still. No, with the cause, if the kernel has no such helper.
 */
struct kvet_clock_identity {
	enum kvet_verdict verdict;
	bool present;
	struct kvet_clock_interval difference;
	unsigned int matches;
	struct kvet_cause cause;
};
void kvet_clock_identify(const struct kvet_clock_table *table, enum kvet_clock_id clock,
			 struct kvet_clock_identity *identity);

/* --- what a reading costs --------------------------------------------------------------------- */

/*
 * The cost of one reading of each clock, in ns, rounded up: the shortest of many batches, minus the
 * shortest empty one. user_ns is clock_gettime(2), and vdso whether it works without a system call
 * for this clock, tried in a thread that may not make the call (seccomp(2)). bpf_ns is the helper
 * alone, in a program that BPF_PROG_TEST_RUN runs; 0 where it cannot be run, and
 * kvet_clock_measure_bpf() then tells the cause.
 */
struct kvet_clock_costs {
	uint64_t user_ns[KVET_CLOCK_COUNT];
	uint64_t bpf_ns[KVET_CLOCK_COUNT];
	enum kvet_verdict vdso[KVET_CLOCK_COUNT];
};
void kvet_clock_costs_read(const struct kvet_host *host, struct kvet_clock_costs *costs);

/* --- what explains all this ------------------------------------------------------------------- */

/* How the kernel's clock is disciplined, from adjtimex(2). frequency_ppb is how much faster than
 * its hardware the clock is made to run; tai_s is TAI - UTC as set in the kernel, 0 if nobody set
 * it. state is "ok", "insert", "delete", "leap", "wait" or "error", static. */
struct kvet_clock_ntp {
	bool synchronized;
	const char *state;
	int64_t frequency_ppb;
	int64_t max_error_ns;
	int tai_s;
};

/*
 * The environment of the clocks. clocksource is the one in use ("tsc"), hypervisor the name that
 * the processor or the kernel gives for what runs this machine; "" if unknown or none. vdso:
 * whether clock_gettime(2) of MONOTONIC and BOOTTIME works without a system call, tried in a thread
 * that may not make the call (seccomp(2)). suspends counts the successful suspends since boot, -1
 * if the kernel does not tell; last_suspend_ns is the kernel log's time of the last resume, 0 if
 * the log has none or may not be read. ntp_known: ntp is valid. What cannot be read stays unknown,
 * so there are no errors.
 */
struct kvet_clock_context {
	char clocksource[64];
	char hypervisor[64];
	enum kvet_verdict vdso;
	bool ntp_known;
	struct kvet_clock_ntp ntp;
	int64_t suspends;
	uint64_t last_suspend_ns;
};
void kvet_clock_context_read(const struct kvet_host *host, struct kvet_clock_context *context);

#ifdef __cplusplus
}
#endif

/* Converting time stamps, and watching the clocks. */
#include <kvet/stamp.h>

#endif
