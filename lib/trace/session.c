/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A session in the kernel: the BPF object, a program and a kprobe for each site. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/config.h"
#include "trace/decode.h"

#include "bpf/trace.skel.h"

/* Calls that can be under way at a time, of all sites. */
#define CALLS_MOST 16384

/* One armed (or refused) site. */
struct armed {
	/* The program that counts, and where the site is a return, the one at the entry. */
	struct {
		int prog_fd;
		int event_fd;
	} hit, entry;
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
	struct trace_config config;
	struct ring_buffer *ring;
	struct delivery delivery;
	struct armed *armed;
	size_t count;
	struct kvet_host host;
	const struct kvet_kprobe_site *const *sites; /* the caller's */
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

/* The cgroup that a filter names goes into its map as an open directory. */
static int set_cgroup(const struct kvet_trace *trace, const char *path, struct kvet_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int errnum = errno;
	__u32 key = 0;

	if (fd < 0)
		return kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum));
	errno = 0;
	if (!bpf_map_update_elem(bpf_map__fd(trace->bpf->maps.cgroups), &key, &fd, BPF_ANY))
		return 0;
	errnum = errno;
	kvet_fail(err, errnum, "bpf(BPF_MAP_UPDATE_ELEM)", "%s: not a cgroup of version 2", path);
	return -errnum;
}

static void size_maps(const struct kvet_trace *trace)
{
	__u32 sites = (__u32)trace->count;

	bpf_map__set_max_entries(trace->bpf->maps.counters, sites);
	bpf_map__set_max_entries(trace->bpf->maps.windows, sites);
	if (trace->config.flags & TRACE_HISTOGRAM)
		bpf_map__set_max_entries(trace->bpf->maps.slots, sites * TRACE_SLOTS);
	if (trace->config.flags & TRACE_RETURN)
		bpf_map__set_max_entries(trace->bpf->maps.calls, CALLS_MOST);
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
	trace->bpf->rodata->config = trace->config;
	size_maps(trace);
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

/* A copy of a loaded template, whose map references are already in place, with the site's
 * number in it. */
static int load_site_program(const struct bpf_program *template, uint32_t index, int *fd,
			     struct kvet_error *err)
{
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
	*fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, bpf_program__name(template), "Dual BSD/GPL",
			    insns, count, NULL);
	errnum = errno;
	if (*fd < 0)
		return kvet_fail(err, errnum, "bpf(BPF_PROG_LOAD)", "%s", strerror(errnum));
	return 0;
}

/* Arms a site; its state becomes the kernel's verdict. The entry first: a return that fires
 * before it would have no duration. */
static int arm(struct kvet_trace *trace, size_t index, const struct kvet_host *host,
	       const struct kvet_kprobe_facts *facts, const struct kvet_kprobe_site *site,
	       struct kvet_error *err)
{
	struct armed *armed = &trace->armed[index];
	struct kvet_trace_site *state = &armed->state;
	bool returns = trace->config.flags & TRACE_RETURN;
	int ret;

	if (returns) {
		ret = load_site_program(trace->bpf->progs.kvet_entry, (uint32_t)index,
					&armed->entry.prog_fd, err);
		if (ret)
			return ret;
		state->verdict = kvet_kprobe_attach(host, facts, site, false, armed->entry.prog_fd,
						    &armed->entry.event_fd, &state->cause);
		if (state->verdict != KVET_YES)
			return 0;
	}
	ret = load_site_program(trace->bpf->progs.kvet_trace, (uint32_t)index, &armed->hit.prog_fd,
				err);
	if (!ret)
		state->verdict = kvet_kprobe_attach(host, facts, site, returns, armed->hit.prog_fd,
						    &armed->hit.event_fd, &state->cause);
	return ret;
}

static int arm_all(struct kvet_trace *trace, const struct kvet_host *host,
		   const struct kvet_kprobe_facts *facts,
		   const struct kvet_kprobe_site *const *sites, struct kvet_error *err)
{
	for (size_t i = 0; i < trace->count; i++) {
		struct armed *armed = &trace->armed[i];
		int ret;

		armed->state.verdict = sites[i]->verdict;
		armed->state.cause = sites[i]->cause;
		if (sites[i]->verdict != KVET_YES)
			continue;
		ret = arm(trace, i, host, facts, sites[i], err);
		if (ret)
			return ret;
	}
	return 0;
}

int kvet_trace_open(struct kvet_trace **out, const struct kvet_host *host,
		    const struct kvet_kprobe_site *const *sites, size_t count,
		    const struct kvet_trace_options *options, struct kvet_error *err)
{
	static const struct kvet_trace_options plain;
	AUTO(kvet_trace) *trace = calloc(1, sizeof(*trace));
	struct kvet_kprobe_facts facts;
	struct kvet_cause cause;
	int ret;

	if (!trace)
		return kvet_fail_memory(err);
	if (!options)
		options = &plain;
	ret = kvet_trace_config(options, &trace->config, err);
	if (ret)
		return ret;
	kvet_kprobe_facts_read(host, &facts);
	if (kvet_kprobe_usable(&facts, &cause) != KVET_YES) {
		if (err)
			err->cause = cause;
		return -EOPNOTSUPP;
	}
	trace->armed = calloc(count ? count : 1, sizeof(*trace->armed));
	if (!trace->armed)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct armed *armed = &trace->armed[i];

		armed->hit.prog_fd = armed->hit.event_fd = -1;
		armed->entry.prog_fd = armed->entry.event_fd = -1;
	}
	trace->count = trace->delivery.sites = count;
	trace->sites = sites;
	if (host)
		trace->host = *host;
	ret = load_object(trace, &facts, err);
	if (!ret && options->cgroup)
		ret = set_cgroup(trace, options->cgroup, err);
	if (!ret)
		ret = arm_all(trace, host, &facts, sites, err);
	if (ret)
		return ret;
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

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void disarm(struct kvet_trace *trace)
{
	/* Closing waits for an RCU grace period: after it, no handler is under way. */
	for (size_t i = 0; i < trace->count; i++) {
		struct armed *armed = &trace->armed[i];

		close_fd(&armed->hit.event_fd);
		close_fd(&armed->hit.prog_fd);
		close_fd(&armed->entry.event_fd);
		close_fd(&armed->entry.prog_fd);
	}
}

/* Where the probes really are: now, for what was put in by a jump was so only some time after
 * it was armed. */
static void look_where(struct kvet_trace *trace)
{
	AUTO_FREE struct kvet_kprobe_armed *armed = calloc(trace->count + 1, sizeof(*armed));

	if (!armed)
		return;
	kvet_kprobe_armed_read(&trace->host, trace->sites, trace->count,
			       trace->config.flags & TRACE_RETURN, armed);
	for (size_t i = 0; i < trace->count; i++)
		if (trace->armed[i].hit.event_fd >= 0)
			trace->armed[i].state.armed = armed[i];
}

int kvet_trace_stop(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_error *err)
{
	trace->bpf->bss->running = 0;
	look_where(trace);
	disarm(trace);
	return kvet_trace_poll(trace, sink, context, err);
}

/* Looks up the values that a per-CPU map has for a key, one for each CPU that there may be.
 * The caller frees them. */
static int read_cpus(const struct bpf_map *map, __u32 key, size_t size, void **values,
		     size_t *count, struct kvet_error *err)
{
	int cpus = libbpf_num_possible_cpus(), errnum;
	AUTO_FREE void *found = NULL;

	if (cpus < 0)
		return kvet_fail(err, -cpus, "/sys/devices/system/cpu/possible", "%s",
				 strerror(-cpus));
	found = calloc((size_t)cpus, size);
	if (!found)
		return kvet_fail_memory(err);
	errno = 0;
	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, found)) {
		errnum = errno;
		return kvet_fail(err, errnum, "bpf(BPF_MAP_LOOKUP_ELEM)", "%s", strerror(errnum));
	}
	*values = TAKE(found);
	*count = (size_t)cpus;
	return 0;
}

int kvet_trace_site_read(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
			 struct kvet_error *err)
{
	AUTO_FREE void *counters = NULL;
	size_t cpus;
	int ret;

	ret = read_cpus(trace->bpf->maps.counters, (__u32)index, sizeof(struct trace_counters),
			&counters, &cpus, err);
	if (ret)
		return ret;
	*site = trace->armed[index].state;
	kvet_trace_sum(counters, cpus, site);
	return 0;
}

int kvet_trace_histogram_read(const struct kvet_trace *trace, size_t index,
			      uint64_t slots[KVET_TRACE_SLOTS], struct kvet_error *err)
{
	uint64_t sums[TRACE_SLOTS] = { 0 };

	for (__u32 slot = 0; slot < TRACE_SLOTS; slot++) {
		AUTO_FREE void *values = NULL;
		size_t cpus;
		int ret = read_cpus(trace->bpf->maps.slots, (__u32)index * TRACE_SLOTS + slot,
				    sizeof(uint64_t), &values, &cpus, err);

		if (ret)
			return ret;
		for (size_t i = 0; i < cpus; i++)
			sums[slot] += ((const uint64_t *)values)[i];
	}
	memcpy(slots, sums, sizeof(sums));
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
