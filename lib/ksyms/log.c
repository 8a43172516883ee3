/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Completes the symbols and addresses of a log line by line: tracks which boot a line belongs to,
 * and finds the words of each line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/boot.h"
#include "ksyms/log.h"

AUTO_DEFINE(kvet_ksyms_log)

/* --- boots ------------------------------------------------------------------------------------ */

static void begin_boot(struct kvet_ksyms_log *log, size_t boot)
{
	log->boot = boot;
	log->elsewhere = false;
	if (!log->forced)
		log->delta = boot < log->boot_count ? log->deltas[boot] : 0;
}

static bool read_offset(const struct kvet_ksyms_log *log, const char *s, const char *end,
			uint64_t *delta)
{
	uint64_t offset, base;

	if (log->areas.image == UINT64_MAX || !kvet_ksyms_boot_parse(s, end, &offset, &base))
		return false;
	*delta = kvet_ksyms_boot_delta(log->areas.image, offset, base);
	return true;
}

static void see_offset(struct kvet_ksyms_log *log, const char *s, const char *end)
{
	uint64_t delta;

	if (!read_offset(log, s, end, &delta))
		return;
	if (log->forced) {
		if (delta != log->delta)
			kvet_ksyms_log_wonder(
				log,
				"--offset contradicts the log: its Kernel Offset line "
				"gives 0x%" PRIx64,
				delta);
		return;
	}
	log->delta = delta;
	log->elsewhere = false;
}

static bool begins(const char *s, const char *end, const char *words)
{
	return (size_t)(end - s) >= strlen(words) && !memcmp(s, words, strlen(words));
}

static void see_boot(struct kvet_ksyms_log *log, const char *s, const char *end)
{
	if (begins(s, end, KSYMS_BOOT_VERSION))
		begin_boot(log, log->boot + 1);
	else if (begins(s, end, KSYMS_BOOT_OFFSET))
		see_offset(log, s, end);
}

static int expect_boot(struct kvet_ksyms_log *log)
{
	if (!ARRAY_MORE(log->deltas, log->boot_count))
		return -ENOMEM;
	log->deltas[log->boot_count++] = 0;
	return 0;
}

static const char *find(const char *s, const char *end, const char *words)
{
	return memmem(s, (size_t)(end - s), words, strlen(words));
}

int kvet_ksyms_log_expect(struct kvet_ksyms_log *log, const char *lines, size_t len,
			  struct kvet_cause *err)
{
	const char *end = lines + len, *version = find(lines, end, KSYMS_BOOT_VERSION),
		   *offset = find(lines, end, KSYMS_BOOT_OFFSET);
	/* Boot 0 is the one that the log begins in. */
	int ret = log->boot_count ? 0 : expect_boot(log);

	while (!ret && (version || offset)) {
		if (version && (!offset || version < offset)) {
			ret = expect_boot(log);
			version = find(version + 1, end, KSYMS_BOOT_VERSION);
			continue;
		}
		(void)read_offset(log, offset, end, &log->deltas[log->boot_count - 1]);
		offset = find(offset + 1, end, KSYMS_BOOT_OFFSET);
	}
	if (ret)
		return kvet_fail_memory(err);
	if (!log->boot)
		begin_boot(log, 0);
	return 0;
}

/* --- lines ------------------------------------------------------------------------------------ */

/*
 * "Code: 8b 45 f4 ..." and the lines after "Instruction dump:" are instructions, which look like
 * addresses on 32-bit machines. Words of a stack are completed: readers look for return addresses.
 */
static void see_code(struct kvet_ksyms_log *log, const char *s, const char *end)
{
	log->dumps = log->dumps || begins(s, end, "Instruction dump:");
	log->code = log->code || log->dumps || begins(s, end, "Code:");
}

/* Whether a line is part of an instruction dump. */
static bool is_dump(const char *s, const char *end)
{
	size_t words = 0;

	while (s < end) {
		size_t len = kvet_ksyms_word_len(s, end);

		for (size_t i = 0; i < len; i++)
			if (!memchr("0123456789abcdefX", s[i], 17))
				return false;
		if (len && len != 8)
			return false;
		words += len > 0;
		s += len ? len : 1;
	}
	return words > 0;
}

/* Handles the word at s. Returns its length, or a negative errno. */
static ssize_t complete_word(struct kvet_ksyms_log *log, const struct ksyms_words *words,
			     const char *s)
{
	size_t len = kvet_ksyms_word_len(s, words->end), number_len;
	struct ksyms_frame frame;
	uint64_t address;
	int ret;

	if (kvet_ksyms_take_frame(words, s, len, &frame)) {
		ret = kvet_ksyms_log_frame(log, &frame);
		return ret ? ret : (ssize_t)frame.len;
	}
	ret = kvet_ksyms_log_number(log);
	if (ret)
		return ret;
	if (!log->code && kvet_ksyms_take_number(words, s, len, &address, &number_len))
		kvet_ksyms_log_wait(log, s,
				    &(struct ksyms_number){ s + number_len, address,
							    s[0] == '0' && s[1] == 'x' });
	else if (*s == 'K' || *s == 'L')
		see_boot(log, s, words->end);
	else if (*s == 'C' || *s == 'I')
		see_code(log, s, words->end);
	return (ssize_t)len;
}

static int complete(struct kvet_ksyms_log *log, const struct ksyms_words *words)
{
	const char *s = words->start, *end = words->end;

	if (log->within_word)
		s += kvet_ksyms_word_len(s, end);
	while (s < end) {
		ssize_t len;

		if (!kvet_ksyms_in_word(*s)) {
			len = (ssize_t)kvet_ksyms_escape_len(s, end);
			s += len ? len : 1;
			continue;
		}
		len = complete_word(log, words, s);
		if (len < 0)
			return (int)len;
		s += len;
	}
	return kvet_ksyms_log_number(log);
}

int kvet_ksyms_log_line(struct kvet_ksyms_log *log, const char *line, size_t len, bool goes_on,
			struct kvet_ksyms_text *text, struct kvet_cause *err)
{
	struct ksyms_words words = { line, line + len };
	int ret = 0;

	log->copied = line;
	log->places = 0;
	log->text.used = 0;
	log->number.end = NULL;
	log->frame.len = 0;
	if (!log->goes_on)
		log->code = log->dumps = log->dumps && is_dump(line, line + len);
	if (!log->table->hidden)
		ret = complete(log, &words);
	if (len)
		log->within_word = kvet_ksyms_in_word(line[len - 1]);
	log->within_word = log->within_word && goes_on;
	log->goes_on = goes_on;
	if (!ret && log->places)
		ret = kvet_ksyms_log_copy(log, words.end);
	if (ret)
		return kvet_fail_memory(err);
	text->bytes = log->places ? log->text.bytes : line;
	text->len = log->places ? log->text.used : len;
	text->places = log->places;
	return 0;
}

bool kvet_ksyms_log_doubt(struct kvet_ksyms_log *log, struct kvet_cause *cause)
{
	if (!log->doubted || log->said)
		return false;
	log->said = true;
	*cause = log->doubt;
	return true;
}

int kvet_ksyms_log_new(struct kvet_ksyms_log **out, const struct kvet_ksyms *table,
		       const struct kvet_ksyms_log_options *options, struct kvet_cause *err)
{
	static const struct kvet_ksyms_log_options none;
	struct kvet_ksyms_log *log = calloc(1, sizeof(*log));

	if (!log)
		return kvet_fail_memory(err);
	options = options ? options : &none;
	log->table = log->found.table = table;
	if (options->filter)
		log->found.filter = *options->filter;
	/* An address inside a prefix symbol means that symbol. */
	log->found.filter.prefix_symbols = true;
	log->demangle = options->demangle;
	log->forced = options->has_offset;
	log->delta = options->has_offset ? (uint64_t)options->offset : 0;
	kvet_ksyms_areas(table, &log->areas);
	*out = log;
	return 0;
}

void kvet_ksyms_log_free(struct kvet_ksyms_log *log)
{
	if (!log)
		return;
	kvet_ksyms_frame_rows_free(&log->found);
	text_free(&log->text);
	free(log->deltas);
	free(log);
}

int kvet_ksyms_annotate(const struct kvet_ksyms *table, const char *line, char **out, size_t *found,
			struct kvet_cause *err)
{
	AUTO(kvet_ksyms_log) *log = NULL;
	struct kvet_ksyms_text text;
	int ret = kvet_ksyms_log_new(&log, table, NULL, err);
	char *copy;

	if (!ret)
		ret = kvet_ksyms_log_line(log, line, strlen(line), false, &text, err);
	if (ret)
		return ret;
	copy = strndup(text.bytes, text.len);
	if (!copy)
		return kvet_fail_memory(err);
	*out = copy;
	*found = text.places;
	return 0;
}
