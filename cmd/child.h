/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The command of `kvet trace ... -- COMMAND`. Its process is made before kvet changes anything of
 * its own (capabilities, limits, signals), so that the command has what it would have without kvet;
 * it waits, and runs the command when everything is ready.
 */
#ifndef CMD_CHILD_H
#define CMD_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "command.h"

struct child;

/* What became of the command. */
struct child_fate {
	int errnum; /* it could not be run, with this errno; 0: it was run */
	bool ended; /* with status, or by signal if that is not 0 */
	int status;
	int signal;
};

/* Makes the process; words is the command with its arguments, and ends with NULL. Reports a command
 * that cannot be found or run, as wrong use. The caller frees *child with child_free(). */
enum status child_new(struct context *context, const char *const *words, struct child **child);

pid_t child_pid(const struct child *child);

/* A descriptor that becomes readable when the command has ended. The child owns it. */
int child_fd(const struct child *child);

/* Takes the process to where only execve(2) is left to do. Returns false if it has ended. From
 * there on it asks the kernel for nothing else, so that a trace that begins now sees only the
 * command. */
bool child_ready(struct child *child);

/* Runs the command. */
void child_go(struct child *child);

/* If the command still runs: asks it to end with SIGTERM, as perf-stat(1) does, and waits up to two
 * seconds. Then returns what became of it. */
struct child_fate child_end(struct child *child);

/* A process whose command was never run ends. NULL is fine. */
void child_free(struct child *child);

#endif
