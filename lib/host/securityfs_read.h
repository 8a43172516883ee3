/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_SECURITYFS_READ_H
#define KVET_HOST_SECURITYFS_READ_H

#include <kvet/host.h>

/*
 * Reads a file of securityfs ("lockdown", "lsm"), like kvet_host_read(): below /sys/kernel/security
 * or, if nothing is mounted there and the process has the privilege, from a detached instance that
 * is gone when the function returns (fsopen(2), fsmount(2), Linux 5.2). Below a sysroot, only the
 * mounted one is read.
 */
int kvet_securityfs_read(const struct kvet_host *host, const char *name, char *buf, size_t size,
			 struct kvet_cause *err);

#endif
