/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A session in the kernel: the BPF object, a program and a kprobe for each site. */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/trace.skel.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/decode.h"

/* One armed (or refused) site. */
struct armed {
	int prog_fd;
	int event_fd;
	struct kvet_trace_site state;
};

/* Where the ring buffer's callback delivers to. */
struct delivery {
	kvet_trace_sink sink;
	void *context;
	size_t sites;
	int failure;
};

struct kvet_trace {
	struct trace_bpf *bpf;
	struct ring_buffer *ring;
	struct delivery delivery;
	struct armed *armed;
	size_t count;
};

/* The name that AUTO() expects. */
static void kvet_trace_free(struct kvet_trace *trace)
{
	kvet_trace_close(trace);
}
AUTO_DEFINE(kvet_trace)

static int on_record(void *context, void *data, size_t size)
{
	struct delivery *delivery = context;
	struct kvet_trace_event event;
	int ret = kvet_trace_decode(data, size, delivery->sites, &event);

	if (ret) {
		delivery->failure = ret;
		return ret;
	}
	return delivery->sink(delivery->context, &event);
}

/* --- opening ------------------------------------------------------------------------------- */

static int fail_load(int errnum, const char *what, const char *log,
		     const struct kvet_kprobe_facts *facts, struct kvet_error *err)
{
	kvet_fail(err, errnum, what, "%s", *log ? log : strerror(errnum));
	if ((errnum == EPERM || errnum == EACCES) && *facts->missing && err) {
		kvet_cause_fill(&err->cause, errnum, what, "%s missing", facts->missing);
		kvet_cause_remedy(&err->cause, "run as root, or with %s", facts->missing);
	}
	return -errnum;
}

/* Loads the object. The template program goes along with it, which proves that the
 * verifier takes it; the sites' own are copies of it. */
static int load_object(struct kvet_trace *trace, const struct kvet_kprobe_facts *facts,
		       struct kvet_error *err)
{
	static const size_t log_size = 64 * 1024;
	AUTO_FREE char *log = calloc(1, log_size);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log, .kernel_log_size = log_size);
	int errnum;

	if (!log)
		return kvet_fail_memory(err);
	errno = 0;
	trace->bpf = trace_bpf__open_opts(&opts);
	errnum = errno;
	if (!trace->bpf)
		return fail_load(errnum, "bpf_object__open", "", facts, err);
	bpf_map__set_max_entries(trace->bpf->maps.counters, (__u32)trace->count);
	errno = 0;
	if (trace_bpf__load(trace->bpf)) {
		errnum = errno;
		return fail_load(errnum, "bpf(BPF_PROG_LOAD)", log, facts, err);
	}
	errno = 0;
	trace->ring = ring_buffer__new(bpf_map__fd(trace->bpf->maps.events), on_record,
				       &trace->delivery, NULL);
	errnum = errno;
	if (!trace->ring)
		return fail_load(errnum, "mmap(ring buffer)", "", facts, err);
	return 0;
}

/* A copy of the loaded template, whose map references are already in place, with the
 * site's number in it. */
static int load_site_program(const struct kvet_trace *trace, uint32_t index, int *fd,
			     struct kvet_error *err)
{
	const struct bpf_program *template = trace->bpf->progs.kvet_trace;
	size_t count = bpf_program__insn_cnt(template);
	AUTO_FREE struct bpf_insn *insns = reallocarray(NULL, count, sizeof(*insns));
	int errnum;

	if (!insns)
		return kvet_fail_memory(err);
	memcpy(insns, bpf_program__insns(template), count * sizeof(*insns));
	if (kvet_trace_patch(insns, count, index) != 1)
		return kvet_fail(err, EPROTO, "bpf/trace.bpf.c",
				 "the site's mark is not there once");
	errno = 0;
	*fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "kvet_trace", "Dual BSD/GPL", insns, count, NULL);
	errnum = errno;
	if (*fd < 0)
		return kvet_fail(err, errnum, "bpf(BPF_PROG_LOAD)", "%s", strerror(errnum));
	return 0;
}

int kvet_trace_open(struct kvet_trace **out, const struct kvet_host *host,
		    const struct kvet_kprobe_site *const *sites, size_t count,
		    struct kvet_error *err)
{
	AUTO(kvet_trace) *trace = calloc(1, sizeof(*trace));
	struct kvet_kprobe_facts facts;
	struct kvet_cause cause;
	int ret;

	if (!trace)
		return kvet_fail_memory(err);
	kvet_kprobe_facts_read(host, &facts);
	if (kvet_kprobe_usable(&facts, &cause) != KVET_YES) {
		if (err)
			err->cause = cause;
		return -EOPNOTSUPP;
	}
	trace->armed = calloc(count ? count : 1, sizeof(*trace->armed));
	if (!trace->armed)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		trace->armed[i].prog_fd = trace->armed[i].event_fd = -1;
	trace->count = trace->delivery.sites = count;
	ret = load_object(trace, &facts, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < count; i++) {
		struct armed *armed = &trace->armed[i];

		armed->state.verdict = sites[i]->verdict;
		armed->state.cause = sites[i]->cause;
		if (sites[i]->verdict != KVET_YES)
			continue;
		ret = load_site_program(trace, (uint32_t)i, &armed->prog_fd, err);
		if (ret)
			return ret;
		armed->state.verdict = kvet_kprobe_attach(host, &facts, sites[i], armed->prog_fd,
							  &armed->event_fd, &armed->state.cause);
	}
	*out = TAKE(trace);
	return 0;
}

void kvet_trace_start(struct kvet_trace *trace)
{
	trace->bpf->bss->running = 1;
}

/* --- events ---------------------------------------------------------------------------------- */

int kvet_trace_fd(const struct kvet_trace *trace)
{
	return ring_buffer__epoll_fd(trace->ring);
}

int kvet_trace_poll(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_error *err)
{
	struct delivery *delivery = &trace->delivery;

	delivery->sink = sink;
	delivery->context = context;
	delivery->failure = 0;
	/* Its only failures are those of our callback: the sink's wish to end, and ours. */
	(void)ring_buffer__consume(trace->ring);
	if (delivery->failure)
		return kvet_fail(err, -delivery->failure, "ring buffer",
				 "a record is not one of ours");
	return 0;
}

static void disarm(struct kvet_trace *trace)
{
	/* Closing waits for an RCU grace period: after it, no handler is under way. */
	for (size_t i = 0; i < trace->count; i++) {
		struct armed *armed = &trace->armed[i];

		if (armed->event_fd >= 0)
			close(armed->event_fd);
		if (armed->prog_fd >= 0)
			close(armed->prog_fd);
		armed->event_fd = armed->prog_fd = -1;
	}
}

int kvet_trace_stop(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_error *err)
{
	trace->bpf->bss->running = 0;
	disarm(trace);
	return kvet_trace_poll(trace, sink, context, err);
}

int kvet_trace_site_read(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
			 struct kvet_error *err)
{
	int cpus = libbpf_num_possible_cpus(), errnum;
	AUTO_FREE struct trace_counters *counters = NULL;
	__u32 key = (__u32)index;

	if (cpus < 0)
		return kvet_fail(err, -cpus, "/sys/devices/system/cpu/possible", "%s",
				 strerror(-cpus));
	counters = calloc((size_t)cpus, sizeof(*counters));
	if (!counters)
		return kvet_fail_memory(err);
	errno = 0;
	if (bpf_map_lookup_elem(bpf_map__fd(trace->bpf->maps.counters), &key, counters)) {
		errnum = errno;
		return kvet_fail(err, errnum, "bpf(BPF_MAP_LOOKUP_ELEM)", "%s", strerror(errnum));
	}
	*site = trace->armed[index].state;
	kvet_trace_sum(counters, (size_t)cpus, site);
	return 0;
}

void kvet_trace_close(struct kvet_trace *trace)
{
	if (!trace)
		return;
	disarm(trace);
	ring_buffer__free(trace->ring);
	trace_bpf__destroy(trace->bpf);
	free(trace->armed);
	free(trace);
}
