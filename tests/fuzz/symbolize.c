/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text to be completed, fed with anything: lines, and pieces of them where the first byte says so.
 * What comes out is what came in, with something added.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms_text.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char table_text[] =
	"0000000000000000 D __per_cpu_start\n0000000000034000 D __per_cpu_end\n"
	"ffffffff81000000 T _text\nffffffff81000100 t f\nffffffff81000180 T .g\n"
	"ffffffff81000200 t h.llvm.1234\nffffffff81000280 t _RNvCs1234_7mycrate3foo\n"
	"ffffffff81000300 D g\nffffffff82000000 B _end\nffffffffc0000000 t f\t[m]\n"
	"ffffffffc0000080 r .LC0\t[m]\nffffffffc0000100 d d\t[m]\nffffffffc0010000 t p\t[bpf]\n";

static void require(bool truth)
{
	if (!truth)
		abort();
}

/* Whether text is line with something put in between, and nothing lost or changed. */
static bool holds_all(const struct kvet_ksyms_text *text, const char *line, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < text->len && at < len; i++)
		at += text->bytes[i] == line[at];
	return at == len && text->len >= len && (text->places || text->len == len);
}

static void feed(struct kvet_ksyms_log *log, const char *text, size_t size, size_t most)
{
	struct kvet_cause doubt;

	require(!kvet_ksyms_log_expect(log, text, size, NULL));
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t len = newline ? (size_t)(newline - text) : size, skip = newline != NULL;
		struct kvet_ksyms_text line;
		bool cut = most && len > most;
		char *copy;

		if (cut) {
			len = most;
			skip = 0;
		}
		/* With nothing behind it: a look past its end is found. */
		copy = malloc(len);
		if (len)
			memcpy(copy, text, len);
		require(!kvet_ksyms_log_line(log, copy, len, cut, &line, NULL));
		require(holds_all(&line, copy, len));
		free(copy);
		text += len + skip;
		size -= len + skip;
		(void)kvet_ksyms_log_doubt(log, &doubt);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kvet_ksyms *table;
	const struct kvet_ksyms_filter suffixes = { .suffixes = true };
	struct kvet_ksyms_log_options options = { 0 };
	struct kvet_ksyms_log *log = NULL;

	if (!size)
		return 0;
	if (!table) {
		FILE *stream = fmemopen((void *)(uintptr_t)table_text, sizeof(table_text) - 1, "r");

		require(stream && !kvet_ksyms_parse(&table, stream, "fuzz", NULL));
		fclose(stream);
	}
	options.demangle = data[0] & 1;
	options.filter = data[0] & 2 ? &suffixes : NULL;
	options.has_offset = data[0] & 4;
	options.offset = 0x1000000;
	require(!kvet_ksyms_log_new(&log, table, &options, NULL));
	feed(log, (const char *)data + 1, size - 1, data[0] >> 3);
	kvet_ksyms_log_free(log);
	return 0;
}
