/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The parser of symbol tables, fed with anything. The first byte is the size of a read, so
 * that the ends of chunks fall anywhere. What is accepted must hold together: each row is
 * found again by its name and by its address.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/scan.h"
#include "ksyms/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size, used, step;
};

static ssize_t read_some(void *ctx, char *buf, size_t size)
{
	struct input *input = ctx;
	size_t rest = input->size - input->used;

	size = size < input->step ? size : input->step;
	size = size < rest ? size : rest;
	memcpy(buf, input->data + input->used, size);
	input->used += size;
	return (ssize_t)size;
}

static void require(bool truth)
{
	if (!truth)
		abort();
}

static bool has(struct kvet_ksyms_range range, uint32_t row)
{
	for (size_t i = 0; i < range.count; i++)
		if (range.rows[i] == row)
			return true;
	return false;
}

static void check(const struct kvet_ksyms *table)
{
	for (uint32_t row = 0; row < kvet_ksyms_count(table); row++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, row);

		require(*symbol.name && !strpbrk(symbol.name, " \t\n"));
		require(!symbol.module || *symbol.module);
		require(has(kvet_ksyms_by_name(table, symbol.name), row));
		require(kvet_ksyms_hidden(table) || has(kvet_ksyms_at(table, symbol.address), row));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { .data = data + 1, .size = size - 1 };
	struct ksyms_bytes bytes = { .read = read_some, .ctx = &input };
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err = { 0 };
	int ret;

	if (!size)
		return 0;
	input.step = data[0] ? data[0] : 256;
	require(!kvet_ksyms_scan_open(&source, &bytes, "fuzz", NULL, 0, &err));
	ret = kvet_ksyms_build(&table, source, &err);
	ksyms_source_free(source);
	if (ret)
		require(!table && *err.evidence);
	else
		check(table);
	kvet_ksyms_free(table);
	return 0;
}
