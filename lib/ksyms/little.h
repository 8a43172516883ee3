/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads little-endian numbers at any alignment. */
#ifndef KVET_KSYMS_LITTLE_H
#define KVET_KSYMS_LITTLE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t ksyms_little16(const void *from)
{
	uint16_t value;

	memcpy(&value, from, sizeof(value));
	return le16toh(value);
}

static inline uint32_t ksyms_little32(const void *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return le32toh(value);
}

static inline uint64_t ksyms_little64(const void *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return le64toh(value);
}

#endif
