/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Signals that ask kvet to end: SIGINT, SIGTERM, SIGHUP. The first one is noted, so that the
 * command can clean up what it has left in the kernel. Most commands leave nothing there, and
 * what they wait for, a file, a regular expression, may not look up for minutes: a thread ends
 * kvet in their place. A second signal ends kvet at once, whatever it is doing.
 */
#ifndef CMD_STOP_H
#define CMD_STOP_H

/* Notes signals from now on. Returns 0 or a negative errno. */
int stop_open(void);

/* The signal that was caught, or 0. */
int stop_caught(void);

/* Becomes readable with the first signal. */
int stop_fd(void);

/*
 * From here to stop_end(): if a signal has been caught and half a second later kvet still runs,
 * another thread calls take_over, which has to end the process. Where no thread can be had, a
 * second signal remains.
 */
void stop_begin(void (*take_over)(void *context), void *context);

/* From here on, the command looks at the signal itself, and has to clean up: no taking over. */
void stop_hold(void);

/* The caller ends the process. Does not return if another thread does it already. */
void stop_end(void);

/* Ends the process by a signal, whose disposition becomes the default. */
void stop_die(int number);

#endif
