/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Arrays that grow. Everything is inline, so that the program may use this header as the library
 * does.
 */
#ifndef KVET_CORE_ARRAY_H
#define KVET_CORE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define ARRAY_FIRST 8

/* Up to ARRAY_FIRST elements there is room from the start; from then on, each power of two doubles
 * the room. So the count alone tells when an array must grow. */
static inline void *kvet_array_more(void *items, size_t count, size_t size)
{
	if (!count)
		return reallocarray(items, ARRAY_FIRST, size);
	if (count < ARRAY_FIRST || (count & (count - 1)))
		return items;
	return count > (size_t)-1 / 2 ? NULL : reallocarray(items, count * 2, size);
}

static inline void *kvet_array_reserve(void *items, size_t *room, size_t wanted, size_t size)
{
	size_t grown = *room ? *room : ARRAY_FIRST;
	void *moved;

	if (items && wanted <= *room)
		return items;
	while (grown < wanted)
		grown = grown > (size_t)-1 / 2 ? wanted : grown * 2;
	moved = reallocarray(items, grown, size);
	if (moved)
		*room = grown;
	return moved;
}

/* Returns whether there was memory, and stores the array's new address. */
#define ARRAY_MOVED(items, moved)                      \
	__extension__({                                \
		__typeof__(items) array_tmp = (moved); \
		if (array_tmp)                         \
			(items) = array_tmp;           \
		array_tmp != NULL;                     \
	})

/*
 * Room for one more element in an array that grows by this macro alone and has `count` elements.
 * Returns false if there is no memory: the array is as it was.
 *
 *	if (!ARRAY_MORE(list->items, list->count))
 *		return kvet_fail_memory(err);
 *	list->items[list->count++] = item;
 */
#define ARRAY_MORE(items, count) \
	ARRAY_MOVED(items, kvet_array_more((items), (count), sizeof(*(items))))

/* Room for `wanted` elements in all, in an array that keeps its room: for those that grow by more
 * than one. Returns false if there is no memory: array and room are as they were. */
#define ARRAY_RESERVE(items, room, wanted) \
	ARRAY_MOVED(items, kvet_array_reserve((items), &(room), (wanted), sizeof(*(items))))

/* Room for exactly `wanted` elements, more or fewer. Returns false if there is no memory. */
#define ARRAY_RESIZE(items, wanted) \
	ARRAY_MOVED(items, reallocarray((items), (wanted), sizeof(*(items))))

#endif
