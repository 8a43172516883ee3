/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A subcommand, and what main() hands to it.
 *
 * To add `kvet x y`: write cmd/x_y.c with `const struct command x_y_command`, add
 * COMMAND(x_y) to commands.def, and let `make check` name the page and the test that miss.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <kvet/cause.h>
#include <kvet/host.h>

#include "options.h"
#include "output/output.h"

/* How a command ends. The order is the order of badness: the worst of several wins. */
enum status {
	STATUS_YES,          /* yes, found, within the limit, done */
	STATUS_NO,           /* asked, and the answer is no */
	STATUS_UNDETERMINED, /* kvet could not find out */
	STATUS_ERROR,        /* the same, for something broke: I/O, memory */
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

/* What a command works with. Everything in it is main()'s. */
struct context {
	struct kvet_host host;
	struct output *output;
	bool quiet;
	bool verbose;
	/* Becomes readable when a signal asks kvet to end: poll it beside your own. */
	int stop_fd;
};

/* Reports a cause: into the document's errors, and once to stderr. */
void context_error(struct context *context, const struct kvet_cause *cause);

/* Reports a call of the command's own that failed (malloc, poll); return its value. */
enum status context_failure(struct context *context, int errnum, const char *source);

/* Reports what is wrong with the command line; return its value from run(). */
__attribute__((format(printf, 2, 3))) enum status context_usage(struct context *context,
								const char *format, ...);

/* An input without a single question (`: | kvet ksyms lookup -`): nothing was found, as
 * grep(1) has it. Says so; return its value. */
enum status context_nothing_asked(struct context *context);

/* A line for the person at the terminal, on stderr; nothing under --quiet. */
__attribute__((format(printf, 2, 3))) void context_note(struct context *context, const char *format,
							...);

/* How far it is, in a line that the next call writes over ("" clears it): on a terminal alone, and
 * when kvet has taken over a second. */
__attribute__((format(printf, 2, 3))) void context_progress(struct context *context,
							    const char *format, ...);

/* Whether a signal has asked kvet to end. */
bool context_stopped(const struct context *context);

/*
 * Up to here, a signal may end kvet wherever it is: half a second later another thread closes the
 * output and ends the process. From here on the command has something in the kernel to clean up,
 * or an answer to finish: it looks at the signal itself, and nothing but a second one hurries it.
 */
void context_hold(struct context *context);

/*
 * Gives up, for good, all capabilities but those of the list (-1 at its end; NULL: every one):
 * before what somebody else may have written is parsed. Returns STATUS_YES, or what is to be
 * returned.
 */
enum status context_confine(struct context *context, const int *capabilities);

struct command {
	const char *name;            /* "ksyms lookup" */
	const char *summary;         /* one line, no full stop */
	const char *operands;        /* of the synopsis: "QUERY..." */
	const char *operands_help;   /* what they look like, and their default; may be NULL */
	const char *const *examples; /* three command lines; ends with NULL */
	size_t operands_least;
	size_t operands_most;                /* SIZE_MAX: any number */
	const struct option_spec *options;   /* ends with a NULL name; may be NULL */
	const char *refuses;                 /* words: common options that it does not take */
	const struct schema *const *schemas; /* of its records; ends with NULL */
	const struct schema *summary_schema; /* may be NULL */
	bool live;                           /* -j means JSON lines, records as they happen */
	bool (*live_with)(const void *args); /* the same, with these options; may be NULL */
	size_t args_size;                    /* of the struct that options fill */
	const int *capabilities;             /* that run() may use, -1 at the end; NULL: none */
	enum status (*run)(struct context *context, const void *args, const char *const *operands,
			   size_t count);
};

/* The one list, made from commands.def; ends with NULL. */
extern const struct command *const commands[];

/* How many words of argv name the command: 0 if they do not. */
int command_matches(const struct command *command, int argc, char **argv);

/* Whether it is the first word of a command of two. */
bool command_is_object(const char *word);

/* What a word that names no command, or no verb of the object, is nearest to; it may be in buf.
 * NULL: it is like nothing. */
const char *command_nearest(const char *word, const char *object, char *buf, size_t size);

#endif
