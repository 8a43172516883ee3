/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks this kernel the questions of a document. */
#ifndef CMD_PROBE_DIFF_LIVE_H
#define CMD_PROBE_DIFF_LIVE_H

#include "command.h"
#include "diff_document.h"

/* Runs the command that the document is of, and parses what it writes. Reports a failure, and
 * returns the status. */
enum status diff_live(struct context *context, const struct diff_document *before,
		      struct diff_document *live);

#endif
