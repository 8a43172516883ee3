/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "probe/signal_hold.h"

/* Signals that a thread raises by its own fault are not blocked: if they were, the kernel would
 * kill it at once. */
static const int own_faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };

void kvet_signal_hold_begin(struct kvet_signal_hold *hold)
{
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(own_faults) / sizeof(*own_faults); i++)
		sigdelset(&set, own_faults[i]);
	pthread_sigmask(SIG_BLOCK, &set, &hold->before);
}

/* signal(7), "Signal dispositions": ignored, or stopping the process for a while. */
static bool harmless_by_default(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT ||
	       sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static bool interrupts(int sig)
{
	struct sigaction action;

	/* Every stop of the child raises a SIGCHLD. */
	if (sig == SIGCHLD || sigaction(sig, NULL, &action))
		return false;
	if (action.sa_flags & SA_SIGINFO)
		return !(action.sa_flags & SA_RESTART);
	if (action.sa_handler == SIG_IGN)
		return false;
	if (action.sa_handler == SIG_DFL)
		return !harmless_by_default(sig);
	return !(action.sa_flags & SA_RESTART);
}

bool kvet_signal_hold_interrupted(const struct kvet_signal_hold *hold)
{
	sigset_t pending;

	if (sigpending(&pending) || sigisemptyset(&pending))
		return false;
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (sigismember(&pending, sig) == 1 && sigismember(&hold->before, sig) == 0 &&
		    interrupts(sig))
			return true;
	return false;
}

void kvet_signal_hold_end(const struct kvet_signal_hold *hold)
{
	pthread_sigmask(SIG_SETMASK, &hold->before, NULL);
}
