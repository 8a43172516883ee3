/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/fail.h"
#include "trace/conditions.h"
#include "trace/config.h"

#define SOURCE "trace options"

bool kvet_trace_reads_wrappers(const struct kvet_trace_options *options)
{
	bool arguments = options->arguments;

	for (size_t i = 0; i < options->condition_count && options->conditions; i++)
		arguments =
			arguments || options->conditions[i].subject == KVET_CONDITION_EXPRESSION;
	return options->syscalls && arguments;
}

static unsigned int flags_of(const struct kvet_trace_options *options)
{
	return (options->returns ? TRACE_RETURN : 0) | (options->stack ? TRACE_STACK : 0) |
	       (options->user_stack ? TRACE_USER_STACK : 0) |
	       (options->count_only ? TRACE_COUNT_ONLY : 0) |
	       (options->histogram ? TRACE_HISTOGRAM : 0) | (options->by_pid ? TRACE_BY_PID : 0) |
	       (options->by_tid ? TRACE_BY_TID : 0) | (options->by_tree ? TRACE_BY_TREE : 0) |
	       (options->by_pidns ? TRACE_BY_PIDNS : 0) | (options->by_uid ? TRACE_BY_UID : 0) |
	       (options->by_cpu ? TRACE_BY_CPU : 0) | (options->comm ? TRACE_BY_COMM : 0) |
	       (options->cgroup ? TRACE_BY_CGROUP : 0) |
	       (options->arguments ? TRACE_ARGUMENTS : 0) | (options->strings ? TRACE_STRINGS : 0) |
	       (options->registers ? TRACE_REGS : 0) |
	       (options->expression_count ? TRACE_PRINT : 0) | (options->nest ? TRACE_NEST : 0) |
	       (options->top ? TRACE_TOP : 0) |
	       /* The calls of a nest are put together by thread. */
	       (options->numbers && !options->nest ? TRACE_NUMBERS : 0) |
	       (kvet_trace_reads_wrappers(options) ? TRACE_SYSCALLS : 0) |
	       kvet_trace_questions_flags(options->conditions, options->condition_count);
}

/* stat(2) packs major and minor number in another way than the kernel. */
static __u64 kernel_device(uint64_t device)
{
	return (__u64)major(device) << 20 | minor(device);
}

int kvet_trace_config(const struct kvet_trace_options *options, struct trace_config *config,
		      struct kvet_cause *err)
{
	bool counts = options->count_only || options->histogram || options->top;

	if (options->histogram && !options->returns)
		return kvet_reject(err, EINVAL, SOURCE,
				   "a histogram counts durations: it requires "
				   "returns");
	if (options->min_duration_ns && !options->returns)
		return kvet_reject(err, EINVAL, SOURCE, "a minimum duration requires returns");
	if ((options->stack || options->arguments || options->registers) && counts)
		return kvet_reject(
			err, EINVAL, SOURCE,
			"hits that are only counted have no stack, arguments or registers");
	if (options->user_stack && counts && options->top != KVET_TRACE_TOP_STACK)
		return kvet_reject(err, EINVAL, SOURCE,
				   "of hits that are only counted, those counted by stack can have "
				   "a user stack");
	if (options->top && (options->count_only || options->histogram))
		return kvet_reject(err, EINVAL, SOURCE,
				   "counting by task or stack excludes other counts");
	if (options->by_tree && options->by_pid)
		return kvet_reject(err, EINVAL, SOURCE,
				   "one process, or a process and its children: not both");
	if (options->strings && (!options->arguments || !options->string_args))
		return kvet_reject(err, EINVAL, SOURCE, "strings require arguments");
	if (options->nest &&
	    (!options->returns || counts || options->stack || options->user_stack ||
	     options->strings || options->registers || options->expression_count ||
	     options->sample || options->rate || options->min_duration_ns))
		return kvet_reject(err, EINVAL, SOURCE,
				   "calls of roots require returns, and have arguments at most");
	if (options->expression_count > TRACE_PRINTS)
		return kvet_reject(err, EINVAL, SOURCE, "at most %d expressions", TRACE_PRINTS);
	if (options->expression_count && (!options->arguments || !options->expressions))
		return kvet_reject(err, EINVAL, SOURCE, "expressions require arguments");
	if (options->condition_count > TRACE_CONDITIONS)
		return kvet_reject(err, EINVAL, SOURCE, "at most %d conditions", TRACE_CONDITIONS);
	if (options->condition_count && !options->conditions)
		return kvet_reject(err, EINVAL, SOURCE, "conditions are missing");
	if (!options->returns &&
	    kvet_trace_questions_flags(options->conditions, options->condition_count) &
		    TRACE_WHERE_RETURN)
		return kvet_reject(err, EINVAL, SOURCE,
				   "a condition on what is returned requires returns");
	if (options->slots && (!options->returns || (options->backend != KVET_KPROBE_AUTO &&
						     options->backend != KVET_KPROBE_TRACEFS)))
		return kvet_reject(err, EINVAL, SOURCE,
				   "a number of slots requires returns and the tracefs back end");
	if (options->buffer &&
	    (options->buffer < KVET_TRACE_BUFFER_LEAST || options->buffer > KVET_TRACE_BUFFER_MOST))
		return kvet_reject(
			err, EINVAL, SOURCE,
			"a buffer of %" PRIu64 " bytes: it may have %" PRIu64 " to %" PRIu64,
			options->buffer, KVET_TRACE_BUFFER_LEAST, KVET_TRACE_BUFFER_MOST);
	if (options->registers &&
	    (options->backend == KVET_KPROBE_MULTI || options->backend == KVET_KPROBE_FENTRY))
		return kvet_reject(err, EINVAL, SOURCE, "%s does not keep all registers",
				   kvet_kprobe_backend_name(options->backend));
	/* The kernel keeps 15 bytes of a name: a longer one would never match, and nothing would
	 * say so. */
	if (options->comm && strlen(options->comm) >= sizeof(config->comm))
		return kvet_reject(err, EINVAL, SOURCE,
				   "'%s' is too long: the kernel keeps %zu bytes of a task name",
				   options->comm, sizeof(config->comm) - 1);
	*config = (struct trace_config){
		.flags = flags_of(options),
		.pid = options->pid,
		.tid = options->tid,
		.uid = options->uid,
		.cpu = options->cpu,
		.sample = options->sample > 1 ? options->sample : 0,
		.rate = options->rate,
		.min_duration = options->min_duration_ns,
		.pidns_dev = kernel_device(options->pidns_dev),
		.pidns_ino = options->pidns_ino,
		.reader_dev = kernel_device(options->reader_dev),
		.reader_ino = options->reader_ino,
		.prints = (__u32)options->expression_count,
		.conditions = (__u32)options->condition_count,
		.roots = (__u32)options->roots,
		.nest_calls = options->nest ? KVET_TRACE_NEST_CALLS : 0,
		.top_by = options->top ? (__u32)options->top - 1 : 0,
	};
	kvet_trace_questions(options->conditions, options->condition_count, config->questions);
	if (options->comm)
		strcpy(config->comm, options->comm);
	return 0;
}

/* For each CPU, so that a burst on all of them finds room. */
#define BUFFER_PER_CPU (UINT64_C(256) << 10)
#define BUFFER_BASE    (UINT64_C(1) << 20)
#define BUFFER_WIDEST  (UINT64_C(64) << 20)

static uint64_t power_above(uint64_t bytes)
{
	uint64_t power = 1;

	while (power < bytes)
		power <<= 1;
	return power;
}

uint64_t kvet_trace_buffer_default(size_t cpus)
{
	uint64_t bytes =
		cpus < BUFFER_WIDEST / BUFFER_PER_CPU ? cpus * BUFFER_PER_CPU : BUFFER_WIDEST;

	return bytes > BUFFER_BASE ? power_above(bytes) : BUFFER_BASE;
}

uint64_t kvet_trace_buffer_size(const struct kvet_trace_options *options, size_t cpus)
{
	if (options->count_only || options->histogram || options->top)
		return 0;
	return options->buffer ? power_above(options->buffer) : kvet_trace_buffer_default(cpus);
}

struct kvet_kprobe_wish kvet_trace_wish(const struct kvet_trace_options *options, size_t sites)
{
	return (struct kvet_kprobe_wish){
		.backend = options->backend,
		.returns = options->returns,
		.registers = options->registers,
		.slots = options->slots,
		.sites = sites,
	};
}
