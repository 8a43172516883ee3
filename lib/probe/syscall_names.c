/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "probe/syscall_names.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* Generated at build time from <sys/syscall.h>: the numbers differ between architectures. */
static const struct {
	long number;
	const char *name;
} syscalls[] = {
#include "gen/syscall_names.inc"
};

/* The commands that libbpf's probes and loaders use; others have no name here. */
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

/* The old calls: architectures added after 2012 (arm64, riscv64) have only the …at() calls. */
static const long path_first[] = {
#ifdef __NR_open
	__NR_open,
#endif
#ifdef __NR_access
	__NR_access,
#endif
#ifdef __NR_readlink
	__NR_readlink,
#endif
#ifdef __NR_stat
	__NR_stat,
#endif
#ifdef __NR_lstat
	__NR_lstat,
#endif
	-1,
};

static const long path_second[] = {
#ifdef __NR_openat2
	__NR_openat2,
#endif
#ifdef __NR_faccessat2
	__NR_faccessat2,
#endif
#ifdef __NR_newfstatat
	__NR_newfstatat,
#endif
#ifdef __NR_statx
	__NR_statx,
#endif
	__NR_openat,     __NR_faccessat, __NR_readlinkat,
};

static bool is_one_of(long number, const long *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

int kvet_syscall_path_argument(long number)
{
	if (number < 0)
		return -1;
	return is_one_of(number, path_first, LENGTH(path_first))     ? 0
	       : is_one_of(number, path_second, LENGTH(path_second)) ? 1
								     : -1;
}
