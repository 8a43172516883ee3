/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/bytes.h"

int kvet_ksyms_bytes_fail(const struct ksyms_bytes *bytes, const char *path, int errnum,
			  struct kvet_cause *err)
{
	const char *why = bytes->why ? bytes->why(bytes->ctx) : NULL;

	return why ? kvet_reject(err, errnum, "read", "%s: %s", path, why)
		   : kvet_fail(err, errnum, "read", "%s: %s", path, strerror(errnum));
}

int kvet_ksyms_head_read(const struct ksyms_bytes *bytes, const char *path, struct ksyms_head *head,
			 struct kvet_cause *err)
{
	for (head->len = 0; head->len < KSYMS_HEAD;) {
		ssize_t got =
			bytes->read(bytes->ctx, head->text + head->len, KSYMS_HEAD - head->len);

		if (got < 0)
			return kvet_ksyms_bytes_fail(bytes, path, (int)-got, err);
		if (!got)
			break;
		head->len += (size_t)got;
	}
	return 0;
}

struct part {
	struct ksyms_bytes from;
	struct ksyms_head head;
	size_t used;   /* of the head */
	uint64_t skip; /* after the used part */
	uint64_t left; /* after the skipped part */
};

static ssize_t next_bytes(struct part *part, char *buf, size_t size)
{
	size_t rest = part->head.len - part->used;

	if (!rest)
		return part->from.read(part->from.ctx, buf, size);
	if (size > rest)
		size = rest;
	memcpy(buf, part->head.text + part->used, size);
	part->used += size;
	return (ssize_t)size;
}

static ssize_t part_read(void *ctx, char *buf, size_t size)
{
	struct part *part = ctx;
	ssize_t got;

	while (part->skip) {
		char passed[4096];

		got = next_bytes(part, passed,
				 part->skip < sizeof(passed) ? (size_t)part->skip : sizeof(passed));
		if (got <= 0)
			return got;
		part->skip -= (uint64_t)got;
	}
	if (size > part->left)
		size = (size_t)part->left;
	got = size ? next_bytes(part, buf, size) : 0;
	if (got > 0)
		part->left -= (uint64_t)got;
	return got;
}

static const char *part_why(void *ctx)
{
	const struct part *part = ctx;

	return part->from.why ? part->from.why(part->from.ctx) : NULL;
}

static void part_close(void *ctx)
{
	struct part *part = ctx;

	ksyms_bytes_close(&part->from);
	free(part);
}

int kvet_ksyms_part(struct ksyms_bytes *bytes, const struct ksyms_head *head, uint64_t offset,
		    uint64_t length, struct kvet_cause *err)
{
	struct part *part = malloc(sizeof(*part));

	if (!part) {
		ksyms_bytes_close(bytes);
		return kvet_fail_memory(err);
	}
	*part = (struct part){ .from = *bytes, .head = *head, .skip = offset, .left = length };
	*bytes = (struct ksyms_bytes){ part_read, part_close, part, part_why };
	return 0;
}
