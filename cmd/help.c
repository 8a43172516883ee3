/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "help.h"
#include "option_rules.h"
#include "output/json_schema.h"

static const char *const type_names[] = {
	[FIELD_STRING] = "STRING", [FIELD_INTEGER] = "INTEGER",   [FIELD_ADDRESS] = "ADDRESS",
	[FIELD_TIME] = "TIME",     [FIELD_DURATION] = "DURATION", [FIELD_BOOLEAN] = "BOOLEAN",
	[FIELD_LIST] = "LIST",     [FIELD_SERIES] = "SERIES",     [FIELD_MAP] = "MAP",
	[FIELD_LINE] = "STRING",
};
static_assert(sizeof(type_names) / sizeof(*type_names) == FIELD_TYPE_COUNT,
	      "every field type has a name");

#define WIDTH 80

/* Writes text that begins at column, with line breaks at blanks so that no line is wider than
 * WIDTH; the following lines are indented. */
static void put_wrapped(FILE *stream, size_t column, size_t indent, const char *text)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!first && column + 1 + len > WIDTH) {
			fprintf(stream, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		fprintf(stream, "%s%.*s", first ? "" : " ", (int)len, text);
		column += len + !first;
		first = false;
		text += len + strspn(text + len, " ");
	}
	fputc('\n', stream);
}

/* --- options --------------------------------------------------------------------------------- */

static size_t option_form(const struct option_spec *spec, char *buf, size_t size)
{
	/* The words after "--" have no dashes of their own. */
	if (spec->type == OPTION_COMMAND)
		return (size_t)snprintf(buf, size, "    -- %s %s", spec->name, spec->argument);
	return (size_t)snprintf(buf, size, "%c%c%s--%s%s%s", spec->letter ? '-' : ' ',
				spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ",
				spec->name, spec->argument ? " " : "",
				spec->argument ? spec->argument : "");
}

/* Adds to an option's help what its table says of its argument. */
static void option_text(const struct option_spec *spec, char *buf, size_t size)
{
	char needs[160] = "", choices[160] = "", range[64] = "";

	if (spec->needs && !spec->needs_for && spec->type != OPTION_COMMAND)
		option_words_join(spec->needs, "--", " or ", needs, sizeof(needs));
	if (spec->choices)
		option_words_join(spec->choices, "", " or ", choices, sizeof(choices));
	/* A range of all 32-bit numbers is not worth mentioning. */
	if (spec->type == OPTION_NUMBER && spec->most && spec->most < UINT32_MAX)
		snprintf(range, sizeof(range), ", %" PRIu64 " to %" PRIu64, spec->least,
			 spec->most);
	snprintf(buf, size, "%s%s%s%s%s%s%s%s%s%s%s%s", *needs ? "with " : "", needs,
		 *needs ? ": " : "", spec->help, *choices ? ": " : "", choices, range,
		 spec->form && spec->type == OPTION_NUMBER ? ", also " : "",
		 spec->form && spec->type == OPTION_NUMBER ? spec->form : "",
		 spec->preset ? " (default " : "", spec->preset ? spec->preset : "",
		 spec->preset ? ")" : "");
}

static size_t widest_form(const struct option_spec *specs, bool all)
{
	size_t width = 0;
	char form[64];

	for (const struct option_spec *spec = specs; spec->name; spec++) {
		size_t len = option_form(spec, form, sizeof(form));

		if ((all || !spec->rare) && len > width)
			width = len;
	}
	return width;
}

/* Lists options, with a heading for each group; without all, only those that are not rare. */
static void put_options(FILE *stream, const char *heading, const struct option_spec *specs,
			bool all)
{
	size_t width, count = 0, shown = 0;
	char form[64], text[512];

	if (!specs || !specs->name)
		return;
	width = widest_form(specs, all);
	for (const struct option_spec *spec = specs; spec->name; spec++, count++)
		shown += all || !spec->rare;
	if (shown < count)
		fprintf(stream, "\n%s, %zu of %zu:\n", heading, shown, count);
	else if (!specs->group)
		fprintf(stream, "\n%s:\n", heading);
	for (const struct option_spec *spec = specs; spec->name; spec++) {
		if (spec->rare && !all)
			continue;
		if (spec->group && all)
			fprintf(stream, "\n%s:\n", spec->group);
		option_form(spec, form, sizeof(form));
		option_text(spec, text, sizeof(text));
		fprintf(stream, "  %-*s  ", (int)width, form);
		put_wrapped(stream, width + 4, width + 4, text);
	}
}

/* Options with the same exclusions are named together. */
static void put_exclusions(FILE *stream, const struct option_spec *specs)
{
	static const char heading[] = "\nMutually exclusive: ";
	char text[1024];
	size_t used = 0;

	for (const struct option_spec *spec = specs; spec && spec->name; spec++) {
		const struct option_spec *like = specs;
		const char *words = spec->excludes, *word;
		size_t len;
		char other[64];

		while (like < spec && !(like->excludes && words && !strcmp(like->excludes, words)))
			like++;
		if (!words || like < spec || used >= sizeof(text))
			continue;
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s", used ? "; " : "",
			option_word_text(spec->name, strlen(spec->name), other, sizeof(other)));
		for (like = spec + 1; like->name && used < sizeof(text); like++)
			if (like->excludes && !strcmp(like->excludes, words))
				used += (size_t)snprintf(text + used, sizeof(text) - used, ", --%s",
							 like->name);
		for (bool first = true;
		     used < sizeof(text) && (word = option_word_next(&words, &len)); first = false)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 first ? " with " : ", ",
						 option_word_text(word, len, other, sizeof(other)));
	}
	if (!used)
		return;
	fputs(heading, stream);
	put_wrapped(stream, strlen(heading) - 1, 2, text);
}

/* The common options but those that the command refuses. */
static void put_common(FILE *stream, const char *refused)
{
	struct option_spec specs[32];
	size_t count = 0;

	for (const struct option_spec *spec = common_options; spec->name; spec++)
		if (!(refused && strstr(refused, spec->name)) &&
		    count + 1 < sizeof(specs) / sizeof(*specs))
			specs[count++] = *spec;
	specs[count] = (struct option_spec){ 0 };
	put_options(stream, "Options of every command", specs, true);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void put_schema(FILE *stream, const struct schema *schema)
{
	size_t width = 0, column;

	for (size_t i = 0; i < schema->count; i++)
		if (strlen(schema->fields[i].name) > width)
			width = strlen(schema->fields[i].name);
	column = width + 13;
	fprintf(stream, "\nOutput (record %s):\n", schema->record);
	for (size_t i = 0; i < schema->count; i++) {
		fprintf(stream, "  %-*s  %-8s ", (int)width, schema->fields[i].name,
			type_names[schema->fields[i].type]);
		put_wrapped(stream, column, column, schema->fields[i].help);
	}
}

static void put_examples(FILE *stream, const char *const *examples)
{
	fputs("\nExamples:\n", stream);
	for (; *examples; examples++)
		fprintf(stream, "  %s\n", *examples);
}

static void put_commands(FILE *stream, const char *object, bool all)
{
	size_t len = object ? strlen(object) : 0;

	for (const struct command *const *c = commands; *c; c++) {
		const char *name = (*c)->name;

		if (object && (strncmp(name, object, len) != 0 || (name[len] && name[len] != ' ')))
			continue;
		if ((*c)->rare && !all)
			continue;
		fprintf(stream, "  %-18s ", name);
		put_wrapped(stream, 21, 21, (*c)->summary);
	}
}

static void put_statuses(FILE *stream)
{
	fputs("\nExit status:\n"
	      "  0  yes / found / within the limit / done\n"
	      "  1  no: asked, and the answer is no\n"
	      "  2  wrong use: the command line is not valid\n"
	      "  3  undetermined: kvet could not find out; stderr says why\n",
	      stream);
}

void help_program(FILE *stream, bool all)
{
	fputs("Usage: kvet COMMAND [OPTION]... [OPERAND]...\n"
	      "Vets what a kernel tracer relies on, before the tracer relies on it.\n"
	      "\nCommands:\n",
	      stream);
	put_commands(stream, NULL, all);
	if (!all) {
		fputs("\nExit status: 0 yes, 1 no, 2 wrong use, 3 undetermined (stderr says why)\n"
		      "More: kvet COMMAND --help, kvet --help-all (common options), man kvet\n",
		      stream);
		return;
	}
	put_options(stream, "Options of every command", common_options, true);
	fputs("\nOptions of kvet alone:\n"
	      "  -V, --version        print the version and the build's features\n"
	      "      --list-commands  print the commands' names, one per line\n",
	      stream);
	put_statuses(stream);
}

void help_object(FILE *stream, const char *object)
{
	fprintf(stream, "Usage: kvet %s COMMAND [OPTION]... [OPERAND]...\n\nCommands:\n", object);
	put_commands(stream, object, true);
	fprintf(stream, "\n'kvet %s COMMAND --help' tells more.\n", object);
}

/* What `man` takes: the words of a command's name with dashes between them. */
static void put_more(FILE *stream, const char *name)
{
	const char *space = strchr(name, ' ');
	int first = space ? (int)(space - name) : (int)strlen(name);

	fprintf(stream, "More: --help-all (options), --help-fields (output), man kvet-%.*s%s%s\n",
		first, name, space ? "-" : "", space ? space + 1 : "");
}

static void put_usage(FILE *stream, const struct command *command)
{
	const struct option_spec *spec = command->options;

	fprintf(stream, "Usage: kvet %s [OPTION]...%s%s", command->name,
		*command->operands ? " " : "", command->operands);
	for (; spec && spec->name; spec++)
		if (spec->type == OPTION_COMMAND)
			fprintf(stream, " [-- %s %s]", spec->name, spec->argument);
	fputc('\n', stream);
}

void help_command(FILE *stream, const struct command *command, bool all)
{
	put_usage(stream, command);
	fprintf(stream, "%s.\n", command->summary);
	if (command->operands_help)
		put_wrapped(stream, 0, 0, command->operands_help);
	if (command->notes && all)
		put_wrapped(stream, 0, 0, command->notes);
	put_options(stream, "Options", command->options, all);
	if (all) {
		put_exclusions(stream, command->options);
		put_common(stream, command->refuses);
	}
	put_examples(stream, command->examples);
	if (all) {
		put_statuses(stream);
		return;
	}
	fputs("\nExit status: 0 yes, 1 no, 2 wrong use, 3 undetermined (stderr says why)\n",
	      stream);
	put_more(stream, command->name);
}

void help_fields(FILE *stream, const struct command *command)
{
	fprintf(stream, "Output of kvet %s:\n", command->name);
	for (const struct schema *const *schema = command->schemas; *schema; schema++)
		put_schema(stream, *schema);
	if (command->summary_schema)
		put_schema(stream, command->summary_schema);
}

bool help_schema(FILE *stream, const struct command *command)
{
	const struct json_schema_of of = { command->name, command->schemas, command->summary_schema,
					   command->records_of_others };

	return json_schema_write(stream, &of);
}

void help_columns(FILE *stream, const struct command *command)
{
	for (const struct schema *const *schema = command->schemas; *schema; schema++) {
		char text[2048];
		size_t used = 0;

		for (size_t i = 0; i < (*schema)->count && used < sizeof(text); i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 i ? ", " : "", (*schema)->fields[i].name);
		put_wrapped(stream, (size_t)fprintf(stream, "Columns of %s: ", (*schema)->record),
			    2, text);
	}
}
