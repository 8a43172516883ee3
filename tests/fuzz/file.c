/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A file that is said to hold symbols, with anything in it: ELF, gzip, xz, zstd, boot images, text.
 * The first byte says whether it comes as a file or through a pipe. What is accepted must hold
 * together, and what is refused must say why.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kvet/ksyms.h>

#include "tests/fuzz/require.h"

/* What a pipe holds without anybody at its other end. */
#define PIPE_MOST 65536

static int open_input(const uint8_t *data, size_t size, int piped)
{
	int fds[2];

	if (piped && size <= PIPE_MOST) {
		require(!pipe(fds));
	} else {
		fds[0] = fds[1] = memfd_create("fuzz", 0);
		require(fds[0] >= 0);
	}
	require(write(fds[1], data, size) == (ssize_t)size);
	if (fds[0] == fds[1])
		require(!lseek(fds[0], 0, SEEK_SET));
	else
		close(fds[1]);
	return fds[0];
}

static int has(struct kvet_ksyms_range range, uint32_t row)
{
	for (size_t i = 0; i < range.count; i++)
		if (range.rows[i] == row)
			return 1;
	return 0;
}

static void check(const struct kvet_ksyms *table)
{
	require(kvet_ksyms_count(table) > 0);
	for (uint32_t row = 0; row < kvet_ksyms_count(table); row++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, row);

		require(*symbol.name && (!symbol.module || *symbol.module));
		require(has(kvet_ksyms_by_name(table, symbol.name), row));
		require(kvet_ksyms_hidden(table) || has(kvet_ksyms_at(table, symbol.address), row));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvet_ksyms_options options = { .path = "fuzz", .has_fd = true };
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err = { 0 };

	if (!size)
		return 0;
	options.fd = open_input(data + 1, size - 1, data[0] & 1);
	if (kvet_ksyms_open(&table, NULL, &options, &err)) {
		require(!table && *err.evidence);
		/* No call has refused anything. */
		require(!err.errnum || err.errnum == ENOMEM);
	} else {
		check(table);
	}
	kvet_ksyms_free(table);
	close(options.fd);
	return 0;
}
