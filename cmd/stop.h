/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Signals that ask kvet to end: SIGINT, SIGTERM, SIGHUP. The first one is noted, so that the
 * command can remove what it has in the kernel. Most commands have nothing there, and may wait for
 * minutes for a file or a regular expression: a thread ends kvet for them. A second signal ends
 * kvet at once.
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
 * From here to stop_end(): if kvet still runs half a second after a signal, another thread calls
 * take_over, which must end the process. If the thread cannot be created, a second signal still
 * works.
 */
void stop_begin(void (*take_over)(void *context), void *context);

/* From here on, the command watches for signals itself, and must clean up: no thread takes over. */
void stop_hold(void);

/* Called before the process ends. Does not return if another thread is already ending it. */
void stop_end(void);

/* Makes the signals do what they did before stop_open(): for a process that runs another program.
 */
void stop_forget(void);

/* Ends the process by a signal, after restoring its default action. */
void stop_die(int number);

#endif
