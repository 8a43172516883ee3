/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ring of blocks between two threads. Smaller blocks wake the other thread too often, larger
 * ones leave it more to do after the last read: 64 KiB was the best of 32 to 256.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/ring.h"
#include "ksyms/ahead.h"

#define BLOCK  (64U << 10)
#define BLOCKS 8

struct block {
	size_t size; /* less than BLOCK: it is the last one */
	int errnum;  /* error after its bytes; 0: the end */
	char text[BLOCK];
};

struct ahead {
	struct ksyms_bytes bytes;
	struct ring ring;
	size_t used; /* of the block that is being read */
	bool over;   /* the last block has been read */
	int errnum;  /* error after it */
	struct block blocks[BLOCKS];
};

/* Returns whether another block may follow. */
static bool fill(const struct ksyms_bytes *bytes, struct block *block)
{
	block->size = 0;
	block->errnum = 0;
	while (block->size < BLOCK) {
		ssize_t got =
			bytes->read(bytes->ctx, block->text + block->size, BLOCK - block->size);

		if (got <= 0) {
			block->errnum = (int)-got;
			return false;
		}
		block->size += (size_t)got;
	}
	return true;
}

static void *read_ahead(void *opaque)
{
	struct ahead *ahead = opaque;
	bool more = true;
	size_t slot;

	while (more && ring_next_free(&ahead->ring, &slot)) {
		more = fill(&ahead->bytes, &ahead->blocks[slot]);
		ring_fill(&ahead->ring);
	}
	return NULL;
}

/* The block that is being read; at the end it stays the last one. */
static const struct block *current(struct ahead *ahead)
{
	if (ahead->used == BLOCK) {
		ahead->used = 0;
		ring_empty(&ahead->ring);
	}
	return &ahead->blocks[ring_next_full(&ahead->ring)];
}

/* Frees the pages of the blocks at the end, when the table made of them is largest. */
static void give_back(struct ahead *ahead)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)ahead->blocks + page - 1) & -page;
	uintptr_t end = ((uintptr_t)ahead->blocks + sizeof(ahead->blocks)) & -page;

	/* If this fails, the pages stay until close(). */
	(void)madvise((void *)start, end - start, MADV_DONTNEED);
}

static ssize_t ahead_read(void *ctx, char *buf, size_t size)
{
	struct ahead *ahead = ctx;
	const struct block *block;
	size_t left;

	if (ahead->over)
		return -ahead->errnum;
	block = current(ahead);
	left = block->size - ahead->used;
	if (!left) {
		ahead->errnum = block->errnum;
		ahead->over = true;
		give_back(ahead);
		return -ahead->errnum;
	}
	if (size > left)
		size = left;
	memcpy(buf, block->text + ahead->used, size);
	ahead->used += size;
	return (ssize_t)size;
}

static void ahead_close(void *ctx)
{
	struct ahead *ahead = ctx;

	ring_stop(&ahead->ring);
	if (ahead->bytes.close)
		ahead->bytes.close(ahead->bytes.ctx);
	free(ahead);
}

void kvet_ksyms_ahead(struct ksyms_bytes *bytes)
{
	/* Not cleared: pages that no byte was read into take no memory. */
	struct ahead *ahead = malloc(sizeof(*ahead));

	if (!ahead)
		return;
	ahead->bytes = *bytes;
	ahead->used = 0;
	ahead->over = false;
	if (ring_start(&ahead->ring, BLOCKS, read_ahead, ahead))
		*bytes = (struct ksyms_bytes){ ahead_read, ahead_close, ahead, NULL };
	else
		free(ahead);
}
