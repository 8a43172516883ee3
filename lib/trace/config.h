/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The options, in the form that the programs in the kernel read. Pure. */
#ifndef KVET_TRACE_CONFIG_H
#define KVET_TRACE_CONFIG_H

#include <kvet/trace.h>

#include "trace_event.h"

/* Errors: -EINVAL for options that contradict each other, or a task name that no task can
 * have. */
int kvet_trace_config(const struct kvet_trace_options *options, struct trace_config *config,
		      struct kvet_cause *err);

/* The bytes of the ring buffer with these options on a machine with this many CPUs; 0: hits are
 * only counted. */
uint64_t kvet_trace_buffer_size(const struct kvet_trace_options *options, size_t cpus);

/* Whether arguments are read from the registers that system calls' wrappers get, which are in the
 * kernel's memory. */
bool kvet_trace_reads_wrappers(const struct kvet_trace_options *options);

#endif
