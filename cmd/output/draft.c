/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Preliminary tables for the person at the terminal: each overwrites the one before it. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "renderer.h"
#include "width.h"

#define ROWS_DEFAULT    24
#define COLUMNS_DEFAULT 80

static bool is_terminal(const struct output *output)
{
	const char *term = getenv("TERM");
	int fd = fileno(output->stream);

	return output->options.format == OUTPUT_TEXT && fd >= 0 && isatty(fd) && term &&
	       strcmp(term, "dumb") != 0;
}

/* Writes as many lines as the terminal has, cut to its width: a line that wraps or scrolls away
 * could not be cleared. */
static void show(struct output *output, const char *text)
{
	struct winsize size = { 0 };
	size_t rows, columns;

	(void)ioctl(fileno(output->stream), TIOCGWINSZ, &size);
	rows = size.ws_row > 1 ? size.ws_row : ROWS_DEFAULT;
	columns = size.ws_col > 1 ? size.ws_col : COLUMNS_DEFAULT;
	while (*text && output->draft_lines + 1 < rows) {
		size_t len = strcspn(text, "\n"), shown = width_prefix(text, len, columns - 1);

		fprintf(output->stream, "%.*s\n", (int)shown, text);
		output->draft_lines++;
		text += len + (text[len] == '\n');
	}
	fflush(output->stream);
}

void output_draft(struct output *output, output_draft_fill fill, void *context)
{
	struct output_options options = output->options;
	struct output *draft;
	char *text = NULL;
	size_t size = 0;
	FILE *stream;

	if (!is_terminal(output) || output->failure)
		return;
	stream = open_memstream(&text, &size);
	if (!stream)
		return;
	options.color = false;
	draft = output_new(stream, &options, output->command);
	if (draft) {
		fill(draft, context);
		output_close(draft, "yes");
		output_free(draft);
	}
	pthread_mutex_lock(&output->lock);
	output_draft_clear(output);
	if (!fclose(stream) && text)
		show(output, text);
	pthread_mutex_unlock(&output->lock);
	free(text);
}
