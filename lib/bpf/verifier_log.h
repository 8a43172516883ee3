/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the verifier's log says of a program that calls one helper. Pure. */
#ifndef KVET_BPF_VERIFIER_LOG_H
#define KVET_BPF_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum kvet_log_meaning {
	KVET_LOG_OTHER,          /* in no words that are known */
	KVET_LOG_UNKNOWN_HELPER, /* no helper of this kernel has the number */
	KVET_LOG_NOT_FOR_TYPE,   /* not handed out to this type, or to this process */
	KVET_LOG_NOT_SUPPORTED,  /* handed out, but cannot work in this type */
	KVET_LOG_NOT_ALLOWED,    /* handed out, but not to programs of this kind */
	KVET_LOG_SLEEPABLE_ONLY, /* the program would have to be sleepable */
	KVET_LOG_GPL_ONLY,       /* the licence is not compatible */
	KVET_LOG_MAP_REFUSED,    /* the map that the helper takes is not for the program */
	KVET_LOG_MAP_AWAKE,      /* it is for no sleepable program */
	KVET_LOG_CANNOT_SLEEP,   /* no program of the type may be sleepable */
	KVET_LOG_TARGET_AWAKE,   /* the program's target may not sleep */
	KVET_LOG_ARGUMENTS,      /* the helper was accepted; what it was called with was not */
	KVET_LOG_EXIT_VALUE,     /* the helper was accepted; the program's exit value was not */
};

enum kvet_log_meaning kvet_verifier_log_read(const char *log);

/* Takes away the zero bytes that a kernel of before 4.14 may begin its log with, and ends it
 * with one. size is the buffer's, all zeros before the kernel wrote to it. */
void kvet_verifier_log_strip(char *log, size_t size);

/* Whether the log says nothing but what the program did, and how much of it was looked at. */
bool kvet_verifier_log_is_wordless(const char *log);

/* Writes the deciding line of the log to buf; where there is none, all lines that are not
 * a trace of the program, with "; " between them. */
void kvet_verifier_log_words(const char *log, char *buf, size_t size);

#endif
