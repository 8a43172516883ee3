/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_SYS_READ_H
#define KVET_HOST_SYS_READ_H

#include <limits.h>
#include <stdio.h>

#include <kvet/host.h>

/* Builds sysroot + path into out, of PATH_MAX bytes; returns out. Too long a sysroot gives
 * a cut path, which open(2) then refuses. */
const char *kvet_host_path(const struct kvet_host *host, const char *path, char out[PATH_MAX]);

/*
 * Opens a file below the sysroot to read it. There anything may have the name of a file of /proc or
 * /sys: a pipe is not waited for, a device (but for /dev/null, which container runtimes put over
 * what they hide) or a file of more than 256 MiB is no such file. full becomes its path.
 * kvet_host_open() returns a descriptor or a negative errno; kvet_host_fopen() 0, with a stream, or
 * a negative errno. Errors: those of open(2); EINVAL; EFBIG.
 */
int kvet_host_open(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		   struct kvet_error *err);
int kvet_host_fopen(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		    FILE **stream, struct kvet_error *err);

/* Says the same of a refused file in fewer words, where the file is the source. */
void kvet_host_fail_file(const struct kvet_error *refused, const char *full,
			 struct kvet_error *err);

/* The same host for what is the calling process's own, whose files are not below the sysroot. */
struct kvet_host kvet_host_self(const struct kvet_host *host);

/* The same as kvet_host_read() from an open file, whose path is for the messages. The descriptor
 * stays the caller's. */
int kvet_host_read_fd(int fd, const char *path, char *buf, size_t size, struct kvet_error *err);

/* Reads a file that holds one decimal number. Errors: those of kvet_host_read(); -EINVAL if
 * it holds none. */
int kvet_host_read_number(const struct kvet_host *host, const char *path, long *value,
			  struct kvet_error *err);

#endif
