/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text that names symbols: logs and stack traces, completed from a symbol table. */
#ifndef KVET_KSYMS_TEXT_H
#define KVET_KSYMS_TEXT_H

#include <kvet/ksyms.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A log or a stack trace, completed line by line: " <NAME+0xOFF/0xEXTENT [MODULE]>" is added after
 * each address that a symbol contains, " <0xADDRESS>" after each SYM+OFF and SYM+OFF/SIZE, with all
 * names or addresses if there are several. Everything else is copied byte for byte.
 *
 * A number is an address only if code or data of the kernel or of a module can be there: not in a
 * per-CPU area, in the first 64 KiB, or below the lowest text of the kernel. A frame is completed
 * only if the kernel would print it so: its module and SIZE, if given, must agree, and OFF may
 * equal SIZE.
 *
 * One log is for one thread, and the table must outlive it.
 */
struct kvet_ksyms_log;

struct kvet_ksyms_log_options {
	/* Which rows count; prefix symbols always do. With suffixes, a name also means its
	 * compiler-generated variants. NULL: all rows. */
	const struct kvet_ksyms_filter *filter;
	bool demangle; /* write names of Rust and C++ demangled */
	/* The log's addresses of the kernel proper minus the table's. Without it, the log's own
	 * line counts ("Kernel Offset: 0x... from 0x..."), and without that they are assumed equal.
	 */
	bool has_offset;
	int64_t offset;
};

/* A completed line; its bytes live until the next one, or are those of the given line. */
struct kvet_ksyms_text {
	const char *bytes;
	size_t len;
	size_t places; /* how many were completed */
};

/* options may be NULL. The caller frees *log with kvet_ksyms_log_free(). Errors: -ENOMEM. */
int kvet_ksyms_log_new(struct kvet_ksyms_log **log, const struct kvet_ksyms *table,
		       const struct kvet_ksyms_log_options *options, struct kvet_cause *err);
void kvet_ksyms_log_free(struct kvet_ksyms_log *log);

/*
 * Announces whole lines before the first of them is completed: a kernel prints its offset only when
 * it panics, after the lines that it applies to. May be called any number of times, in the order of
 * the lines. Errors: -ENOMEM.
 */
int kvet_ksyms_log_expect(struct kvet_ksyms_log *log, const char *lines, size_t len,
			  struct kvet_cause *err);

/*
 * Completes a line, given without its line break. A very long line may come in pieces: goes_on is
 * set for all but the last, and words that span two pieces are left alone. Errors: -ENOMEM.
 */
int kvet_ksyms_log_line(struct kvet_ksyms_log *log, const char *line, size_t len, bool goes_on,
			struct kvet_ksyms_text *text, struct kvet_cause *err);

/*
 * Whether the log has shown that the table is of another boot or another kernel: an address and the
 * SYM+OFF right after it contradict each other. Returns true once, with the cause. Such an address
 * is not completed; if the whole kernel was moved, neither is any later number.
 */
bool kvet_ksyms_log_doubt(struct kvet_ksyms_log *log, struct kvet_cause *cause);

/* Completes a single line of text. *found is how many places were completed. The caller frees *text
 * with free(3). Errors: -ENOMEM. */
int kvet_ksyms_annotate(const struct kvet_ksyms *table, const char *line, char **text,
			size_t *found, struct kvet_cause *err);

#ifdef __cplusplus
}
#endif

#endif
