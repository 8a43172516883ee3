/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Blocks the calling thread's signals while it traces a child. EINTR of waitpid(2) does not show
 * every signal: waitpid(2) prefers to report a child that has stopped, and a handler may run
 * between two waits.
 */
#ifndef KVET_PROBE_SIGNAL_HOLD_H
#define KVET_PROBE_SIGNAL_HOLD_H

#include <signal.h>
#include <stdbool.h>

struct kvet_signal_hold {
	sigset_t before;
};

void kvet_signal_hold_begin(struct kvet_signal_hold *hold);

/* Whether a blocked signal is pending that would have interrupted a system call: one that ends the
 * process, or whose handler does not restart the call. */
bool kvet_signal_hold_interrupted(const struct kvet_signal_hold *hold);

/* Unblocks them. */
void kvet_signal_hold_end(const struct kvet_signal_hold *hold);

#endif
