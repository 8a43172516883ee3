/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The state of a log: what its lines have shown so far, and the line that is being completed. */
#ifndef KVET_KSYMS_LOG_H
#define KVET_KSYMS_LOG_H

#include <kvet/ksyms_text.h>

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

	uint64_t *deltas; /* by boot, as far as lines read ahead have shown them */
	size_t boot_count, boot;
	uint64_t delta; /* the log's addresses of the kernel proper minus the table's */
	bool elsewhere; /* the log has contradicted the table's addresses */
	bool doubted, said;
	struct kvet_cause doubt;

	bool goes_on;     /* the last piece did not end its line */
	bool within_word; /* the last piece did not end its last word */
	bool dumps;       /* lines of only eight-digit words are instructions */

	/* the current line */
	struct text text;
	const char *copied; /* copied up to here */
	size_t places;      /* completed */
	struct ksyms_number number;
	struct ksyms_frame frame; /* the previous one, whose rows are still in found; len 0: none */
	bool code;                /* what follows is instructions */
};

/* Keeps the first sign that the table does not belong to the log. */
__attribute__((format(printf, 2, 3))) void kvet_ksyms_log_wonder(struct kvet_ksyms_log *log,
								 const char *format, ...);

/* Copies the line up to end. The functions below append to the copy; all return 0 or -ENOMEM. */
int kvet_ksyms_log_copy(struct kvet_ksyms_log *log, const char *end);

/*
 * Writes the names of the pending number, which waits until the next word is known: a frame right
 * after it, as in "[<ADDRESS>] SYM+OFF", means the same place. If the two differ in the table, the
 * log is of another boot or kernel. In a list, "ADDRESS;SYM+OFF", they are two places.
 */
int kvet_ksyms_log_number(struct kvet_ksyms_log *log);

/* Makes a number the pending one. Compares it first with a frame right before it, as in
 * "SYM+OFF at ADDRESS". */
void kvet_ksyms_log_wait(struct kvet_ksyms_log *log, const char *s,
			 const struct ksyms_number *number);

/*
 * Writes the pending number and the addresses of a frame. A frame without SIZE after an address of
 * a process belongs to the process, and becomes foreign.
 */
int kvet_ksyms_log_frame(struct kvet_ksyms_log *log, struct ksyms_frame *frame);

#endif
