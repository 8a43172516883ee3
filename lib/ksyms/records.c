/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "ksyms/records.h"
#include "ksym_record.h"

/* The kernel's own buffer has eight pages, and it hands out whole records. */
#define BUFFER (64U << 10)

static const char from[] = "read(bpf iterator)";

struct records {
	struct ksyms_source source; /* first: the one is cast to the other */
	int fd;
	uint64_t own;
	size_t start, end;
	bool over;
	size_t given;   /* rows handed out */
	size_t symbols; /* of the iterator so far, as the last whole record numbers them */
	char buf[BUFFER];
};

/* Takes one record apart; returns its size, or 0 if it is not whole. */
static size_t record(const char *bytes, size_t size, struct ksyms_row *row, size_t *number)
{
	struct ksym_record head;

	*row = (struct ksyms_row){ 0 };
	if (size < sizeof(row->address))
		return 0;
	memcpy(&row->address, bytes, sizeof(row->address));
	if (row->address != KSYM_WHOLE)
		return sizeof(row->address);
	if (size < sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	if (!head.name_size || size < sizeof(head) + head.name_size + head.module_size)
		return 0;
	*number = (size_t)head.number;
	row->address = head.address;
	row->name = bytes + sizeof(head);
	row->name_len = head.name_size - 1U;
	row->type = head.type;
	if (head.module_size > 1) {
		row->module = row->name + head.name_size;
		row->module_len = head.module_size - 1U;
		/* As /proc/kallsyms has it: upper case is what a module exports (s_show()). */
		row->type = (char)(head.exported ? toupper(head.type) : tolower(head.type));
	}
	return sizeof(head) + head.name_size + head.module_size;
}

static int refill(struct records *records, struct kvet_error *err)
{
	size_t rest = records->end - records->start;

	memmove(records->buf, records->buf + records->start, rest);
	records->start = 0;
	records->end = rest;
	while (!records->over && records->end < BUFFER / 2) {
		ssize_t got = read(records->fd, records->buf + records->end, BUFFER - records->end);
		int errnum = errno;

		if (got < 0 && (errnum == EINTR || errnum == EAGAIN))
			continue;
		if (got < 0)
			return kvet_fail(err, errnum, from, "%s", strerror(errnum));
		records->end += (size_t)got;
		records->over = got == 0;
	}
	return 0;
}

static bool is_own(const struct records *records, const struct ksyms_row *row)
{
	return records->own && row->address == records->own && row->module &&
	       row->module_len == 3 && !memcmp(row->module, "bpf", 3);
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_error *err)
{
	struct records *records = (struct records *)source;

	*count = 0;
	while (*count < KSYMS_BATCH) {
		size_t rest = records->end - records->start, number = records->symbols,
		       size = record(records->buf + records->start, rest, &rows[*count], &number);

		if (!size && !records->over) {
			int ret;

			/* The rows so far have their strings where the next ones would go. */
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
			return kvet_fail(err, EBADMSG, from, "a record of %zu bytes is cut", rest);
		records->start += size;
		/* At its end the iterator shows its program the last symbol once more. */
		if (rows[*count].name && number + 1 == records->symbols)
			continue;
		if (rows[*count].name)
			records->symbols = number + 1;
		records->given++;
		if (!is_own(records, &rows[*count]))
			++*count;
	}
	if (records->symbols > records->given)
		source->passed = records->symbols - records->given;
	return 0;
}

static void records_close(struct ksyms_source *source)
{
	close(((struct records *)source)->fd);
	free(source);
}

int kvet_ksyms_records_open(struct ksyms_source **source, int fd, uint64_t own,
			    struct kvet_error *err)
{
	struct records *records = malloc(sizeof(*records));

	if (!records) {
		close(fd);
		return kvet_fail_memory(err);
	}
	records->source = (struct ksyms_source){ .next = next,
						 .close = records_close,
						 .kind = KVET_KSYMS_ITERATOR };
	records->fd = fd;
	records->own = own;
	records->start = records->end = 0;
	records->over = false;
	records->given = records->symbols = 0;
	*source = &records->source;
	return 0;
}
