/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Options as tables: one for each command, and one that all share. getopt_long(3) and --help are
 * made from the same table, and the manual pages are checked against it.
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
	OPTION_SIZE,     /* struct option_number: bytes, from a number and K, M or G */
	/* const char *const *: the words after "--", up to a NULL. Its name, in capitals, stands
	 * for them. They are operands if nothing that it needs stands before them. */
	OPTION_COMMAND,
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
 * What a command line may contain is data: options_parse() makes checks and messages from it, and
 * help.c the help. Lists of words are separated by blanks.
 */
struct option_spec {
	const char *name;     /* "kallsyms" */
	char letter;          /* 0: no short form */
	const char *argument; /* "FILE"; NULL: takes none */
	enum option_type type;
	size_t offset; /* offset of its member in the command's args */
	const char *help;

	const char *choices; /* words that the argument may be; NULL: any argument */
	const char *preset;  /* the argument that is the default; NULL: none that has a name */
	const char *form;    /* another form of a number: "1/N"; the form of a string, in words */
	uint64_t least;      /* smallest number or duration */
	uint64_t most;       /* largest, or the most bytes of a string; 0: no limit */
	const char *needs;   /* options or (in capitals) operands, one of which must be given too */
	const char *needs_for; /* the arguments for which it needs them; NULL: any */
	/* Options that cannot be given too; "backend=pmu": with that argument; in capitals:
	 * operands. Only one of the two options names the other. */
	const char *excludes;

	bool rare;         /* --help leaves it out; --help-all has it */
	const char *group; /* in --help-all, a heading before this option; may be NULL */
};

/* The arguments of the common options. */
struct common_args {
	bool help;
	bool help_all;
	bool help_fields;
	bool help_schema;
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

/* A parsed command line. operands points into argv, which getopt reorders. */
struct options_result {
	const char *const *operands;
	size_t count;
	char complaint[512]; /* what is wrong with it; "" if nothing */
	bool list_columns;   /* the columns that --columns takes must be listed */
	bool no_memory;      /* there was no memory: the command line is not at fault */
};

/*
 * Parses argv without argv[0] into args and common. Continues after the first mistake, so that
 * --format is known when the mistake is reported. own may be NULL. operands_first: stop at the
 * first operand, as for the options before a subcommand.
 */
void options_parse(int argc, char **argv, const struct option_spec *own, void *args,
		   struct common_args *common, bool operands_first, struct options_result *result);

/* Reports a common option that was given, if it is one of the words that the command does not
 * take. */
void options_refuse(const char *command, const char *words, const struct common_args *common,
		    struct options_result *result);

/* Frees the lists that options_parse() made in args. */
void options_free(const struct option_spec *own, void *args);

/* Makes the output's options from the common ones. live: JSON means JSON lines. */
void options_output(const struct common_args *common, bool live, struct output_options *options);

/* Converts "16M" to bytes: digits, optionally followed by K, M or G (powers of 1024). Returns false
 * for anything else, and for 2^63 bytes or more. */
bool option_size_parse(const char *text, uint64_t *bytes);

/* Converts "1.5ms" to ns: digits, optionally a fraction, and a unit of ns, us, ms, s, m, h. Returns
 * false for anything else, and for 2^63 ns or more. */
bool option_duration_parse(const char *text, uint64_t *ns);

#endif
