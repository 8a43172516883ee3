/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kvet: finds the command, sets it up, runs it, ends the process. Only a second signal (stop.c)
 * ends the process elsewhere, and only this file writes to stderr.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <elfutils/version.h>
#include <json-c/json_c_version.h>

#include "command.h"
#include "help.h"
#include "invocation.h"
#include "output/safe.h"
#include "process.h"
#include "stop.h"

#ifndef KVET_FEATURES
#define KVET_FEATURES "unknown"
#endif
#ifndef KVET_COMMIT
#define KVET_COMMIT "unknown"
#endif

static const int codes[] = {
	[STATUS_YES] = 0,   [STATUS_NO] = 1,    [STATUS_UNDETERMINED] = 3,
	[STATUS_ERROR] = 3, [STATUS_USAGE] = 2,
};
static_assert(sizeof(codes) / sizeof(*codes) == STATUS_COUNT, "every status has a code");

/* --- messages to the user --------------------------------------------------------------------- */

static struct timespec began;
static struct timespec progressed; /* when progress was shown last */
static bool progress_shown;

/* Clears the progress line. */
static void clear_progress(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}

static void complain(const char *label, const char *text)
{
	char *safe = safe_text(text);

	clear_progress();
	fprintf(stderr, "%s%s\n", label, safe ? safe : text);
	free(safe);
}

/* Lets the caller of this command hear a cause. Returns whether that is enough. */
static bool heard(const struct context *context, const struct kvet_cause *cause)
{
	struct hearing *hearing = context->hearing;

	if (hearing && !hearing->heard) {
		hearing->heard = true;
		hearing->cause = *cause;
	}
	return hearing && !hearing->aloud;
}

void context_error(struct context *context, const struct kvet_cause *cause)
{
	char line[sizeof(*cause) + 64];

	/* After Ctrl-C, an interrupted call is not a failure. */
	if (stop_caught() && cause->errnum == EINTR)
		return;
	if (heard(context, cause) || !output_error(context->output, cause) || context->quiet)
		return;
	complain("kvet: ", kvet_cause_text(cause, line, sizeof(line)));
	if (*cause->remedy)
		complain("kvet: try: ", cause->remedy);
}

enum status context_failure(struct context *context, int errnum, const char *source)
{
	struct kvet_cause cause = { .errnum = errnum };

	snprintf(cause.source, sizeof(cause.source), "%s", source);
	snprintf(cause.evidence, sizeof(cause.evidence), "%s",
		 errnum ? strerror(errnum) : "failed for an unknown reason");
	context_error(context, &cause);
	return STATUS_ERROR;
}

enum status context_usage(struct context *context, const char *format, ...)
{
	struct kvet_cause cause = { .source = "command line" };
	va_list args;

	va_start(args, format);
	vsnprintf(cause.evidence, sizeof(cause.evidence), format, args);
	va_end(args);
	if (heard(context, &cause))
		return STATUS_USAGE;
	output_error(context->output, &cause);
	/* Wrong use is reported even under --quiet, so that a mistake in a script is found. */
	complain("kvet: ", cause.evidence);
	return STATUS_USAGE;
}

void context_polls(const struct context *context, struct pollfd fds[CONTEXT_POLLS])
{
	fds[0] = (struct pollfd){ .fd = context->stop_fd, .events = POLLIN };
	/* Without events: an error is reported in any case. */
	fds[1] = (struct pollfd){ .fd = context->quiet ? -1 : STDOUT_FILENO };
}

bool context_polled_end(const struct context *context, const struct pollfd fds[CONTEXT_POLLS])
{
	if (fds[1].revents & POLLERR)
		output_abandon(context->output);
	return fds[0].revents || (fds[1].revents & POLLERR);
}

void context_note(struct context *context, const char *format, ...)
{
	struct hearing *hearing = context->hearing;
	char line[sizeof(hearing->note)];
	va_list args;

	if (context->quiet && !hearing)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (hearing && !*hearing->note)
		memcpy(hearing->note, line, sizeof(line));
	if (context->quiet)
		return;
	complain("kvet: ", line);
}

enum status context_nothing_asked(struct context *context)
{
	/* If kvet was to end, queries might still have come. */
	if (!context_stopped(context) && !output_failure(context->output))
		context_note(context, "nothing was asked: the input is empty");
	return STATUS_NO;
}

static int64_t ms_between(const struct timespec *from, const struct timespec *to)
{
	return (int64_t)(to->tv_sec - from->tv_sec) * 1000 +
	       (to->tv_nsec - from->tv_nsec) / 1000000;
}

/* Whether it is time to show progress: kvet has run for a second, and the line that is shown has
 * been read. Who counts thousands of steps does not write as many lines. */
static bool progress_is_due(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ms_between(&began, &now) < 1000 ||
	    (progress_shown && ms_between(&progressed, &now) < 100))
		return false;
	progressed = now;
	return true;
}

void context_progress(struct context *context, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (context->quiet || (*line && (!progress_is_due() || !isatty(STDERR_FILENO))))
		return;
	/* Overwrites the line from its start. */
	clear_progress();
	if (*line)
		fprintf(stderr, "\r\033[K%s", line);
	fflush(stderr);
	progress_shown = *line != '\0';
}

bool context_stopped(const struct context *context)
{
	(void)context;
	return stop_caught() != 0;
}

void context_hold(struct context *context)
{
	(void)context;
	stop_hold();
}

enum status context_confine(struct context *context, const int *capabilities)
{
	struct kvet_cause err;

	/* What one command gave up, the next one could not use. */
	if (context->shared)
		return STATUS_YES;
	if (!kvet_host_keep_capabilities(capabilities, &err))
		return STATUS_YES;
	context_error(context, &err);
	return STATUS_ERROR;
}

/* --- one command from its command line to its exit status ------------------------------------ */

static enum status run_checked(struct context *context, const struct invocation *invocation)
{
	const struct options_result *result = &invocation->result;
	enum status status;

	if (result->no_memory)
		status = context_failure(context, ENOMEM, "malloc");
	else if (result->complaint[0])
		status = context_usage(context, "%s", result->complaint);
	else
		status = invocation_run(invocation, context);
	if (result->list_columns)
		help_columns(stderr, invocation->command);
	if (status == STATUS_USAGE)
		fprintf(stderr, "Try 'kvet %s --help'.\n", invocation->command->name);
	return status;
}

/* The status of a monitoring plugin: ok, warning, critical or unknown. */
static int plugin_code(enum status status, bool warns)
{
	return status == STATUS_YES ? warns : status == STATUS_NO ? 2 : 3;
}

/* Closes stdout before the process ends, so that an error of the last write is reported too. */
static int end_with(int code, int failure, const char *command)
{
	errno = 0;
	if (fclose(stdout) && !failure)
		failure = errno ? -errno : -EIO;
	if (stop_caught())
		stop_die(stop_caught());
	if (failure == -EPIPE)
		stop_die(SIGPIPE);
	if (failure) {
		fprintf(stderr, "kvet: %s: cannot write the output: %s\n", command,
			strerror(-failure));
		return codes[STATUS_ERROR];
	}
	return code;
}

static int end(enum status status, int failure, const char *command)
{
	return end_with(codes[status], failure, command);
}

/* Ends the process for a command that does not react to a signal: its thread may be anywhere but in
 * the output. */
static void end_interrupted(void *opaque)
{
	struct context *context = opaque;

	output_interrupt(context->output, "interrupted");
	stop_die(stop_caught());
}

/* Prints what was asked for in place of an answer. Returns a negative errno if there is no memory.
 */
static int help_with(const struct common_args *common, const struct command *command)
{
	if (common->help || common->help_all)
		help_command(stdout, command, common->help_all);
	else if (common->help_fields)
		help_fields(stdout, command);
	else if (!help_schema(stdout, command))
		return -ENOMEM;
	return 0;
}

static int run_command(const struct command *command, int argc, char **argv,
		       const struct common_args *given)
{
	struct invocation invocation;
	const struct common_args *common = &invocation.common;
	struct output_options output_options;
	struct context context;
	enum status status;
	int failure, code;

	invocation_parse(&invocation, command, argc, argv, given);
	if (!invocation.args)
		return end(STATUS_ERROR, -ENOMEM, command->name);
	if (common->help || common->help_all || common->help_fields || common->help_schema) {
		failure = help_with(common, command);
		invocation_free(&invocation);
		return end(STATUS_YES, failure, command->name);
	}
	options_output(common,
		       command->live || (command->live_with && command->live_with(invocation.args)),
		       &output_options);
	output_options.before_write = clear_progress;
	context = (struct context){
		.host = { .sysroot = common->sysroot },
		.output = output_new(stdout, &output_options, command->name),
		.quiet = common->quiet,
		.verbose = common->verbose,
		.stop_fd = stop_fd(),
	};
	if (!common->verbose)
		kvet_host_quiet_libbpf();
	if (!context.output) {
		status = STATUS_ERROR;
		failure = -ENOMEM;
	} else {
		stop_begin(end_interrupted, &context);
		status = run_checked(&context, &invocation);
		stop_end();
		if (status == STATUS_USAGE)
			output_wrong_use(context.output);
		/* After a signal there is no answer, whatever was found up to then. */
		failure = output_close(context.output,
				       stop_caught() ? "interrupted" : status_word(status));
	}
	code = output_options.format == OUTPUT_NAGIOS && context.output
		       ? plugin_code(status, output_warns(context.output))
		       : codes[status];
	output_free(context.output);
	invocation_free(&invocation);
	return end_with(code, failure, command->name);
}

/* --- finding the command --------------------------------------------------------------------- */

static int unknown(const char *word, const char *object)
{
	char *safe = safe_text(word), buf[32];
	const char *nearest, *space = object ? " " : "";

	object = object ? object : "";
	nearest = command_nearest(word, *object ? object : NULL, buf, sizeof(buf));
	fprintf(stderr, "kvet: unknown command '%s%s%s'", object, space, safe ? safe : "?");
	if (nearest)
		fprintf(stderr, ": did you mean '%s%s%s'?", object, space, nearest);
	fprintf(stderr, "\nTry 'kvet %s%shelp'.\n", object, space);
	free(safe);
	return end(STATUS_USAGE, 0, "kvet");
}

/* Reports a word after a command's name in `kvet help`. */
static int needless(const struct command *command, const char *word)
{
	char *safe = safe_text(word);

	fprintf(stderr,
		"kvet: help takes only the name of a command: '%s' after '%s' is too much\n"
		"Try 'kvet help %s'.\n",
		safe ? safe : "?", command->name, command->name);
	free(safe);
	return end(STATUS_USAGE, 0, "kvet");
}

static int version(void)
{
	printf("kvet %s\ncommit %s\nlibbpf %s\nlibelf 0.%d\njson-c %s\nfeatures: %s\n",
	       kvet_host_version(), KVET_COMMIT, kvet_host_libbpf_version(), _ELFUTILS_VERSION,
	       json_c_version(), KVET_FEATURES);
	return end(STATUS_YES, 0, "version");
}

static int list_commands(void)
{
	for (const struct command *const *c = commands; *c; c++)
		puts((*c)->name);
	return end(STATUS_YES, 0, "list");
}

/* `kvet help`, `kvet help ksyms lookup`, `kvet ksyms help`; all: --help-all. */
static int help(int argc, char **argv, bool all)
{
	if (argc == 0) {
		help_program(stdout, all);
		return end(STATUS_YES, 0, "help");
	}
	if (!strcmp(argv[0], "help"))
		return help(argc - 1, argv + 1, all);
	for (const struct command *const *c = commands; *c; c++) {
		int words = command_matches(*c, argc, argv);

		if (words && words < argc)
			return needless(*c, argv[words]);
		if (words) {
			help_command(stdout, *c, all);
			return end(STATUS_YES, 0, "help");
		}
	}
	if (command_is_object(argv[0]) && argc == 1) {
		help_object(stdout, argv[0]);
		return end(STATUS_YES, 0, "help");
	}
	return command_is_object(argv[0]) ? unknown(argv[1], argv[0]) : unknown(argv[0], NULL);
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") || !strcmp(word, "--help") ||
	       !strcmp(word, "--help-all");
}

static int dispatch(int argc, char **argv, struct common_args *common)
{
	for (const struct command *const *c = commands; *c; c++) {
		int words = command_matches(*c, argc, argv);

		if (!words)
			continue;
		if (argc == words + 1 && !strcmp(argv[words], "help"))
			return help(words, argv, common->help_all);
		/* getopt skips argv[0]: let that be the last word of the command's name. */
		return run_command(*c, argc - words + 1, argv + words - 1, common);
	}
	if (command_is_object(argv[0])) {
		if (argc == 1) {
			help_object(stderr, argv[0]);
			return end(STATUS_USAGE, 0, argv[0]);
		}
		return is_help(argv[1]) ? help(1, argv, false) : unknown(argv[1], argv[0]);
	}
	return unknown(argv[0], NULL);
}

int main(int argc, char **argv)
{
	struct common_args common = { 0 };
	struct options_result result;

	if (process_fill_standard_descriptors())
		return codes[STATUS_ERROR];
	if (process_is_setuid()) {
		complain("kvet: ", "does not run set-user-ID or set-group-ID");
		complain("kvet: try: ", "as root, or setcap(8) for the capabilities it needs");
		return codes[STATUS_ERROR];
	}
	clock_gettime(CLOCK_MONOTONIC, &began);
	if (stop_open()) {
		perror("kvet: pipe");
		return codes[STATUS_ERROR];
	}
	/* main() answers these two itself, whatever follows them. */
	if (argc >= 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		return version();
	if (argc >= 2 && !strcmp(argv[1], "--list-commands"))
		return list_commands();
	options_parse(argc, argv, NULL, NULL, &common, true, &result);
	if (result.complaint[0]) {
		complain("kvet: ", result.complaint);
		fputs("Try 'kvet help'.\n", stderr);
		return end(STATUS_USAGE, 0, "kvet");
	}
	if (common.help || common.help_all || common.help_fields || common.help_schema)
		return help((int)result.count, (char **)result.operands, common.help_all);
	if (!result.count) {
		/* Who types the name alone asks what there is; a script has forgotten something. */
		bool asks = isatty(STDOUT_FILENO);

		help_program(asks ? stdout : stderr, false);
		return end(asks ? STATUS_YES : STATUS_USAGE, 0, "kvet");
	}
	if (!strcmp(result.operands[0], "help"))
		return help((int)result.count - 1, (char **)result.operands + 1, false);
	return dispatch((int)result.count, (char **)result.operands, &common);
}
