/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Options as tables: one a command, and one that all share. The same table feeds
 * getopt_long, renders --help, and is what the man pages are checked against.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/output.h"

enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_STRING,   /* const char * */
	OPTION_LIST,     /* struct option_list: may be given several times */
	OPTION_NUMBER,   /* struct option_number: a decimal number */
	OPTION_DURATION, /* struct option_number: ns, from a number with its unit */
};

struct option_list {
	const char **items;
	size_t count;
};

struct option_number {
	bool given;
	uint64_t value;
};

/*
 * What may stand on a command line is data: options_parse() makes the checks and the messages of
 * it, and help.c the help. Words of a list stand apart by blanks.
 */
struct option_spec {
	const char *name;     /* "kallsyms" */
	char letter;          /* 0: no short form */
	const char *argument; /* "FILE"; NULL: takes none */
	enum option_type type;
	size_t offset; /* of its member in the command's args */
	const char *help;

	const char *choices;   /* words, one of which the argument is; NULL: any argument */
	const char *preset;    /* what holds without the option; NULL: nothing that has a name */
	const char *form;      /* how else a number may be written: "1/N"; how a string has to be */
	uint64_t least;        /* number or duration */
	uint64_t most;         /* likewise, and bytes of a string; 0: no limit */
	const char *needs;     /* words: options, one of which has to be given too */
	const char *needs_for; /* words: the arguments for which it needs them; NULL: any */
	/* Words: options that cannot be given too. "backend=pmu": with that argument;
	 * in capitals: operands. Said by one of the two options. */
	const char *excludes;
};

/* What the common options say. */
struct common_args {
	bool help;
	bool help_fields;
	bool json;
	bool pretty;
	bool quiet;
	bool verbose;
	const char *format;
	const char *color;
	const char *columns;
	const char *sysroot;
};

extern const struct option_spec common_options[];

/* A command line taken apart. operands points into argv, reordered by getopt. */
struct options_result {
	const char *const *operands;
	size_t count;
	char complaint[512]; /* what is wrong with it; "" if nothing */
	bool list_columns;   /* what --columns takes has to be said */
	bool no_memory;      /* it could not be kept: no fault of the command line */
};

/*
 * Parses argv (argv[0] is skipped) into args and common. It goes on after the first
 * mistake, so that --format is known when the mistake is reported. own may be NULL.
 * operands_first stops at the first operand, as the options before a subcommand need.
 */
void options_parse(int argc, char **argv, const struct option_spec *own, void *args,
		   struct common_args *common, bool operands_first, struct options_result *result);

/* Whether one of the common options of the words was given, which the command does not take. */
void options_refuse(const char *command, const char *words, const struct common_args *common,
		    struct options_result *result);

/* Frees the lists that options_parse() made in args. */
void options_free(const struct option_spec *own, void *args);

/* Turns the common options into an output's. live: JSON means JSON lines. */
void options_output(const struct common_args *common, bool live, struct output_options *options);

/* "1.5ms" to ns: digits, perhaps a fraction, and a unit of ns, us, ms, s, m, h. Returns
 * false if it is not that, or not below 2^63 ns. */
bool option_duration_parse(const char *text, uint64_t *ns);

#endif
