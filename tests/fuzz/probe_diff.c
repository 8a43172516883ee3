/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Documents of `kvet probe …`, with anything in them: nothing is lost between one and itself. */
#include "cmd/probe/diff_compare.h"
#include "tests/fuzz/require.h"

static int take(void *opaque, const struct diff_row *row)
{
	(void)opaque;
	require(row->change == DIFF_UNDETERMINED);
	require(row->before && row->after);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = as_text(data, size);
	struct diff_document one = { .count = 0 }, other = { .count = 0 };
	struct kvet_cause cause = { .errnum = 0 };
	struct diff_counts counts;
	int ret = diff_document_parse(&one, "one", text, size, &cause);

	require(!ret == !*cause.evidence);
	require(ret == diff_document_parse(&other, "other", text, size, &cause));
	free(text);
	if (!ret) {
		require(!diff_compare(&one, &other, take, NULL, &counts));
		require(counts.compared == one.count);
	}
	diff_document_deinit(&one);
	diff_document_deinit(&other);
	return 0;
}
