/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Follows a process and its descendants: their tasks are noted when they are made and dropped when
 * they are freed, by two programs of bpf/trace.bpf.c. */
#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "core/fail.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"

int kvet_trace_follow_tree(struct kvet_trace *trace, struct kvet_cause *err)
{
	const struct {
		const struct bpf_program *program;
		const char *tracepoint;
	} parts[TRACE_TREE_LINKS] = {
		{ trace->bpf->progs.kvet_fork, "sched_wakeup_new" },
		{ trace->bpf->progs.kvet_free, "sched_process_free" },
	};

	for (size_t i = 0; i < TRACE_TREE_LINKS; i++) {
		int errnum;

		errno = 0;
		trace->tree[i] =
			bpf_program__attach_raw_tracepoint(parts[i].program, parts[i].tracepoint);
		errnum = errno;
		if (!trace->tree[i])
			return kvet_fail(err, errnum, "bpf(BPF_RAW_TRACEPOINT_OPEN)",
					 "the tracepoint %s: %s", parts[i].tracepoint,
					 strerror(errnum));
	}
	return 0;
}

uint64_t kvet_trace_tree_lost(const struct kvet_trace *trace)
{
	return trace->bpf->bss->tree_lost;
}
