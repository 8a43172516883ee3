/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/verifier_log.h"
#include "probe/bundle.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define CALL      "(85) call "

static const int helpers[] = {
	BPF_FUNC_ktime_get_ns,
	BPF_FUNC_ktime_get_boot_ns,
	BPF_FUNC_ktime_get_coarse_ns,
	BPF_FUNC_ktime_get_tai_ns,
	BPF_FUNC_jiffies64,
	BPF_FUNC_get_prandom_u32,
	BPF_FUNC_get_smp_processor_id,
	BPF_FUNC_get_numa_node_id,
	BPF_FUNC_get_current_pid_tgid,
	BPF_FUNC_get_current_uid_gid,
	BPF_FUNC_get_current_cgroup_id,
	BPF_FUNC_get_current_ancestor_cgroup_id,
	BPF_FUNC_get_current_task,
	BPF_FUNC_get_current_task_btf,
	BPF_FUNC_get_cgroup_classid,
	BPF_FUNC_send_signal,
	BPF_FUNC_send_signal_thread,
};

static_assert(LENGTH(helpers) == KVET_BUNDLE_MOST, "all of them fit");

const int *kvet_bundle_helpers(size_t *count)
{
	*count = LENGTH(helpers);
	return helpers;
}

int kvet_bundle_place(int helper)
{
	for (size_t i = 0; i < LENGTH(helpers); i++)
		if (helpers[i] == helper)
			return (int)i;
	return -1;
}

static struct bpf_insn copy(unsigned char to, unsigned char from)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X,
				  .dst_reg = to & 0xf,
				  .src_reg = from & 0xf };
}

size_t kvet_bundle_write(const int *list, size_t count, int exit_value, struct bpf_insn *insns)
{
	size_t n = 0;

	insns[n++] = copy(BPF_REG_6, BPF_REG_1);
	for (size_t i = 0; i < count; i++) {
		/* A call leaves nothing in r1. */
		if (i)
			insns[n++] = copy(BPF_REG_1, BPF_REG_6);
		insns[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = list[i] };
	}
	insns[n++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = exit_value };
	insns[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	return n;
}

/* The helper that a line calls ("3: (85) call bpf_ktime_get_ns#5"), 0 if it calls none. */
static int called_by(const char *line)
{
	size_t length = strcspn(line, "\n");
	size_t digits = strspn(line, "0123456789");
	const char *number;

	if (!digits || strncmp(line + digits, ": " CALL, strlen(": " CALL)) != 0)
		return 0;
	number = memchr(line, '#', length);
	return number ? atoi(number + 1) : 0;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* The first line from here on that calls a helper; the end of the log if none does. */
static const char *next_call(const char *line)
{
	while (*line && !called_by(line))
		line = next_line(line);
	return line;
}

static bool fill(struct kvet_probe_attempt *attempt, int errnum, const char *log)
{
	size_t size = strlen(log) + 1;

	if (size > sizeof(attempt->log))
		return false;
	memset(attempt, 0, sizeof(*attempt));
	attempt->errnum = errnum;
	memcpy(attempt->log, log, size);
	return true;
}

/* Whether the refusal is of the helper, or of an argument that is the same in a program of its
 * own. */
static bool is_about_helper(const char *log)
{
	switch (kvet_verifier_log_read(log)) {
	case KVET_LOG_UNKNOWN_HELPER:
	case KVET_LOG_NOT_FOR_TYPE:
	case KVET_LOG_ARGUMENTS:
		return true;
	default:
		return false;
	}
}

int kvet_bundle_refused(const int *list, size_t count, int errnum, const char *log,
			struct kvet_probe_attempt *attempt)
{
	const char *last = NULL;

	for (const char *line = next_call(log); *line; line = next_call(next_line(line)))
		last = line;
	if (!errnum || !last || !fill(attempt, errnum, last) || !is_about_helper(attempt->log))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (list[i] == called_by(last))
			return (int)i;
	return -1;
}

bool kvet_bundle_loaded(int errnum, const char *log, struct kvet_probe_attempt *attempt)
{
	return !errnum && fill(attempt, 0, log);
}
