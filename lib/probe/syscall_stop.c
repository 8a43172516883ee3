/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: ptrace(2), process_vm_readv(2). */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe/syscall_names.h"
#include "probe/syscall_stop.h"

/* <linux/ptrace.h> and glibc's <sys/ptrace.h> conflict, and an older glibc lacks the struct: hence
 * the direct system call. */
static long get_syscall_info(pid_t pid, struct ptrace_syscall_info *info)
{
	return syscall(__NR_ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof(*info), info);
}

/* Reads a string of unknown length from the child's memory, in two parts: the second starts at the
 * next page, which may not exist. Returns an errno. */
static int read_path(pid_t pid, unsigned long address, char path[KVET_JOURNAL_PATH_MAX])
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = KVET_JOURNAL_PATH_MAX - 1;
	size_t first = page - address % page;
	struct iovec local = { .iov_base = path, .iov_len = size };
	struct iovec remote[2];
	ssize_t got;
	int errnum;

	if (first > size)
		first = size;
	remote[0] = (struct iovec){ (void *)(uintptr_t)address, first };
	remote[1] = (struct iovec){ (void *)(uintptr_t)(address + first), size - first };
	errno = 0;
	got = process_vm_readv(pid, &local, 1, remote, 2, 0);
	errnum = errno;
	path[got > 0 ? got : 0] = '\0';
	return got < 0 ? errnum : 0;
}

/* Reads size bytes of the child's memory, all or nothing. Returns an errno. */
static int read_memory(pid_t pid, uint64_t address, void *to, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)(uintptr_t)address, size };

	/* A partial read gives no errno; the next call does. */
	while (local.iov_len) {
		ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
		int errnum = errno;

		if (got <= 0)
			return got < 0 ? errnum : EFAULT;
		local = (struct iovec){ (char *)local.iov_base + got, local.iov_len - (size_t)got };
		remote = (struct iovec){ (char *)remote.iov_base + got, local.iov_len };
	}
	return 0;
}

/* Reads what a load asked. */
static int read_load(pid_t pid, const unsigned long *arguments, struct kvet_errno_load *load)
{
	size_t size = arguments[2] < sizeof(union bpf_attr) ? arguments[2] : sizeof(union bpf_attr);
	union bpf_attr attr;
	struct bpf_insn insn;
	int errnum;

	memset(&attr, 0, sizeof(attr));
	errnum = read_memory(pid, arguments[1], &attr, size);
	if (errnum)
		return errnum;
	load->type = (int)attr.prog_type;
	load->logged = attr.log_buf != 0;
	if (!read_memory(pid, attr.insns, &insn, sizeof(insn)) &&
	    insn.code == (BPF_JMP | BPF_CALL) && !insn.src_reg)
		load->helper = insn.imm;
	return 0;
}

static void describe_failure(pid_t pid, const struct kvet_syscall_stop *stop, int errnum,
			     struct kvet_errno_entry *entry)
{
	int path = kvet_syscall_path_argument(stop->number);

	memset(entry, 0, sizeof(*entry));
	entry->errnum = errnum;
	entry->number = stop->number;
	entry->argument = stop->arguments[0];
	if (path >= 0)
		entry->unreadable = read_path(pid, stop->arguments[path], entry->path);
	if (kvet_syscall_is_bpf(stop->number) && stop->arguments[0] == BPF_PROG_LOAD)
		entry->unreadable = read_load(pid, stop->arguments, &entry->load);
}

int kvet_syscall_stop_read(pid_t pid, struct kvet_syscall_stop *stop,
			   struct kvet_errno_entry *entry)
{
	struct ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	if (get_syscall_info(pid, &info) < 0)
		return -errno;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		stop->number = (long)info.entry.nr;
		for (size_t i = 0; i < 6; i++)
			stop->arguments[i] = (unsigned long)info.entry.args[i];
		return 0;
	}
	if (info.op != PTRACE_SYSCALL_INFO_EXIT || !info.exit.is_error)
		return 0;
	describe_failure(pid, stop, (int)-info.exit.rval, entry);
	return 1;
}
