/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a format must supply; only for the files of this folder. */
#ifndef CMD_OUTPUT_RENDERER_H
#define CMD_OUTPUT_RENDERER_H

#include <pthread.h>

#include "output.h"

#define EXPECTED_MOST 8 /* schemas for which output_expect() can be called */

/* What all formats share. A renderer writes to stream and keeps what it needs in state. */
struct output {
	FILE *stream;
	pthread_mutex_t
		lock; /* recursive: one thread writes records, another may close the document */
	struct output_options options;
	const char *command;
	bool live;
	bool bursts;
	bool wrong_use;
	int failure; /* negative errno of the first failed write */
	size_t records;
	size_t draft_lines; /* lines of the draft on the terminal */
	struct expectation {
		const struct schema *schema;
		uint64_t will, never;
	} expected[EXPECTED_MOST];
	size_t expected_count;

	const struct schema *only; /* see output_only() */
	const struct renderer *renderer;
	void *state;

	const struct schema *summary;
	struct value *summary_values;
	struct kvet_cause *errors;
	size_t error_count;
	size_t errors_left_out; /* reported on stderr, but not kept */
};

struct renderer {
	void (*begin)(struct output *output);
	void (*record)(struct output *output, const struct schema *schema,
		       const struct value *values);
	void (*flush)(struct output *output); /* writes rows that are held back; may be NULL */
	void (*end)(struct output *output, const char *status);
	/* Called in place of end if there is no memory: closes what is open; may be NULL. */
	void (*give_up)(struct output *output);
	void (*free)(struct output *output);
};

extern const struct renderer text_renderer;
extern const struct renderer json_renderer;
extern const struct renderer jsonl_renderer;
extern const struct renderer gist_renderer;
extern const struct renderer prometheus_renderer;
extern const struct renderer nagios_renderer;

/* What output_expect() announced for a schema. */
struct expectation output_expected(const struct output *output, const struct schema *schema);

/* Notes that a write failed, or that there was no memory for it. Only the first failure counts. */
void output_fail(struct output *output, int errnum);

#endif
