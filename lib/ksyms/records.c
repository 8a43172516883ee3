/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/records.h"
#include "ksym_record.h"

#define BUFFER (64U << 10)

static const char from[] = "read(bpf iterator)";

struct records {
	struct ksyms_source source; /* first: the one is cast to the other */
	struct ksyms_bytes bytes;
	uint64_t own;
	size_t start, end;
	bool over;
	size_t given;   /* rows returned */
	size_t symbols; /* of the iterator so far, as the last whole record numbers them */
	char buf[BUFFER];
};

/* The length of a string that ends in the last of these words. */
static size_t length(const char *text, size_t words)
{
	return (words - 1) * 8 + strnlen(text + (words - 1) * 8, 8);
}

/* Parses one record; returns its size, or 0 if it is not complete. */
static size_t record(const char *bytes, size_t size, struct ksyms_row *row, size_t *number)
{
	struct ksym_record head;
	size_t names;

	*row = (struct ksyms_row){ 0 };
	if (size < sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	names = ((size_t)head.name_words + head.module_words) * 8;
	if (size < sizeof(head) + names || (head.module_words && !head.name_words))
		return 0;
	row->address = head.address;
	if (!head.name_words)
		return sizeof(head);
	*number = head.number;
	row->name = bytes + sizeof(head);
	row->name_len = length(row->name, head.name_words);
	row->type = head.type;
	if (head.module_words) {
		row->module = row->name + head.name_words * 8;
		row->module_len = length(row->module, head.module_words);
		/* As /proc/kallsyms has it: upper case is what a module exports (s_show()). */
		row->type = (char)(head.exported ? toupper(head.type) : tolower(head.type));
	}
	return sizeof(head) + names;
}

static int refill(struct records *records, struct kvet_cause *err)
{
	size_t rest = records->end - records->start;
	ssize_t got;

	memmove(records->buf, records->buf + records->start, rest);
	records->start = 0;
	got = records->bytes.read(records->bytes.ctx, records->buf + rest, BUFFER - rest);
	if (got < 0)
		return kvet_fail(err, (int)-got, from, "%s", strerror((int)-got));
	records->end = rest + (size_t)got;
	records->over = got == 0;
	return 0;
}

static bool is_own(const struct records *records, const struct ksyms_row *row)
{
	return records->own && row->address == records->own && row->module &&
	       row->module_len == 3 && !memcmp(row->module, "bpf", 3);
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_cause *err)
{
	struct records *records = (struct records *)source;

	*count = 0;
	while (*count < KSYMS_BATCH) {
		size_t rest = records->end - records->start, number = records->symbols,
		       size = record(records->buf + records->start, rest, &rows[*count], &number);

		if (!size && !records->over) {
			int ret;

			/* A refill would overwrite the strings of the rows so far. */
			if (*count)
				break;
			ret = refill(records, err);
			if (ret)
				return ret;
			continue;
		}
		if (!rest)
			break;
		if (!size)
			return kvet_reject(err, EBADMSG, from,
					   "a record is truncated: %zu bytes are left", rest);
		records->start += size;
		/* At its end the iterator passes the last symbol to its program once more. */
		if (rows[*count].name && number + 1 == records->symbols)
			continue;
		if (rows[*count].name)
			records->symbols = number + 1;
		records->given++;
		/* Each module's table begins with one, which /proc/kallsyms leaves out (s_show()).
		 */
		if (rows[*count].name && !rows[*count].name_len)
			continue;
		if (!is_own(records, &rows[*count]))
			++*count;
	}
	if (records->symbols > records->given)
		source->passed = records->symbols - records->given;
	return 0;
}

static void records_close(struct ksyms_source *source)
{
	struct records *records = (struct records *)source;

	records->bytes.close(records->bytes.ctx);
	free(records);
}

int kvet_ksyms_records_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			    uint64_t own, struct kvet_cause *err)
{
	/* Not cleared: a short answer touches only the first pages. */
	struct records *records = malloc(sizeof(*records));

	if (!records) {
		bytes->close(bytes->ctx);
		return kvet_fail_memory(err);
	}
	records->source = (struct ksyms_source){ .next = next,
						 .close = records_close,
						 .kind = KVET_KSYMS_ITERATOR };
	records->bytes = *bytes;
	records->own = own;
	records->start = records->end = 0;
	records->over = false;
	records->given = records->symbols = 0;
	*source = &records->source;
	return 0;
}
