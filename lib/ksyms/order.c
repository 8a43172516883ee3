/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The symbols of the kernel proper come sorted, and nothing remains to be done. Those of modules do
 * not: modules are in load order, and their symbols in the order of the file. Then all are radix
 * sorted, without the digits in which all agree (half of them, for kernel addresses).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/order.h"

#define DIGIT_BITS 11
#define DIGITS     6 /* of 64 bits */
#define BUCKETS    (1U << DIGIT_BITS)

static unsigned int digit(uint64_t value, unsigned int place)
{
	return (unsigned int)(value >> (place * DIGIT_BITS)) & (BUCKETS - 1);
}

static void scatter(const uint64_t *values, const uint32_t *from, uint32_t *to, size_t count,
		    unsigned int place)
{
	uint32_t starts[BUCKETS] = { 0 }, sum = 0; /* below count, as the order's numbers are */

	for (size_t i = 0; i < count; i++)
		starts[digit(values[from[i]], place)]++;
	for (size_t b = 0; b < BUCKETS; b++) {
		uint32_t here = starts[b];

		starts[b] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[digit(values[from[i]], place)]++] = from[i];
}

int kvet_ksyms_order(const uint64_t *values, uint32_t *order, size_t count)
{
	uint32_t *from = order, *to, *spare;
	uint64_t differ = 0;
	size_t sorted = 1;

	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	while (sorted < count && values[sorted - 1] <= values[sorted])
		sorted++;
	if (sorted >= count)
		return 0;
	for (size_t i = 0; i < count; i++)
		differ |= values[i] ^ values[0];
	spare = malloc(count * sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	to = spare;
	for (unsigned int place = 0; place < DIGITS; place++) {
		uint32_t *was = from;

		if (!digit(differ, place))
			continue;
		scatter(values, from, to, count, place);
		from = to;
		to = was;
	}
	if (from != order)
		memcpy(order, from, count * sizeof(*order));
	free(spare);
	return 0;
}
