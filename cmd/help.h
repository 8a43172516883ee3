/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The help texts, made from the tables. Each is written to a stream that the caller names. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include <stdio.h>

#include "command.h"

/* `kvet help`: all commands; all: with the options of every command. */
void help_program(FILE *stream, bool all);

/* `kvet ksyms help`: the commands of one object. */
void help_object(FILE *stream, const char *object);

/* `kvet ksyms lookup --help`: one command, on a screen of 24 lines; all: with every option. */
void help_command(FILE *stream, const struct command *command, bool all);

/* The names of its fields, a paragraph for each kind of record, as --columns takes them. */
void help_columns(FILE *stream, const struct command *command);

/* The fields of its records. */
void help_fields(FILE *stream, const struct command *command);

/* The same as a JSON Schema. Returns false if there is no memory. */
bool help_schema(FILE *stream, const struct command *command);

#endif
