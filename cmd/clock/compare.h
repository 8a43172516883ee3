/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files behind `kvet clock compare` share. */
#ifndef CMD_CLOCK_COMPARE_H
#define CMD_CLOCK_COMPARE_H

#include <kvet/clock.h>

#include "command.h"

struct clock_compare_args {
	struct option_number samples;
	struct option_number max_skew;
	bool now;
	struct option_list pairs;
	bool all;
	struct option_number duration;
	bool watch;
	struct option_number interval;
};

/* Waits this long, or until a signal asks kvet to end: then it returns true. */
bool clock_compare_wait(struct context *context, uint64_t ns);

/* --pair and --all: pairs has room for as many as args names. The report marks in the table the
 * helpers that the kernel does not name. */
extern const struct schema clock_pair_schema;
extern const struct schema clock_row_schema;
enum status clock_pairs_parse(struct context *context, const struct clock_compare_args *args,
			      struct kvet_clock_pair *pairs);
enum status clock_pairs_report(struct context *context, const struct clock_compare_args *args,
			       struct kvet_clock_table *table, const struct kvet_clock_pair *pairs);

/* A record for each BPF helper that reads a clock, and for each clock of user space. */
extern const struct schema clock_helper_schema;
extern const struct schema clock_user_schema;
void clock_readings_report(struct context *context, const struct kvet_clock_table *table);

/* "vdso", "syscall" or NULL: how clock_gettime(2) reads a clock. */
const char *clock_path_name(enum kvet_verdict vdso);

/* The environment of the clocks. */
extern const struct schema clock_context_schema;
void clock_context_report(struct context *context, const struct kvet_clock_table *table);

/* --watch: runs until a signal or --duration; counts the suspends. */
extern const struct schema clock_watch_schema;
enum status clock_watch(struct context *context, const struct clock_compare_args *args,
			int64_t *suspends);

#endif
