/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pure parts of a session: records, counters, and the program's one patch. */
#ifndef KVET_TRACE_DECODE_H
#define KVET_TRACE_DECODE_H

#include <linux/bpf.h>

#include <kvet/trace.h>

#include "trace_event.h"

/* Reads one ring buffer record of the given size, with the parts that the flags of its session ask
 * for. Returns 0, or -EPROTO if it is not one of ours: a wrong size, a site that does not
 * exist, more of a part than there is room for. */
int kvet_trace_decode(const void *data, size_t size, size_t sites, uint32_t flags,
		      struct kvet_trace_event *event);

/* Adds up the counters of all CPUs. */
void kvet_trace_sum(const struct trace_counters *cpus, size_t count, struct kvet_trace_site *site);

/* Writes the site's number over the mark in the program. Returns how many marks there
 * were: anything but 1 means that the program is not the one we know. */
size_t kvet_trace_patch(struct bpf_insn *insns, size_t count, uint32_t site);

#endif
