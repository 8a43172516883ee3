/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An allocator that fails: preloaded, it refuses the MEMORY_FAILS-th allocation of the process
 * and its children, and with MEMORY_LASTS=1 each one behind it too. At its end the process writes
 * how many it has asked for to the file that MEMORY_COUNT names.
 *
 * Usage: MEMORY_FAILS=N LD_PRELOAD=memory.so COMMAND
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own, which these stand before. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong allocations;
static unsigned long fails;
static bool lasts;
static pid_t self;

__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("MEMORY_FAILS"), *also = getenv("MEMORY_LASTS");

	fails = number ? strtoul(number, NULL, 10) : 0;
	lasts = also && *also == '1';
	self = getpid();
	/* What the dynamic linker and this have taken is not counted. */
	atomic_store(&allocations, 0);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("MEMORY_COUNT");
	int fd = path && getpid() == self ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;

	if (fd >= 0)
		dprintf(fd, "%lu\n", atomic_load(&allocations));
}

static bool refused(void)
{
	unsigned long number = atomic_fetch_add(&allocations, 1) + 1;

	if (!fails || (lasts ? number < fails : number != fails))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return refused() ? NULL : __libc_realloc(old, size);
}
