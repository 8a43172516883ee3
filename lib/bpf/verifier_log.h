/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the verifier's log says of a program that calls one helper or kfunc. Pure. */
#ifndef KVET_BPF_VERIFIER_LOG_H
#define KVET_BPF_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum kvet_log_meaning {
	KVET_LOG_OTHER,          /* an unrecognised message */
	KVET_LOG_UNKNOWN_HELPER, /* no helper of this kernel has the number */
	KVET_LOG_NOT_FOR_TYPE,   /* not offered to this type, or to this process */
	KVET_LOG_NOT_SUPPORTED,  /* offered, but cannot work in this type */
	KVET_LOG_NOT_ALLOWED,    /* offered, but not to programs of this kind */
	KVET_LOG_SLEEPABLE_ONLY, /* the helper requires a sleepable program */
	KVET_LOG_CAPABILITY,     /* a capability is missing, which the message names */
	KVET_LOG_DEVICE,         /* only in a program that is bound to a network device */
	KVET_LOG_NO_JIT,         /* requires the JIT compiler */
	KVET_LOG_GPL_ONLY,       /* the licence is not GPL-compatible */
	KVET_LOG_MAP_REFUSED,    /* the program may not use the map that the helper takes */
	KVET_LOG_MAP_AWAKE,      /* no sleepable program may use it */
	KVET_LOG_CANNOT_SLEEP,   /* no program of the type may be sleepable */
	KVET_LOG_TARGET_AWAKE,   /* the program's target may not sleep */
	KVET_LOG_ARGUMENTS,      /* the helper was accepted, its arguments were not */
	KVET_LOG_EXIT_VALUE,     /* the helper was accepted, the exit value was not */
};

enum kvet_log_meaning kvet_verifier_log_read(const char *log);

/* Removes the zero bytes that a kernel before 4.14 may start its log with, and terminates the log.
 * size is the buffer's, which was all zeros before the kernel wrote to it. */
void kvet_verifier_log_strip(char *log, size_t size);

/* Whether the log holds only a trace of the program and its statistics, but no message. */
bool kvet_verifier_log_is_wordless(const char *log);

/* Writes the deciding line of the log to buf; if there is none, all lines that are not a trace of
 * the program, separated by "; ". */
void kvet_verifier_log_words(const char *log, char *buf, size_t size);

#endif
