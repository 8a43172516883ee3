/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the process sees to before it does anything else. */
#ifndef CMD_PROCESS_H
#define CMD_PROCESS_H

/*
 * Takes descriptors 0, 1 and 2 if they are closed: no file that kvet opens may become its
 * standard output. What stands in for them can neither be read nor written, so that the
 * first use fails with EBADF, and an answer that cannot be printed is not lost in silence.
 * Returns 0 or a negative errno.
 */
int process_fill_standard_descriptors(void);

/*
 * Whether kvet runs with another user's rights than its caller's, by a set-user-ID or
 * set-group-ID bit. Capabilities of the file (setcap) are none of that.
 */
_Bool process_is_setuid(void);

#endif
