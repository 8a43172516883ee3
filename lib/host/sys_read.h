/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_SYS_READ_H
#define KVET_HOST_SYS_READ_H

#include <limits.h>
#include <stdio.h>

#include <kvet/host.h>

/* Writes sysroot + path to out, of PATH_MAX bytes; returns out. If the sysroot is too long, the
 * path is truncated, and open(2) refuses it. */
const char *kvet_host_path(const struct kvet_host *host, const char *path, char out[PATH_MAX]);

/*
 * Opens a file below the sysroot for reading. There, anything may have the name of a file of /proc
 * or /sys: kvet does not wait for a pipe, and refuses a device (except /dev/null, which container
 * runtimes mount over what they hide) and a file of more than 256 MiB. full becomes the file's
 * path. kvet_host_open() returns a descriptor or a negative errno; kvet_host_fopen() 0, with a
 * stream, or a negative errno. Errors: those of open(2); EINVAL; EFBIG.
 */
int kvet_host_open(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		   struct kvet_cause *err);
int kvet_host_fopen(const struct kvet_host *host, const char *path, char full[PATH_MAX],
		    FILE **stream, struct kvet_cause *err);

/* The same error in a shorter form, with the file as its source. */
void kvet_host_fail_file(const struct kvet_cause *refused, const char *full,
			 struct kvet_cause *err);

/* The same host for the calling process's own files, which are not below the sysroot. */
struct kvet_host kvet_host_self(const struct kvet_host *host);

/* Like kvet_host_read(), from an open file; path is for the messages. The descriptor stays the
 * caller's. */
int kvet_host_read_fd(int fd, const char *path, char *buf, size_t size, struct kvet_cause *err);

/* Reads a file that holds one decimal number. Errors: those of kvet_host_read(); -EINVAL if
 * it holds none. */
int kvet_host_read_number(const struct kvet_host *host, const char *path, long *value,
			  struct kvet_cause *err);

#endif
