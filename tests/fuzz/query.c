/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Queries and lines of text against a small table. A query that is understood finds rows that it
 * names; a line comes out with all that it had, in its order.
 */
#include <stdbool.h>
#include <stdio.h>

#include <kvet/ksyms_text.h>

#include "tests/fuzz/require.h"

static const char rows[] = "0000000000000000 A fixed_percpu_data\n"
			   "ffffffff81000000 T _text\n"
			   "ffffffff81000100 T vfs_read\n"
			   "ffffffff81000100 T alias\n"
			   "ffffffff81000300 t add\n"
			   "ffffffff81000400 t vfs_read\n"
			   "ffffffff81000500 t foo.llvm.123\n"
			   "ffffffff81000600 t _RNvC1a1b\n"
			   "ffffffff82000000 D data\n"
			   "ffffffffc0000000 t init\t[mod]\n"
			   "ffffffffc0000100 t bpf_prog_1_x\t[bpf]\n";

static const struct kvet_ksyms *table(void)
{
	static struct kvet_ksyms *loaded;

	if (!loaded) {
		FILE *stream = fmemopen((void *)(uintptr_t)rows, sizeof(rows) - 1, "r");

		require(!kvet_ksyms_parse(&loaded, stream, "rows", NULL));
		fclose(stream);
	}
	return loaded;
}

static void ask(const char *text)
{
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;
	struct kvet_ksyms_query query;
	struct kvet_cause err = { 0 };
	struct kvet_cause cause;
	size_t count = 0;

	if (kvet_ksyms_query_parse(&query, text, false, &err)) {
		require(*err.evidence);
		return;
	}
	kvet_ksyms_search_init(&search, table(), &query, NULL);
	while (kvet_ksyms_search_next(&search, &match)) {
		require(match.row < kvet_ksyms_count(table()));
		require(count++ < kvet_ksyms_count(table()));
	}
	if (!count)
		kvet_ksyms_absent_cause(&(struct kvet_host){ .sysroot = "/nonexistent" }, table(),
					&query, NULL, &cause);
	kvet_ksyms_query_deinit(&query);
}

/* Whether text has all the bytes of line, in their order: annotating adds, and takes nothing. */
static bool contains(const char *text, const char *line)
{
	for (; *line; line++) {
		text = strchr(text, *line);
		if (!text)
			return false;
		text++;
	}
	return true;
}

static void annotate(const char *line)
{
	size_t found = 0;
	char *text = NULL;

	require(!kvet_ksyms_annotate(table(), line, &text, &found, NULL));
	require(contains(text, line));
	require(found || !strcmp(text, line));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = as_text(data, size);

	/* The cost of a pattern is not what is looked for here. */
	if (size <= 256)
		ask(text);
	annotate(text);
	free(kvet_ksyms_demangle(text));
	free(text);
	return 0;
}
