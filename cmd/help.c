/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <string.h>

#include "help.h"

static const char *const type_names[] = {
	[FIELD_STRING] = "STRING", [FIELD_INTEGER] = "INTEGER",   [FIELD_ADDRESS] = "ADDRESS",
	[FIELD_TIME] = "TIME",     [FIELD_DURATION] = "DURATION", [FIELD_BOOLEAN] = "BOOLEAN",
	[FIELD_LIST] = "LIST",     [FIELD_SERIES] = "SERIES",     [FIELD_MAP] = "MAP",
	[FIELD_LINE] = "STRING",
};
static_assert(sizeof(type_names) / sizeof(*type_names) == FIELD_TYPE_COUNT,
	      "every field type has a name");

static void put_options(FILE *stream, const char *heading, const struct option_spec *spec)
{
	if (!spec || !spec->name)
		return;
	fprintf(stream, "\n%s:\n", heading);
	for (; spec->name; spec++) {
		char form[64];

		snprintf(form, sizeof(form), "%c%c%s--%s%s%s", spec->letter ? '-' : ' ',
			 spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
			 spec->argument ? " " : "", spec->argument ? spec->argument : "");
		fprintf(stream, "  %-26s %s\n", form, spec->help);
	}
}

static void put_schema(FILE *stream, const struct schema *schema)
{
	fprintf(stream, "\nOutput (record %s):\n", schema->record);
	for (size_t i = 0; i < schema->count; i++)
		fprintf(stream, "  %-27s %-9s %s\n", schema->fields[i].name,
			type_names[schema->fields[i].type], schema->fields[i].help);
}

static void put_exit_status(FILE *stream)
{
	fputs("\nExit status:\n"
	      "  0  yes / found / within the limit / done\n"
	      "  1  no: asked, and the answer is no\n"
	      "  2  wrong use: the command line is not valid\n"
	      "  3  undetermined: kvet could not find out; stderr says why\n",
	      stream);
}

static void put_commands(FILE *stream, const char *object)
{
	size_t len = object ? strlen(object) : 0;

	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name;

		if (object && (strncmp(name, object, len) != 0 || (name[len] && name[len] != ' ')))
			continue;
		fprintf(stream, "  %-18s %s\n", name, (*c)->summary);
	}
}

void help_program(FILE *stream)
{
	fputs("Usage: kvet COMMAND [OPTION]... [OPERAND]...\n"
	      "Vets what a kernel tracer relies on, before the tracer relies on it.\n"
	      "\nCommands:\n",
	      stream);
	put_commands(stream, NULL);
	put_options(stream, "Options of every command", common_options);
	fputs("\nOptions of kvet alone:\n"
	      "  -V, --version              print the version and the build's features\n"
	      "      --list-commands        print the commands' names, one a line\n",
	      stream);
	put_exit_status(stream);
	fputs("\n`kvet COMMAND --help` tells more about one command, `man kvet` about all.\n",
	      stream);
}

void help_object(FILE *stream, const char *object)
{
	fprintf(stream, "Usage: kvet %s COMMAND [OPTION]... [OPERAND]...\n\nCommands:\n", object);
	put_commands(stream, object);
	fprintf(stream, "\n`kvet %s COMMAND --help` tells more.\n", object);
}

void help_command(FILE *stream, const struct command *command)
{
	fprintf(stream, "Usage: kvet %s [OPTION]...%s%s\n%s.\n", command->name,
		*command->operands ? " " : "", command->operands, command->summary);
	if (command->operands_help)
		fprintf(stream, "%s\n", command->operands_help);
	put_options(stream, "Options", command->options);
	put_options(stream, "Options of every command", common_options);
	for (const struct schema *const *schema = command->schemas; *schema; schema++)
		put_schema(stream, *schema);
	if (command->summary_schema)
		put_schema(stream, command->summary_schema);
	put_exit_status(stream);
}
