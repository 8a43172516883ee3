/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The modules that sites wait for: when the kernel loads and unloads them, by bpf/modules.bpf.c. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/fail.h"
#include "module_record.h"
#include "trace/session.h"

#include "bpf/modules.skel.h"

static_assert(KVET_TRACE_MODULE_SIZE == MODULE_NAME_SIZE, "names of modules");
static_assert(KVET_TRACE_COMM_SIZE == MODULE_COMM_SIZE, "names of tasks");

bool kvet_trace_waits(const struct kvet_trace *trace)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->sites[i]->waits)
			return true;
	return false;
}

static bool is_awaited(const struct kvet_trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->sites[i]->waits && !strcmp(trace->sites[i]->module, name))
			return true;
	return false;
}

/* The ring buffer's callback. */
static int on_change(void *context, void *data, size_t size)
{
	struct kvet_trace *trace = context;
	const struct module_record *record = data;
	struct kvet_trace_module module;

	if (size < sizeof(*record))
		return 0;
	trace->unloaded += !record->loaded;
	if (!trace->module_sink)
		return 0;
	module = (struct kvet_trace_module){ .boot_ns = record->boot_ns,
					     .mono_ns = record->mono_ns,
					     .loaded = record->loaded != 0 };
	snprintf(module.name, sizeof(module.name), "%.*s", (int)sizeof(record->name), record->name);
	snprintf(module.comm, sizeof(module.comm), "%.*s", (int)sizeof(record->comm) - 1,
		 record->comm);
	if (is_awaited(trace, module.name))
		trace->module_sink(trace->module_context, &module);
	return 0;
}

/* libbpf does not say which call was refused. */
static int load(struct kvet_trace *trace, struct kvet_cause *err)
{
	int errnum;

	errno = 0;
	trace->modules = modules_bpf__open_and_load();
	errnum = errno;
	if (trace->modules)
		return 0;
	return kvet_fail(err, errnum, "bpf(BPF_PROG_LOAD)", "the tracepoints of modules: %s",
			 strerror(errnum));
}

static struct ring_buffer *open_ring(struct kvet_trace *trace)
{
	errno = 0;
	return ring_buffer__new(bpf_map__fd(trace->modules->maps.changes), on_change, trace, NULL);
}

int kvet_trace_modules_open(struct kvet_trace *trace, struct kvet_cause *err)
{
	int ret = load(trace, err), errnum;

	if (ret)
		return ret;
	errno = 0;
	ret = modules_bpf__attach(trace->modules);
	errnum = ret < 0 ? -ret : errno;
	if (ret)
		return kvet_fail(err, errnum, "perf_event_open(tracepoint)",
				 "module:module_load and module:module_free: %s", strerror(errnum));
	trace->module_ring = open_ring(trace);
	trace->ring = trace->module_ring ? open_ring(trace) : NULL;
	errnum = errno;
	return trace->ring ? 0
			   : kvet_fail(err, errnum, "mmap(ring buffer)", "%s", strerror(errnum));
}

void kvet_trace_modules_poll(const struct kvet_trace *trace)
{
	if (trace->module_ring)
		(void)ring_buffer__consume(trace->module_ring);
}

bool kvet_trace_modules_steady(const struct kvet_trace *trace)
{
	return !trace->modules || trace->modules->bss->unloaded == trace->unloaded;
}

uint64_t kvet_trace_modules_lost(const struct kvet_trace *trace)
{
	return trace->modules ? trace->modules->bss->lost : 0;
}

void kvet_trace_modules_close(struct kvet_trace *trace)
{
	ring_buffer__free(trace->module_ring);
	modules_bpf__destroy(trace->modules);
	trace->modules = NULL;
}
