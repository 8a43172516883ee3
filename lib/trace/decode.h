/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pure parts of a session: records, counters, and the site's number in a program. */
#ifndef KVET_TRACE_DECODE_H
#define KVET_TRACE_DECODE_H

#include <linux/bpf.h>

#include <kvet/trace.h>

#include "trace_event.h"

/* Decodes one ring buffer record of the given size, with the parts that the session's flags ask
 * for. Returns 0, or -EPROTO for a record that is not one of ours: a wrong size, a nonexistent
 * site, a part longer than its array. */
int kvet_trace_decode(const void *data, size_t size, size_t sites, uint32_t flags,
		      struct kvet_trace_event *event);

/* Decodes frames of a process's stack. */
void kvet_trace_decode_user(const struct bpf_stack_build_id *wire, size_t count,
			    struct kvet_user_frame *frames);

/* Adds up the counters of all CPUs. */
void kvet_trace_sum(const struct trace_counters *cpus, size_t count, struct kvet_trace_site *site);

/* Replaces the mark in the program by the site's number. Returns how many marks there were: any
 * number but 1 means that the program was not built as expected. */
size_t kvet_trace_patch(struct bpf_insn *insns, size_t count, uint32_t site);

/* Removes the frames before those of the site's function, if that is on the stack. */
void kvet_trace_trim(const struct kvet_kprobe_site *site, uint64_t *frames, size_t *count);

#endif
