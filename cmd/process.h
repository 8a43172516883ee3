/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the process checks before it does anything else. */
#ifndef CMD_PROCESS_H
#define CMD_PROCESS_H

/*
 * Opens descriptors 0, 1 and 2 if they are closed: no file that kvet opens may become its standard
 * output. They can then neither be read nor written, so that their first use fails with EBADF and
 * is reported. Returns 0 or a negative errno.
 */
int process_fill_standard_descriptors(void);

/*
 * Whether kvet runs with another user's rights than its caller's, by a set-user-ID or set-group-ID
 * bit. Capabilities of the file (setcap) do not count.
 */
_Bool process_is_setuid(void);

#endif
