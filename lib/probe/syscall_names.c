/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "probe/syscall_names.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* Made at build time from <sys/syscall.h>: the numbers differ between architectures. */
static const struct {
	long number;
	const char *name;
} syscalls[] = {
#include "gen/syscall_names.inc"
};

/* Of those that libbpf probes and loaders use; other commands go without a name. */
#define COMMAND(name) [name] = #name
static const char *const commands[] = {
	COMMAND(BPF_MAP_CREATE),       COMMAND(BPF_MAP_LOOKUP_ELEM),
	COMMAND(BPF_MAP_UPDATE_ELEM),  COMMAND(BPF_MAP_DELETE_ELEM),
	COMMAND(BPF_MAP_GET_NEXT_KEY), COMMAND(BPF_PROG_LOAD),
	COMMAND(BPF_OBJ_PIN),          COMMAND(BPF_OBJ_GET),
	COMMAND(BPF_PROG_ATTACH),      COMMAND(BPF_PROG_DETACH),
	COMMAND(BPF_PROG_TEST_RUN),    COMMAND(BPF_PROG_GET_NEXT_ID),
	COMMAND(BPF_MAP_GET_NEXT_ID),  COMMAND(BPF_PROG_GET_FD_BY_ID),
	COMMAND(BPF_MAP_GET_FD_BY_ID), COMMAND(BPF_OBJ_GET_INFO_BY_FD),
	COMMAND(BPF_PROG_QUERY),       COMMAND(BPF_RAW_TRACEPOINT_OPEN),
	COMMAND(BPF_BTF_LOAD),         COMMAND(BPF_BTF_GET_FD_BY_ID),
	COMMAND(BPF_TASK_FD_QUERY),    COMMAND(BPF_MAP_FREEZE),
	COMMAND(BPF_BTF_GET_NEXT_ID),  COMMAND(BPF_LINK_CREATE),
	COMMAND(BPF_LINK_UPDATE),      COMMAND(BPF_LINK_GET_FD_BY_ID),
	COMMAND(BPF_LINK_GET_NEXT_ID), COMMAND(BPF_ENABLE_STATS),
	COMMAND(BPF_ITER_CREATE),      COMMAND(BPF_LINK_DETACH),
	COMMAND(BPF_PROG_BIND_MAP),
};

const char *kvet_syscall_name(long number)
{
	for (size_t i = 0; i < LENGTH(syscalls); i++)
		if (syscalls[i].number == number)
			return syscalls[i].name;
	return NULL;
}

bool kvet_syscall_is_bpf(long number)
{
	return number == __NR_bpf;
}

const char *kvet_bpf_command_name(unsigned long command)
{
	return command < LENGTH(commands) ? commands[command] : NULL;
}

/* Architectures of after 2012 (arm64) have only the …at() calls. */
int kvet_syscall_path_argument(long number)
{
	switch (number) {
#ifdef __NR_open
	case __NR_open:
#endif
#ifdef __NR_access
	case __NR_access:
#endif
#ifdef __NR_readlink
	case __NR_readlink:
#endif
#ifdef __NR_stat
	case __NR_stat:
#endif
#ifdef __NR_lstat
	case __NR_lstat:
#endif
		return 0;
#ifdef __NR_openat2
	case __NR_openat2:
#endif
#ifdef __NR_faccessat2
	case __NR_faccessat2:
#endif
#ifdef __NR_newfstatat
	case __NR_newfstatat:
#endif
#ifdef __NR_statx
	case __NR_statx:
#endif
	case __NR_openat:
	case __NR_faccessat:
	case __NR_readlinkat:
		return 1;
	default:
		return -1;
	}
}
