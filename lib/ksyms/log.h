/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A log under way: what its lines have shown so far, and the line that is being completed. */
#ifndef KVET_KSYMS_LOG_H
#define KVET_KSYMS_LOG_H

#include "core/text.h"
#include "ksyms/areas.h"
#include "ksyms/frame.h"
#include "ksyms/table.h"
#include "ksyms/words.h"

/* A number of the line that may be an address. */
struct ksyms_number {
	const char *end; /* NULL: there is none */
	uint64_t address;
	bool prefixed; /* with 0x */
};

struct kvet_ksyms_log {
	const struct kvet_ksyms *table;
	bool demangle;
	bool forced; /* the offset is the caller's */
	struct ksyms_areas areas;
	struct ksyms_frame_rows found;

	uint64_t *deltas; /* by boot, those that are to come, as far as they are known */
	size_t boot_count, boot;
	uint64_t delta; /* the log's addresses of the kernel proper, less the table's */
	bool elsewhere; /* the log's addresses were seen not to be the table's */
	bool doubted, said;
	struct kvet_cause doubt;

	bool goes_on;     /* the last piece was not the end of its line, */
	bool within_word; /* nor of a word */
	bool dumps;       /* lines that are all words of eight digits are instructions */

	/* of the line */
	struct text text;
	const char *copied; /* so far */
	size_t places;      /* completed */
	struct ksyms_number number;
	struct ksyms_frame frame; /* the one before, with its rows still in found; len 0: none */
	bool code;                /* what follows is instructions */
};

/* Keeps the first reason why the table is not the log's. */
__attribute__((format(printf, 2, 3))) void kvet_ksyms_log_wonder(struct kvet_ksyms_log *log,
								 const char *format, ...);

/* Copies the line through up to end. The functions below write behind that; all return 0 or
 * -ENOMEM. */
int kvet_ksyms_log_copy(struct kvet_ksyms_log *log, const char *end);

/*
 * Writes the names of the number that waits for them: until the next word has been looked at. Where
 * a frame stands right behind it, as in "[<ADDRESS>] SYM+OFF", both mean one place, and if they do
 * not in the table, the log is of another boot or kernel. In a list, "ADDRESS;SYM+OFF", they are
 * two.
 */
int kvet_ksyms_log_number(struct kvet_ksyms_log *log);

/* Notes a number, which waits then; what is known by the frame right before it, it is compared
 * with: "SYM+OFF at ADDRESS". */
void kvet_ksyms_log_wait(struct kvet_ksyms_log *log, const char *s,
			 const struct ksyms_number *number);

/*
 * Writes the addresses of a frame, and what waits before it. A frame without SIZE behind an address
 * of a process is the process's own, and becomes foreign.
 */
int kvet_ksyms_log_frame(struct kvet_ksyms_log *log, struct ksyms_frame *frame);

#endif
