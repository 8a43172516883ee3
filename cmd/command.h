/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A subcommand, and what main() gives to it. To add `kvet x y`: write cmd/x/y.c with `const struct
 * command x_y_command`, add COMMAND(x_y) to commands.def, and let `make check-lint` name the
 * missing page and test.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <poll.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#include "options.h"
#include "output/output.h"

/* How a command ends, in order of badness: the worst of several statuses wins. */
enum status {
	STATUS_YES,          /* yes; found; within the limit; done */
	STATUS_NO,           /* asked, and the answer is no */
	STATUS_UNDETERMINED, /* kvet could not find out */
	STATUS_ERROR,        /* undetermined, because a call failed: I/O, memory */
	STATUS_USAGE,        /* the command line is not valid */
	STATUS_COUNT
};

static inline enum status status_worst(enum status a, enum status b)
{
	return a > b ? a : b;
}

static inline enum status status_of_verdict(enum kvet_verdict verdict)
{
	return verdict == KVET_YES  ? STATUS_YES
	       : verdict == KVET_NO ? STATUS_NO
				    : STATUS_UNDETERMINED;
}

/* "yes", "no", "undetermined" or "error"; a static string. */
const char *status_word(enum status status);

/* What a command says while another one runs it: its first cause and its first note. aloud: they
 * are printed too. */
struct hearing {
	bool aloud;
	bool heard; /* cause is filled */
	struct kvet_cause cause;
	char note[1024];
};

struct shared;
struct child;

/* What a command works with. main() owns everything in it. */
struct context {
	struct kvet_host host;
	struct output *output;
	bool quiet;
	bool verbose;
	/* Becomes readable when a signal asks kvet to end: to be polled with the command's own
	 * descriptors. */
	int stop_fd;
	struct shared *shared;   /* what several commands use together; NULL: this one is alone */
	struct hearing *hearing; /* NULL: messages go to the user */
	struct child *child;     /* the command after "--", not yet run; NULL: there is none */
};

/* Reports a cause, in the document's errors and once on stderr. */
void context_error(struct context *context, const struct kvet_cause *cause);

/* Reports that a call of the command itself failed (malloc, poll); returns the status to return. */
enum status context_failure(struct context *context, int errnum, const char *source);

/* Reports what is wrong with the command line; returns the status to return from run(). */
__attribute__((format(printf, 2, 3))) enum status context_usage(struct context *context,
								const char *format, ...);

/* For an input without any query (`: | kvet ksyms lookup -`): says that there is nothing to look
 * up. The answer is no, as with grep(1). Returns the status to return. */
enum status context_nothing_asked(struct context *context);

/* Writes a line for the person at the terminal to stderr, unless --quiet. */
__attribute__((format(printf, 2, 3))) void context_note(struct context *context, const char *format,
							...);

/* Shows the progress in a line that the next call overwrites ("" clears it): only on a terminal,
 * only after kvet has run for a second, and ten times in a second at most. */
__attribute__((format(printf, 2, 3))) void context_progress(struct context *context,
							    const char *format, ...);

/* Whether a signal has asked kvet to end. */
bool context_stopped(const struct context *context);

/* What a command that waits polls besides its own descriptors: a signal that asks kvet to end, and
 * the end of whoever reads the output, which a write would notice only with the next record. */
#define CONTEXT_POLLS 2
void context_polls(const struct context *context, struct pollfd fds[CONTEXT_POLLS]);

/* After poll(2): whether one of the two has come. If the reader has ended, the output has failed.
 */
bool context_polled_end(const struct context *context, const struct pollfd fds[CONTEXT_POLLS]);

/*
 * Tells that from here on the command has something in the kernel to clean up, or an answer to
 * finish, and watches stop_fd itself: only a second signal ends it elsewhere. Before this call, a
 * signal may end kvet anywhere: half a second after it, another thread closes the output and ends
 * the process.
 */
void context_hold(struct context *context);

/*
 * Gives up all capabilities but those of the list (-1 at its end; NULL: keep none), before
 * untrusted input is parsed. Returns STATUS_YES, or the status to return.
 */
enum status context_confine(struct context *context, const int *capabilities);

struct command {
	const char *name;          /* "ksyms lookup" */
	const char *summary;       /* one line, no full stop */
	const char *operands;      /* as in the synopsis: "QUERY..." */
	const char *operands_help; /* their form and their default; may be NULL */
	const char *notes;         /* what --help-all adds; may be NULL */
	/* Three command lines; ends with NULL. */
	const char *const *examples;
	size_t operands_least;
	const char *operands_unless;       /* options that can replace the operands; NULL: none */
	size_t operands_most;              /* SIZE_MAX: any number */
	const struct option_spec *options; /* ends with a NULL name; may be NULL */
	/* Common options that it does not take: words with blanks between them; may be NULL. */
	const char *refuses;
	const struct schema *const *schemas; /* the schemas of its records; ends with NULL */
	const struct schema *summary_schema; /* may be NULL */
	bool rare;                           /* `kvet help` leaves it out; --help-all has it */
	bool records_of_others; /* its output may also have records of other commands */
	bool live;              /* records come as they happen, and -j means JSON lines */
	/* Whether it is live with these options; may be NULL. */
	bool (*live_with)(const void *args);
	size_t args_size; /* the size of the struct that the options fill */
	/* The capabilities that run() may use, -1 at the end; NULL: none. */
	const int *capabilities;
	bool confines; /* run() gives up the others itself: context_confine() */
	bool operands_are_files;
	/* Reports a mistake in the command line that no data above describes, as run() does, but
	 * does nothing else: for those who run several. Returns STATUS_USAGE for one; any other
	 * failure is left to run(). NULL: there is no such mistake. */
	enum status (*check)(struct context *context, const void *args, const char *const *operands,
			     size_t count);
	enum status (*run)(struct context *context, const void *args, const char *const *operands,
			   size_t count);
};

/* All commands, from commands.def; ends with NULL. */
extern const struct command *const commands[];

/* How many words of argv are the command's name; 0 if they are not. */
int command_matches(const struct command *command, int argc, char **argv);

/* Whether the word is the first of a command's two. */
bool command_is_object(const char *word);

/* The name that is most similar to a word that names no command, or no verb of the object; it may
 * be in buf. NULL: none is similar. */
const char *command_nearest(const char *word, const char *object, char *buf, size_t size);

#endif
