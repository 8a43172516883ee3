/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <lz4.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/little.h"
#include "ksyms/unpack_lz4.h"

/* --- frames ----------------------------------------------------------------------------------- */

void *kvet_ksyms_lz4_start(void)
{
	LZ4F_dctx *state;

	return LZ4F_isError(LZ4F_createDecompressionContext(&state, LZ4F_VERSION)) ? NULL : state;
}

enum ksyms_step kvet_ksyms_lz4_step(void *state, struct ksyms_span *span)
{
	size_t in = span->in_size, out = span->out_size;
	size_t status = LZ4F_decompress(state, span->out, &out, span->in, &in, NULL);

	span->in += in;
	span->in_size -= in;
	span->out += out;
	span->out_size -= out;
	if (!LZ4F_isError(status))
		return status ? KSYMS_STEP_MORE : KSYMS_STEP_END;
	return KSYMS_STEP_DAMAGED;
}

void kvet_ksyms_lz4_end(void *state)
{
	LZ4F_freeDecompressionContext(state);
}

/* --- blocks ----------------------------------------------------------------------------------- */

#define BLOCK  (8 << 20)
#define PACKED LZ4_COMPRESSBOUND(BLOCK)
#define MAGIC  0x184c2102U

struct legacy {
	size_t taken;       /* bytes of the size and of the block after it */
	uint32_t packed;    /* its size */
	size_t made, given; /* of the block that is being returned */
	bool block;         /* a block was complete, so that the stream may end here */
	unsigned char number[4];
	char in[PACKED], out[BLOCK];
};

void *kvet_ksyms_lz4_legacy_start(void)
{
	/* Not cleared: a small file touches only the first pages. */
	struct legacy *legacy = malloc(sizeof(*legacy));

	if (legacy) {
		legacy->taken = legacy->made = legacy->given = 0;
		legacy->packed = 0;
		legacy->block = false;
	}
	return legacy;
}

void kvet_ksyms_lz4_legacy_end(void *state)
{
	free(state);
}

static void take(struct legacy *legacy, struct ksyms_span *span, void *to, size_t from,
		 size_t wanted)
{
	size_t size = span->in_size < wanted ? span->in_size : wanted;

	memcpy((char *)to + from, span->in, size);
	span->in += size;
	span->in_size -= size;
	legacy->taken += size;
}

static void hand_out(struct legacy *legacy, struct ksyms_span *span)
{
	size_t rest = legacy->made - legacy->given;
	size_t size = span->out_size < rest ? span->out_size : rest;

	memcpy(span->out, legacy->out + legacy->given, size);
	span->out += size;
	span->out_size -= size;
	legacy->given += size;
}

/* The size before a block is complete: decides what follows. */
static enum ksyms_step begin_block(struct legacy *legacy)
{
	legacy->packed = ksyms_little32(legacy->number);
	if (legacy->packed == MAGIC) {
		legacy->taken = 0; /* another stream */
		return KSYMS_STEP_MORE;
	}
	if (legacy->packed && legacy->packed <= PACKED)
		return KSYMS_STEP_MORE;
	/* In an image this is the size of the kernel, after the last block. */
	return legacy->block ? KSYMS_STEP_END : KSYMS_STEP_DAMAGED;
}

static enum ksyms_step end_block(struct legacy *legacy)
{
	int made = LZ4_decompress_safe(legacy->in, legacy->out, (int)legacy->packed, BLOCK);

	if (made < 0)
		return KSYMS_STEP_DAMAGED;
	legacy->made = (size_t)made;
	legacy->given = legacy->taken = 0;
	legacy->block = true;
	return KSYMS_STEP_MORE;
}

enum ksyms_step kvet_ksyms_lz4_legacy_step(void *state, struct ksyms_span *span)
{
	struct legacy *legacy = state;
	enum ksyms_step step = KSYMS_STEP_MORE;

	while (step == KSYMS_STEP_MORE && legacy->given == legacy->made && span->in_size) {
		size_t number = sizeof(legacy->number);

		if (legacy->taken < number) {
			take(legacy, span, legacy->number, legacy->taken, number - legacy->taken);
			if (legacy->taken == number)
				step = begin_block(legacy);
			continue;
		}
		take(legacy, span, legacy->in, legacy->taken - number,
		     number + legacy->packed - legacy->taken);
		if (legacy->taken == number + legacy->packed)
			step = end_block(legacy);
	}
	if (step == KSYMS_STEP_MORE)
		hand_out(legacy, span);
	return step;
}

bool kvet_ksyms_lz4_legacy_whole(const void *state)
{
	const struct legacy *legacy = state;

	return legacy->block && !legacy->taken && legacy->given == legacy->made;
}
