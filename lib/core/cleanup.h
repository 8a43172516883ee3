/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Clean-up by attribute: a local variable that owns something says so in its declaration, and the
 * reader sees that it cannot leak. Only TAKE() passes the ownership on.
 */
#ifndef KVET_CORE_CLEANUP_H
#define KVET_CORE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AUTO_FREE   __attribute__((cleanup(kvet_cleanup_free)))
#define AUTO_CLOSE  __attribute__((cleanup(kvet_cleanup_close)))
#define AUTO_FCLOSE __attribute__((cleanup(kvet_cleanup_fclose)))

/* AUTO(kvet_ksyms) *table = NULL;  calls kvet_ksyms_free(table) at the end of the scope,
 * after AUTO_DEFINE(kvet_ksyms) once in the file. */
#define AUTO(type) __attribute__((cleanup(type##_cleanup))) struct type
#define AUTO_DEFINE(type)                                  \
	static inline void type##_cleanup(struct type **p) \
	{                                                  \
		type##_free(*p);                           \
	}

/* Passes an owned pointer (or, with TAKE_FD, a descriptor) to its next owner. */
#define TAKE(p)                               \
	__extension__({                       \
		__typeof__(p) take_tmp = (p); \
		(p) = NULL;                   \
		take_tmp;                     \
	})
#define TAKE_FD(fd)                  \
	__extension__({              \
		int take_tmp = (fd); \
		(fd) = -1;           \
		take_tmp;            \
	})

static inline void kvet_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void kvet_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void kvet_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#endif
