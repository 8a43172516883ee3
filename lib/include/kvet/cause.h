/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdict and cause: what every question to kvet is answered with.
 *
 * A question has three answers. A no and an undetermined carry a cause: which call said so, with
 * which evidence, and what to do about it.
 *
 * Functions that can fail return 0 or a negative errno, and their last parameter, err, is a cause
 * that the caller owns and that may be NULL. It is filled once, by the function that met the
 * failure, and is unchanged on success, as all outputs are unchanged on failure. An answer of "no"
 * is data, not an error.
 */
#ifndef KVET_CAUSE_H
#define KVET_CAUSE_H

#ifdef __cplusplus
extern "C" {
#endif

enum kvet_verdict {
	KVET_YES,
	KVET_NO,
	KVET_UNDETERMINED,
	KVET_VERDICT_COUNT
};

/* "yes", "no" or "undetermined"; a static string, never NULL. */
const char *kvet_verdict_name(enum kvet_verdict verdict);

/* The verdict on two questions together: undetermined outweighs no, no outweighs yes. */
enum kvet_verdict kvet_verdict_worst(enum kvet_verdict a, enum kvet_verdict b);

/*
 * Where an answer comes from. A plain value: copy it, keep it, no clean-up. All strings are
 * NUL-terminated and may be empty; evidence holds the kernel's own words, which may contain any
 * bytes (escape them before you show them).
 */
struct kvet_cause {
	int errnum;          /* positive errno, 0 where no call failed */
	char source[128];    /* which call or file said so: "bpf(BPF_PROG_LOAD)" */
	char evidence[1024]; /* verifier line, sysctl value, config option, capability */
	char remedy[320];    /* what the reader can do about it */
};

/*
 * The symbolic name of a positive errno, "EPERM"; also of those that user-space headers lack, from
 * ERESTARTSYS (512) to ENOGRACE (531), which kernel functions return to each other. A static
 * string; NULL for a number without a name.
 */
const char *kvet_errno_symbol(int errnum);

/* The same, but for a number without a name, "errno 999" is written to buf. Returns buf or a static
 * string, never NULL. */
const char *kvet_errno_name(int errnum, char *buf, unsigned long size);

/* What strerror(3) says, and words for the errnos that only the kernel's headers have: "not
 * supported by this kernel" for ENOTSUPP, for the others their name. Never NULL. */
const char *kvet_errno_text(int errnum);

/* "SOURCE: ERRNO: EVIDENCE", without the parts that the cause does not have. Returns buf. */
const char *kvet_cause_text(const struct kvet_cause *cause, char *buf, unsigned long size);

#ifdef __cplusplus
}
#endif

#endif
