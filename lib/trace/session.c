/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A session: the functions of <kvet/trace.h>. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/conditions.h"
#include "trace/decode.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"

/* The name that AUTO() expects. */
static void kvet_trace_free(struct kvet_trace *trace)
{
	kvet_trace_close(trace);
}
AUTO_DEFINE(kvet_trace)

/* A trampoline's program is called by the trampoline: it has no registers of the function, and its
 * stack begins with both. */
static void complete_trampoline(const struct kvet_trace *trace, struct kvet_trace_event *event)
{
	const struct kvet_kprobe_site *site = trace->sites[event->site];

	if (trace->armed[event->site].state.backend != KVET_KPROBE_FENTRY)
		return;
	event->ip = site->address;
	kvet_trace_trim(site, event->frames, &event->frame_count);
}

static int on_record(void *context, void *data, size_t size)
{
	struct delivery *delivery = context;
	struct kvet_trace_event event;
	int ret = kvet_trace_decode(data, size, delivery->sites, delivery->flags, &event);

	if (ret) {
		delivery->failure = ret;
		return ret;
	}
	complete_trampoline(delivery->trace, &event);
	kvet_trace_modules_poll(delivery->trace);
	return delivery->sink(delivery->context, &event);
}

/* --- opening --------------------------------------------------------------------------------- */

/* Puts the filter's cgroup into its map, as an open directory. */
static int set_cgroup(const struct kvet_trace *trace, const char *path, struct kvet_cause *err)
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
	/* For a directory that is not a cgroup of version 2 the kernel returns EBADF
	 * (cgroup_get_from_fd()). */
	return kvet_fail(err, errnum, "bpf(BPF_MAP_UPDATE_ELEM)", "%s: %s", path,
			 errnum == EBADF ? "not a cgroup v2 directory" : strerror(errnum));
}

static int set_entry(const struct bpf_map *map, __u32 key, const void *value,
		     struct kvet_cause *err)
{
	int errnum;

	errno = 0;
	if (!bpf_map_update_elem(bpf_map__fd(map), &key, value, BPF_ANY))
		return 0;
	errnum = errno;
	return kvet_fail(err, errnum, "bpf(BPF_MAP_UPDATE_ELEM)", "%s", strerror(errnum));
}

static int set_strings(const struct kvet_trace *trace, const uint32_t *masks,
		       struct kvet_cause *err)
{
	int ret = 0;

	for (__u32 i = 0; i < trace->count && !ret; i++)
		ret = set_entry(trace->bpf->maps.string_args, i, &masks[i], err);
	return ret;
}

static int set_wrappers(const struct kvet_trace *trace, struct kvet_cause *err)
{
	int ret = 0;

	for (__u32 i = 0; i < trace->count && !ret; i++) {
		__u32 wrapper = trace->sites[i]->syscall;

		ret = set_entry(trace->bpf->maps.wrappers, i, &wrapper, err);
	}
	return ret;
}

static int set_paths(const struct kvet_trace *trace, const struct kvet_trace_options *options,
		     struct kvet_cause *err)
{
	size_t each = options->expression_count;
	int ret = 0;

	for (size_t i = 0; i < trace->count * each && !ret; i++) {
		struct trace_path path =
			kvet_trace_path(&options->expressions[i], options->strings);

		ret = set_entry(trace->bpf->maps.paths, (__u32)(i / each * TRACE_PRINTS + i % each),
				&path, err);
	}
	return ret;
}

static int set_conditions(const struct kvet_trace *trace, const struct kvet_trace_options *options,
			  struct kvet_cause *err)
{
	AUTO_FREE struct trace_pattern *pattern = malloc(sizeof(*pattern));
	size_t each = options->condition_count;
	int ret = 0;

	if (!pattern)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < each && !ret; i++)
		if (kvet_trace_pattern(&options->conditions[i], pattern))
			ret = set_entry(trace->bpf->maps.patterns, (__u32)i, pattern, err);
	for (size_t i = 0; i < trace->count * each && !ret; i++) {
		struct trace_term term =
			kvet_trace_term(&options->conditions[i % each], &options->terms[i]);

		ret = set_entry(trace->bpf->maps.terms, (__u32)i, &term, err);
	}
	return ret;
}

static int open_ring(struct kvet_trace *trace, struct kvet_cause *err)
{
	int events = bpf_map__fd(trace->bpf->maps.events), failed = 0, errnum;

	errno = 0;
	if (trace->ring)
		failed = ring_buffer__add(trace->ring, events, on_record, &trace->delivery);
	else
		trace->ring = ring_buffer__new(events, on_record, &trace->delivery, NULL);
	errnum = failed ? -failed : errno;
	return trace->ring && !failed
		       ? 0
		       : kvet_fail(err, errnum, "mmap(ring buffer)", "%s", strerror(errnum));
}

int kvet_trace_open(struct kvet_trace **out, const struct kvet_host *host,
		    const struct kvet_kprobe_site *const *sites, size_t count,
		    const struct kvet_trace_options *options, struct kvet_cause *err)
{
	static const struct kvet_trace_options plain;
	AUTO(kvet_trace) *trace = calloc(1, sizeof(*trace));
	struct kvet_kprobe_route route;
	struct kvet_kprobe_wish wish;
	struct kvet_cause cause;
	int ret, cpus;

	if (!trace)
		return kvet_fail_memory(err);
	if (!options)
		options = &plain;
	ret = kvet_trace_config(options, &trace->config, err);
	if (ret)
		return ret;
	kvet_kprobe_facts_read(host, &trace->facts);
	if (kvet_kprobe_usable(&trace->facts, &cause) != KVET_YES) {
		/* Why neither PMU nor kprobe_events was found: the kernel's configuration may
		 * tell. */
		if (trace->facts.config == KVET_CONFIG_UNKNOWN)
			kvet_remedy_here(host, KVET_NEED_BOOT, &cause);
		if (err)
			*err = cause;
		return -EOPNOTSUPP;
	}
	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	if (kvet_trace_permitted(host, options, &cause) != KVET_YES) {
		if (err)
			*err = cause;
		return -EPERM;
	}
	trace->armed = calloc(count ? count : 1, sizeof(*trace->armed));
	if (!trace->armed)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct armed *armed = &trace->armed[i];

		armed->hit = armed->entry = (struct kvet_kprobe_attached){ -1, -1 };
	}
	trace->count = trace->delivery.sites = count;
	trace->delivery.trace = trace;
	trace->sites = sites;
	if (host)
		trace->host = *host;
	if (!options->self)
		kvet_trace_leave_own(trace);
	trace->delivery.flags = trace->config.flags;
	wish = kvet_trace_wish(options, count);
	trace->ways = kvet_kprobe_ways_open(host, &trace->facts, &wish);
	if (!trace->ways)
		return kvet_fail_memory(err);
	cpus = libbpf_num_possible_cpus();
	trace->buffer = kvet_trace_buffer_size(options, cpus > 0 ? (size_t)cpus : 1);
	trace->progress = options->progress;
	trace->progress_context = options->progress_context;
	trace->module_sink = options->module_sink;
	trace->module_context = options->module_context;
	trace->fallback = kvet_kprobe_ways_fallback(trace->ways, &trace->pmu_refusal);
	if (!kvet_trace_reads(host, trace->facts.lockdown))
		trace->config.flags |= TRACE_LOCKED;
	route = kvet_kprobe_ways_route(trace->ways);
	ret = kvet_trace_load(trace, &route, err);
	if (!ret && kvet_trace_waits(trace))
		ret = kvet_trace_modules_open(trace, err);
	if (!ret)
		ret = open_ring(trace, err);
	if (!ret && options->strings)
		ret = set_strings(trace, options->string_args, err);
	if (!ret && options->expression_count)
		ret = set_paths(trace, options, err);
	if (!ret && (trace->config.flags & TRACE_SYSCALLS))
		ret = set_wrappers(trace, err);
	if (!ret && options->condition_count)
		ret = set_conditions(trace, options, err);
	if (!ret && options->cgroup)
		ret = set_cgroup(trace, options->cgroup, err);
	if (!ret && options->by_tree)
		ret = kvet_trace_follow_tree(trace, err);
	if (!ret)
		ret = kvet_trace_arm(trace, err);
	if (ret)
		return ret;
	*out = TAKE(trace);
	return 0;
}

void kvet_trace_start(struct kvet_trace *trace)
{
	trace->bpf->bss->phase = TRACE_RUNNING;
}

/* --- events ---------------------------------------------------------------------------------- */

int kvet_trace_fd(const struct kvet_trace *trace)
{
	return ring_buffer__epoll_fd(trace->ring);
}

int kvet_trace_poll(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err)
{
	struct delivery *delivery = &trace->delivery;

	delivery->sink = sink;
	delivery->context = context;
	delivery->failure = 0;
	/* Fails only if the callback does: the sink ended the poll, or the record was malformed. */
	(void)ring_buffer__consume(trace->ring);
	if (delivery->failure)
		return kvet_reject(err, -delivery->failure, "ring buffer",
				   "a record has an unknown format");
	return 0;
}

int kvet_trace_stop(struct kvet_trace *trace, kvet_trace_sink sink, void *context,
		    struct kvet_cause *err)
{
	bool follows = trace->config.flags & TRACE_RETURN;

	trace->bpf->bss->phase = TRACE_ENDING;
	kvet_trace_look(trace);
	if (follows)
		kvet_trace_stacks_read(trace);
	kvet_trace_disarm(trace);
	if (follows)
		kvet_trace_calls_place(trace);
	return kvet_trace_poll(trace, sink, context, err);
}

/* Looks up a key's values in a per-CPU map, one for each possible CPU. The caller frees them. */
static int read_cpus(const struct bpf_map *map, __u32 key, size_t size, void **values,
		     size_t *count, struct kvet_cause *err)
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

static int read_calls(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
		      struct kvet_cause *err)
{
	struct trace_fates fates = trace->armed[index].fates;
	AUTO_FREE void *returns = NULL;
	size_t cpus;
	int ret = read_cpus(trace->bpf->maps.returns, (__u32)index, sizeof(struct trace_returns),
			    &returns, &cpus, err);

	if (ret)
		return ret;
	kvet_trace_close_account(returns, cpus, &fates);
	site->entered = fates.entered;
	site->returned = fates.returned;
	site->inside = fates.inside;
	site->unreturned = fates.unreturned;
	site->unplaced = fates.unplaced;
	return 0;
}

int kvet_trace_site_read(const struct kvet_trace *trace, size_t index, struct kvet_trace_site *site,
			 struct kvet_cause *err)
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
	return trace->config.flags & TRACE_RETURN ? read_calls(trace, index, site, err) : 0;
}

int kvet_trace_histogram_read(const struct kvet_trace *trace, size_t index,
			      uint64_t slots[KVET_TRACE_SLOTS], struct kvet_cause *err)
{
	struct trace_histogram histogram;
	__u32 key = (__u32)index;
	int errnum;

	errno = 0;
	if (bpf_map_lookup_elem(bpf_map__fd(trace->bpf->maps.histograms), &key, &histogram)) {
		errnum = errno;
		return kvet_fail(err, errnum, "bpf(BPF_MAP_LOOKUP_ELEM)", "%s", strerror(errnum));
	}
	memcpy(slots, histogram.slots, sizeof(histogram.slots));
	return 0;
}

uint64_t kvet_trace_buffer(const struct kvet_trace *trace)
{
	return trace->buffer;
}

bool kvet_trace_fallback(const struct kvet_trace *trace, struct kvet_cause *cause)
{
	*cause = trace->pmu_refusal;
	return trace->fallback;
}

bool kvet_trace_armed_unknown(const struct kvet_trace *trace, struct kvet_cause *cause)
{
	*cause = trace->armed_error;
	return trace->unseen;
}

bool kvet_trace_missed(const struct kvet_trace *trace, uint64_t *missed)
{
	*missed = trace->missed;
	return trace->has_missed;
}

void kvet_trace_close(struct kvet_trace *trace)
{
	if (!trace)
		return;
	kvet_trace_disarm(trace);
	for (size_t i = 0; i < TRACE_TREE_LINKS; i++)
		bpf_link__destroy(trace->tree[i]);
	ring_buffer__free(trace->ring);
	kvet_trace_modules_close(trace);
	trace_bpf__destroy(trace->bpf);
	free(trace->armed);
	free(trace->lap.entries);
	kvet_kprobe_many_deinit(&trace->many);
	kvet_trace_stacks_free(trace->stacks);
	kvet_kprobe_facts_deinit(&trace->facts);
	free(trace);
}
