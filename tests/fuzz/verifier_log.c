/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verifier's log, with anything in it: there are always words to show, within their room. */
#include "bpf/verifier_log.h"
#include "tests/fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *log = as_text(data, size), *words;
	size_t room = size ? data[0] : 0;

	/* Before a kernel of long ago has written to it, all of it is zeros. */
	kvet_verifier_log_strip(log, size + 1);
	require(strnlen(log, size + 1) <= size);
	kvet_verifier_log_read(log);
	if (room) {
		words = malloc(room);
		require(words != NULL);
		kvet_verifier_log_words(log, words, room);
		require(strnlen(words, room) < room);
		require(!strchr(words, '\n'));
		free(words);
	}
	kvet_verifier_log_is_wordless(log);
	free(log);
	return 0;
}
