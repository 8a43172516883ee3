/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a format has to supply; seen by the files of this folder alone. */
#ifndef CMD_OUTPUT_RENDERER_H
#define CMD_OUTPUT_RENDERER_H

#include <pthread.h>

#include "output.h"

#define EXPECTED_MOST 8 /* schemas of a command that are told apart */

/* What all formats share. A renderer writes to stream and keeps what it needs in state. */
struct output {
	FILE *stream;
	pthread_mutex_t lock; /* recursive: one thread writes, another may have to close */
	struct output_options options;
	const char *command;
	bool live;
	bool bursts;
	int failure; /* negative errno of the first failed write */
	size_t records;
	size_t draft_lines; /* of the draft that is on the terminal */
	struct expectation {
		const struct schema *schema;
		uint64_t will, never;
	} expected[EXPECTED_MOST];
	size_t expected_count;

	const struct renderer *renderer;
	void *state;

	const struct schema *summary;
	struct value *summary_values;
	struct kvet_cause *errors;
	size_t error_count;
	size_t errors_left_out; /* said on stderr, and no longer kept */
};

struct renderer {
	void (*begin)(struct output *output);
	void (*record)(struct output *output, const struct schema *schema,
		       const struct value *values);
	void (*flush)(struct output *output); /* writes what is held back; may be NULL */
	void (*end)(struct output *output, const char *status);
	/* In place of end, where memory has run out: closes what is open; may be NULL. */
	void (*give_up)(struct output *output);
	void (*free)(struct output *output);
};

extern const struct renderer text_renderer;
extern const struct renderer json_renderer;
extern const struct renderer jsonl_renderer;

/* What output_expect() has said of a schema. */
struct expectation output_expected(const struct output *output, const struct schema *schema);

/* Notes a failure to write, or to get the memory to write with. The first one counts. */
void output_fail(struct output *output, int errnum);

#endif
