/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "renderer.h"

void output_fail(struct output *output, int errnum)
{
	if (!output->failure)
		output->failure = -errnum;
}

struct expectation output_expected(const struct output *output, const struct schema *schema)
{
	for (size_t i = 0; i < output->expected_count; i++)
		if (output->expected[i].schema == schema)
			return output->expected[i];
	return (struct expectation){ .schema = schema };
}

/* Moves the cursor to the draft's first line, and clears everything from there on. */
void output_draft_clear(struct output *output)
{
	if (!output->draft_lines)
		return;
	fprintf(output->stream, "\033[%zuA\033[J", output->draft_lines);
	fflush(output->stream);
	output->draft_lines = 0;
}
