/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Holds the calling thread's signals back while it follows a child. waitpid(2) will not do
 * to notice one: it prefers a child that has stopped to EINTR, and a handler may as well run
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

/* Whether a signal is held back that would have interrupted a system call: one that ends the
 * process, or whose handler does not ask for a restart. */
bool kvet_signal_hold_interrupted(const struct kvet_signal_hold *hold);

/* Lets them through. */
void kvet_signal_hold_end(const struct kvet_signal_hold *hold);

#endif
