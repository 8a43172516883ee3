/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Converts time stamps of one clock to another, and to text; and watches the clocks. All times and
 * differences are in ns, as in <kvet/clock.h>.
 */
#ifndef KVET_STAMP_H
#define KVET_STAMP_H

#include <kvet/clock.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- a map of the clocks: converting time stamps ---------------------------------------------- */

/*
 * The offsets between the clocks that BPF sees: clock - MONOTONIC of the initial time namespace,
 * for MONOTONIC, BOOTTIME, TAI and REALTIME. A plain value: copy it, keep it, convert with it in
 * any number of threads, without a system call. It is valid until the machine is suspended or
 * somebody sets its clock: kvet_clock_map_drift() and kvet_clock_map_compare() find out.
 */
struct kvet_clock_map {
	struct kvet_clock_interval offset[KVET_CLOCK_COUNT];
	struct kvet_clock_namespace ns; /* of the process that made it */
};

/* Makes a map with clock_gettime(2), and with /proc/timer_list if it may be read, which makes
 * BOOTTIME exact; all within one stretch of time without a suspend. Errors: of
 * kvet_clock_measure_user() and kvet_clock_namespace_read(); -ENODATA in a time namespace whose
 * offsets are unknown. */
int kvet_clock_map_read(const struct kvet_host *host, const struct kvet_clock_effort *effort,
			struct kvet_clock_map *map, struct kvet_cause *err);

/*
 * A time stamp converted to another clock; off by at most uncertainty_ns. slept_ns is the part of
 * it that is due to suspends since the stamp, if one of the two clocks stands still in a suspend:
 * the whole time asleep up to the map, because the map does not know when that was. A struct
 * kvet_clock_history may know.
 */
struct kvet_clock_stamp {
	uint64_t ns;
	uint64_t uncertainty_ns;
	uint64_t slept_ns;
};

/* Errors: -EINVAL for a clock that the map does not have; -ERANGE for a time before the other
 * clock's zero, or past 2^63 ns. */
int kvet_clock_map_convert(const struct kvet_clock_map *map, enum kvet_clock_id from, uint64_t ns,
			   enum kvet_clock_id to, struct kvet_clock_stamp *stamp,
			   struct kvet_cause *err);

/*
 * When the machine was suspended, as far as the kernel tells. The kernel keeps MONOTONIC and
 * BOOTTIME of the start of each task, and their difference was the time asleep until then. So the
 * tasks that are alive, read with a BPF iterator (Linux 5.8, CAP_BPF and CAP_PERFMON), give an
 * interval for any moment: the more tasks started around it, the narrower. Requires no other
 * privilege, and leaves nothing behind. Errors: -EPERM without the capabilities; -EOPNOTSUPP for a
 * kernel without this iterator or its BTF; of bpf(2). Free with kvet_clock_history_free(); NULL is
 * fine.
 */
struct kvet_clock_history;
int kvet_clock_history_read(const struct kvet_host *host, struct kvet_clock_history **history,
			    struct kvet_cause *err);
void kvet_clock_history_free(struct kvet_clock_history *history);

/* kvet_clock_map_convert(), using the history: slept_ns then is for the suspends that may have been
 * before or after the stamp. history may be NULL: nothing is known. Read it before the map. */
int kvet_clock_history_convert(const struct kvet_clock_history *history,
			       const struct kvet_clock_map *map, enum kvet_clock_id from,
			       uint64_t ns, enum kvet_clock_id to, struct kvet_clock_stamp *stamp,
			       struct kvet_cause *err);

/*
 * Checks the map with an event that has both stamps: returns 0 if the map is valid for it, to
 * within slack_ns for the time between its two readings; else how much longer (or, negative,
 * shorter) the machine had been suspended by then than when the map was made.
 */
int64_t kvet_clock_map_drift(const struct kvet_clock_map *map, uint64_t mono_ns, uint64_t boot_ns,
			     uint64_t slack_ns);

/*
 * What happened between two maps. slept: the machine was suspended, for slept_ns. stepped: somebody
 * set REALTIME, by stepped_ns relative to BOOTTIME: NTP, settimeofday(2), or a restored snapshot of
 * this virtual machine. leapt: the kernel made a leap second, which is not a step: it moves
 * REALTIME by a second, back for an inserted one, and does not move TAI (kernel: kernel/time/ntp.c,
 * second_overflow()). retold: somebody changed TAI - UTC in the kernel (adjtimex(2)), by retold_ns.
 * moved: the process is in another time namespace.
 */
struct kvet_clock_change {
	bool slept;
	bool stepped;
	bool leapt;
	bool retold;
	bool moved;
	struct kvet_clock_interval slept_ns;   /* valid if slept */
	struct kvet_clock_interval stepped_ns; /* of REALTIME; valid if stepped or leapt */
	struct kvet_clock_interval retold_ns;  /* valid if retold */
};
void kvet_clock_map_compare(const struct kvet_clock_map *before, const struct kvet_clock_map *after,
			    struct kvet_clock_change *change);

/*
 * Watches the clocks. fd becomes readable as soon as the machine resumed or somebody set REALTIME:
 * poll it, and also compare at an interval of your own, for changes that only a comparison shows.
 * next makes a new map and compares it with the previous one, the first time with that of the
 * opening; map and change are the caller's. A watch must not be shared between threads. Errors: of
 * timerfd_create(2) and kvet_clock_map_read(). close(NULL) is fine.
 */
struct kvet_clock_watch;
int kvet_clock_watch_open(struct kvet_clock_watch **watch, const struct kvet_host *host,
			  struct kvet_cause *err);
int kvet_clock_watch_fd(const struct kvet_clock_watch *watch);
int kvet_clock_watch_next(struct kvet_clock_watch *watch, struct kvet_clock_map *map,
			  struct kvet_clock_change *change, struct kvet_cause *err);
void kvet_clock_watch_close(struct kvet_clock_watch *watch);

/* --- wall-clock time as text ------------------------------------------------------------------ */

/* "2026-11-23T06:29:46.123456789Z" (RFC 3339) of ns since 1970; buf has KVET_CLOCK_WALL_SIZE bytes.
 * Returns buf. */
#define KVET_CLOCK_WALL_SIZE 32
const char *kvet_clock_wall_format(uint64_t realtime_ns, char buf[KVET_CLOCK_WALL_SIZE]);

/* Parses such a text: date, T or a blank, time, up to nine digits of a fraction, Z or +hh:mm.
 * Returns false if it has another form, is not a valid day, is before 1970, or past 2^63 ns. */
bool kvet_clock_wall_parse(const char *text, uint64_t *realtime_ns);

#ifdef __cplusplus
}
#endif

#endif
