/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <byteswap.h>
#include <linux/btf.h>
#include <stdint.h>
#include <string.h>

#include "object/byte_order.h"

bool kvet_btf_is_swapped(const char *bytes, size_t size)
{
	uint16_t magic;

	if (size < sizeof(magic))
		return false;
	memcpy(&magic, bytes, sizeof(magic));
	return magic == bswap_16(BTF_MAGIC);
}

static uint32_t swap_word(char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	word = bswap_32(word);
	memcpy(bytes, &word, sizeof(word));
	return word;
}

/* Those that lie in the bytes. */
static void swap_words(char *bytes, size_t size, size_t from, size_t count)
{
	for (size_t at = from; count >= 4 && at + 4 <= size; at += 4, count -= 4)
		swap_word(bytes + at);
}

void kvet_btf_swap(char *bytes, size_t size, bool ext)
{
	struct btf_header header = { 0 };
	uint16_t magic = BTF_MAGIC;

	if (size < sizeof(header))
		return;
	memcpy(bytes, &magic, sizeof(magic));
	if (ext) {
		swap_words(bytes, size, 4, size);
		return;
	}
	swap_words(bytes, size, 4, sizeof(header) - 4);
	memcpy(&header, bytes, sizeof(header));
	swap_words(bytes, size, (size_t)header.hdr_len + header.type_off, header.type_len);
}

void kvet_instructions_swap(struct bpf_insn *insns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t target = insns[i].dst_reg;

		insns[i].dst_reg = insns[i].src_reg;
		insns[i].src_reg = target & 15;
		insns[i].off = (int16_t)bswap_16((uint16_t)insns[i].off);
		insns[i].imm = (int32_t)bswap_32((uint32_t)insns[i].imm);
	}
}
