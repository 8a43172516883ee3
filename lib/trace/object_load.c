/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads bpf/trace.bpf.c, with the programs that this kernel supports. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/decode.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"

#include <kvet/refusal.h>

/* Calls under way at a time that can be followed, at all sites together. */
#define CALLS_MOST 16384

/* Up to this many sites, each gets its own copy of the program with the site's number in it:
 * loading takes longer, but a hit saves the call for its cookie. */
#define COPIES_MOST 8

/* Tasks or stacks for which hits can be counted. */
#define TOP_MOST 16384

/* The object has fewer maps. */
#define MAPS_MOST 32

static int fail_load(const struct kvet_host *host, int errnum, const char *what, const char *log,
		     struct kvet_cause *err)
{
	int ret = kvet_bpf_fail(host, errnum, what, log, err);

	if (errnum == EMFILE)
		kvet_trace_explain_files(host, err);
	return ret;
}

/* Which call the kernel refused: libbpf does not say. Maps come before programs, so kvet creates
 * them all again to see whether it was one of them. */
static const char *refused_call(const struct bpf_object *object)
{
	const char *call = "bpf(BPF_PROG_LOAD)";
	const struct bpf_map *map;
	int fds[MAPS_MOST];
	size_t count = 0;

	bpf_object__for_each_map(map, object)
	{
		LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = bpf_map__map_flags(map));

		if (!bpf_map__autocreate(map) || count == MAPS_MOST)
			continue;
		fds[count] =
			bpf_map_create(bpf_map__type(map), NULL, bpf_map__key_size(map),
				       bpf_map__value_size(map), bpf_map__max_entries(map), &opts);
		if (fds[count] == -EPERM) {
			call = "bpf(BPF_MAP_CREATE)";
			break;
		}
		if (fds[count] >= 0)
			count++;
	}
	while (count)
		close(fds[--count]);
	return call;
}

static void size_maps(const struct kvet_trace *trace)
{
	__u32 sites = (__u32)trace->count;

	bpf_map__set_max_entries(trace->bpf->maps.counters, sites);
	bpf_map__set_max_entries(trace->bpf->maps.windows, sites);
	if (trace->config.flags & TRACE_STRINGS)
		bpf_map__set_max_entries(trace->bpf->maps.string_args, sites);
	if (trace->config.flags & TRACE_TOP) {
		bpf_map__set_max_entries(trace->bpf->maps.top, TOP_MOST);
		if (trace->config.top_by == TRACE_TOP_STACK)
			bpf_map__set_max_entries(trace->bpf->maps.stacks, TOP_MOST);
	}
	if (trace->config.flags & TRACE_HISTOGRAM)
		bpf_map__set_max_entries(trace->bpf->maps.histograms, sites);
	if (trace->config.flags & TRACE_RETURN) {
		bpf_map__set_max_entries(trace->bpf->maps.returns, sites);
		bpf_map__set_max_entries(trace->bpf->maps.calls, CALLS_MOST);
	}
}

static void take_programs(struct kvet_trace *trace)
{
	trace->programs[TRACE_MODE_MARK] =
		(struct trace_pair){ trace->bpf->progs.kvet_trace, trace->bpf->progs.kvet_entry };
	trace->programs[TRACE_MODE_COOKIE] =
		(struct trace_pair){ trace->bpf->progs.kvet_cookie,
				     trace->bpf->progs.kvet_cookie_in };
	trace->programs[TRACE_MODE_MULTI] = (struct trace_pair){ trace->bpf->progs.kvet_multi,
								 trace->bpf->progs.kvet_multi_in };
}

/* Loads the programs of one mode; with multi, also those of TRACE_MODE_MULTI. */
static int load_as(struct kvet_trace *trace, enum trace_mode mode, bool multi, char *log,
		   size_t log_size, struct kvet_cause *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log, .kernel_log_size = log_size);
	const char *call;
	int errnum;

	errno = 0;
	trace->bpf = trace_bpf__open_opts(&opts);
	errnum = errno;
	if (!trace->bpf)
		return fail_load(&trace->host, errnum, "bpf_object__open", NULL, err);
	trace->bpf->rodata->config = trace->config;
	take_programs(trace);
	for (int m = 0; m < TRACE_MODE_COUNT; m++) {
		struct trace_pair *pair = &trace->programs[m];
		bool wanted = m == (int)mode || (multi && m == TRACE_MODE_MULTI);

		bpf_program__set_autoload((struct bpf_program *)pair->hit, wanted);
		bpf_program__set_autoload((struct bpf_program *)pair->entry,
					  wanted && (trace->config.flags & TRACE_RETURN));
		if (!wanted)
			*pair = (struct trace_pair){ 0 };
	}
	size_maps(trace);
	*log = '\0';
	errno = 0;
	if (!trace_bpf__load(trace->bpf))
		return 0;
	errnum = errno;
	call = errnum == EPERM ? refused_call(trace->bpf->obj) : "bpf(BPF_PROG_LOAD)";
	trace_bpf__destroy(trace->bpf);
	trace->bpf = NULL;
	return fail_load(&trace->host, errnum, call, log, err);
}

int kvet_trace_load(struct kvet_trace *trace, bool multi, struct kvet_cause *err)
{
	static const size_t log_size = 64 * 1024;
	AUTO_FREE char *log = calloc(1, log_size);
	enum trace_mode mode = trace->count <= COPIES_MOST ? TRACE_MODE_MARK : TRACE_MODE_COOKIE;
	int ret;

	if (!log)
		return kvet_fail_memory(err);
	ret = load_as(trace, mode, multi, log, log_size, err);
	if (ret && multi)
		ret = load_as(trace, mode, false, log, log_size, err);
	/* Kernels before 5.15 have no cookies. */
	if (ret && mode != TRACE_MODE_MARK)
		ret = load_as(trace, TRACE_MODE_MARK, false, log, log_size, err);
	return ret;
}

int kvet_trace_load_copy(const struct kvet_host *host, const struct bpf_program *template,
			 uint32_t index, int *fd, struct kvet_cause *err)
{
	size_t count = bpf_program__insn_cnt(template);
	AUTO_FREE struct bpf_insn *insns = reallocarray(NULL, count, sizeof(*insns));
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_KPROBE,
					    .name = bpf_program__name(template),
					    .insns = insns,
					    .count = count };

	if (!insns)
		return kvet_fail_memory(err);
	memcpy(insns, bpf_program__insns(template), count * sizeof(*insns));
	if (kvet_trace_patch(insns, count, index) != 1)
		return kvet_reject(err, EPROTO, "bpf/trace.bpf.c",
				   "the site's mark is not there exactly once");
	*fd = kvet_bpf_own_program(host, &program, err);
	if (*fd == -EMFILE)
		kvet_trace_explain_files(host, err);
	return *fd < 0 ? *fd : 0;
}
