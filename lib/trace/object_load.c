/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads bpf/trace.bpf.c, with the programs that this kernel supports. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/needs.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/decode.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"

#include <kvet/refusal.h>

/* Calls under way at a time that can be followed, at all sites together. */
#define CALLS_MOST 16384

/* Roots under way at a time. */
#define NESTS_MOST 1024

/* Up to this many sites, each gets its own copy of the program with the site's number in it:
 * loading takes longer, but a hit saves the call for its cookie. */
#define COPIES_MOST 8

/* Tasks of the process tree that is followed, at a time. */
#define TREE_MOST 16384

/* Tasks or stacks for which hits can be counted. */
#define TOP_MOST 16384

/* The maps that keep the arguments of calls under way, whose strings take the most. */
static void size_kept(const struct kvet_trace *trace)
{
	__u32 size = sizeof(struct trace_kept);

	if (!(trace->config.flags & TRACE_PRINT))
		size = trace->config.flags & TRACE_STRINGS
			       ? offsetof(struct trace_kept, arguments.prints)
			       : offsetof(struct trace_kept, arguments.string_sizes);
	bpf_map__set_value_size(trace->bpf->maps.kept, size);
	bpf_map__set_value_size(trace->bpf->maps.drafts, size);
	bpf_map__set_max_entries(trace->bpf->maps.kept, CALLS_MOST);
}

static void size_maps(const struct kvet_trace *trace)
{
	__u32 sites = (__u32)trace->count;

	/* own_room() of bpf/moment.bpf.h. */
	if (trace->programs[TRACE_MODE_FENTRY].hit) {
		bpf_map__set_max_entries(trace->bpf->maps.drafts, sites);
		bpf_map__set_max_entries(trace->bpf->maps.texts, sites);
	}

	/* The programs name the buffer even if they send nothing. */
	bpf_map__set_max_entries(trace->bpf->maps.events,
				 (__u32)(trace->buffer ? trace->buffer : KVET_TRACE_BUFFER_LEAST));
	bpf_map__set_max_entries(trace->bpf->maps.counters, sites);
	bpf_map__set_max_entries(trace->bpf->maps.windows, sites);
	if (trace->config.flags & TRACE_STRINGS)
		bpf_map__set_max_entries(trace->bpf->maps.string_args, sites);
	if (trace->config.flags & TRACE_PRINT)
		bpf_map__set_max_entries(trace->bpf->maps.paths, sites * TRACE_PRINTS);
	if (trace->config.flags & TRACE_SYSCALLS)
		bpf_map__set_max_entries(trace->bpf->maps.wrappers, sites);
	if (trace->config.conditions) {
		bpf_map__set_max_entries(trace->bpf->maps.terms, sites * trace->config.conditions);
		bpf_map__set_max_entries(trace->bpf->maps.patterns, trace->config.conditions);
	}
	if (trace->config.flags & TRACE_TOP) {
		bpf_map__set_max_entries(trace->bpf->maps.top, TOP_MOST);
		if (trace->config.top_by == TRACE_TOP_STACK)
			bpf_map__set_max_entries(trace->bpf->maps.stacks, TOP_MOST);
		if (trace->config.flags & TRACE_USER_STACK)
			bpf_map__set_max_entries(trace->bpf->maps.user_stacks, TOP_MOST);
	}
	if (trace->config.flags & TRACE_BY_TREE)
		bpf_map__set_max_entries(trace->bpf->maps.tree, TREE_MOST);
	if (trace->config.flags & TRACE_HISTOGRAM)
		bpf_map__set_max_entries(trace->bpf->maps.histograms, sites);
	if (trace->config.flags & TRACE_RETURN) {
		bpf_map__set_max_entries(trace->bpf->maps.returns, sites);
		if (trace->config.flags & TRACE_NEST)
			bpf_map__set_max_entries(trace->bpf->maps.nests, NESTS_MOST);
		else
			bpf_map__set_max_entries(trace->bpf->maps.calls,
						 CALLS_MOST + TRACE_LASTING_MOST);
	}
	if ((trace->config.flags & TRACE_RETURN) && (trace->config.flags & TRACE_ARGUMENTS) &&
	    !(trace->config.flags & TRACE_NEST))
		size_kept(trace);
}

/* libbpf does not say which call the kernel refused. Maps that exist already leave it only the
 * programs, and its two internal maps (.rodata, .bss). */
static int create_maps(const struct kvet_trace *trace, struct kvet_cause *err)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, trace->bpf->obj)
	{
		const struct kvet_bpf_map wanted = { .type = bpf_map__type(map),
						     .name = bpf_map__name(map),
						     .key_size = bpf_map__key_size(map),
						     .value_size = bpf_map__value_size(map),
						     .entries = bpf_map__max_entries(map),
						     .flags = bpf_map__map_flags(map),
						     .needed = kvet_bpf_program_needs(
							     BPF_PROG_TYPE_KPROBE) };
		AUTO_CLOSE int fd = -1;
		int ret;

		if (!bpf_map__autocreate(map) || bpf_map__is_internal(map))
			continue;
		fd = kvet_bpf_own_map(&trace->host, &wanted, err);
		if (fd < 0)
			return fd;
		ret = bpf_map__reuse_fd(map, fd);
		if (ret)
			return kvet_fail(err, -ret, "bpf_map__reuse_fd", "%s", strerror(-ret));
	}
	return 0;
}

/* The programs of a mode, of the shape that has the flags. */
static struct trace_pair pair_of(const struct kvet_trace *trace, int mode)
{
	const struct trace_bpf *bpf = trace->bpf;
	const struct trace_pair light[TRACE_MODE_COUNT] = {
		[TRACE_MODE_MARK] = { bpf->progs.kvet_lmark, bpf->progs.kvet_lmark_in },
		[TRACE_MODE_COOKIE] = { bpf->progs.kvet_lcookie, bpf->progs.kvet_lcookie_in },
		[TRACE_MODE_MULTI] = { bpf->progs.kvet_lmulti, bpf->progs.kvet_lmulti_in },
		[TRACE_MODE_FENTRY] = { bpf->progs.kvet_ltramp, bpf->progs.kvet_ltramp_in },
	};
	const struct trace_pair any[TRACE_MODE_COUNT] = {
		[TRACE_MODE_MARK] = { bpf->progs.kvet_mark, bpf->progs.kvet_mark_in },
		[TRACE_MODE_COOKIE] = { bpf->progs.kvet_cookie, bpf->progs.kvet_cookie_in },
		[TRACE_MODE_MULTI] = { bpf->progs.kvet_multi, bpf->progs.kvet_multi_in },
		[TRACE_MODE_FENTRY] = { bpf->progs.kvet_tramp, bpf->progs.kvet_tramp_in },
	};

	return trace->config.flags & TRACE_HEAVY ? any[mode] : light[mode];
}

/* Leaves only the programs of these modes, a bit each, to be loaded. */
static void take_programs(struct kvet_trace *trace, unsigned int modes)
{
	bool tree = trace->config.flags & TRACE_BY_TREE;
	struct bpf_program *program;

	bpf_object__for_each_program(program, trace->bpf->obj)
		bpf_program__set_autoload(program, false);
	bpf_program__set_autoload(trace->bpf->progs.kvet_fork, tree);
	bpf_program__set_autoload(trace->bpf->progs.kvet_free, tree);
	for (int m = 0; m < TRACE_MODE_COUNT; m++) {
		struct trace_pair *pair = &trace->programs[m];

		*pair = (struct trace_pair){ 0 };
		if (!(modes & 1U << m))
			continue;
		*pair = pair_of(trace, m);
		bpf_program__set_autoload(pair->hit, true);
		bpf_program__set_autoload(pair->entry, trace->config.flags & TRACE_RETURN);
	}
}

static int load_object(struct kvet_trace *trace, const char *log, struct kvet_cause *err)
{
	int ret = create_maps(trace, err), errnum;

	if (ret)
		return ret;
	errno = 0;
	ret = trace_bpf__load(trace->bpf);
	errnum = errno;
	return ret ? kvet_bpf_fail(&trace->host, errnum, "bpf(BPF_PROG_LOAD)",
				   kvet_bpf_program_needs(BPF_PROG_TYPE_KPROBE), log, err)
		   : 0;
}

/* Loads the programs of these modes. */
static int load_as(struct kvet_trace *trace, unsigned int modes, char *log, size_t log_size,
		   struct kvet_cause *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log, .kernel_log_size = log_size);
	int ret;

	/* The skeleton is part of kvet: this fails only without memory. */
	trace->bpf = trace_bpf__open_opts(&opts);
	if (!trace->bpf)
		return kvet_fail_memory(err);
	trace->bpf->rodata->config = trace->config;
	take_programs(trace, modes);
	size_maps(trace);
	*log = '\0';
	ret = load_object(trace, log, err);
	if (!ret)
		return 0;
	trace_bpf__destroy(trace->bpf);
	trace->bpf = NULL;
	if (ret == -EMFILE)
		kvet_trace_explain_files(&trace->host, err);
	return ret;
}

int kvet_trace_load(struct kvet_trace *trace, const struct kvet_kprobe_route *route,
		    struct kvet_cause *err)
{
	static const size_t log_size = 64 * 1024;
	AUTO_FREE char *log = calloc(1, log_size);
	const unsigned int mark = 1U << TRACE_MODE_MARK, cookie = 1U << TRACE_MODE_COOKIE;
	unsigned int one = trace->count <= COPIES_MOST ? mark : cookie;
	unsigned int more = (route->multi ? 1U << TRACE_MODE_MULTI : 0) |
			    (route->fentry ? 1U << TRACE_MODE_FENTRY : 0);
	int ret;

	if (!log)
		return kvet_fail_memory(err);
	ret = load_as(trace, one | more, log, log_size, err);
	if (ret && more)
		ret = load_as(trace, one, log, log_size, err);
	/* Kernels before 5.15 have no cookies. */
	if (ret && one != mark)
		ret = load_as(trace, mark, log, log_size, err);
	return ret;
}

int kvet_trace_load_copy(const struct kvet_host *host, const struct bpf_program *template,
			 const struct kvet_bpf_program *as, uint32_t mark, int *fd,
			 struct kvet_cause *err)
{
	size_t count = bpf_program__insn_cnt(template);
	AUTO_FREE struct bpf_insn *insns = reallocarray(NULL, count, sizeof(*insns));
	struct kvet_bpf_program program = *as;

	program.name = bpf_program__name(template);
	program.insns = insns;
	program.count = count;
	if (!insns)
		return kvet_fail_memory(err);
	memcpy(insns, bpf_program__insns(template), count * sizeof(*insns));
	if (kvet_trace_patch(insns, count, mark) != 1)
		return kvet_reject(err, EPROTO, "bpf/trace.bpf.c",
				   "the site's mark is not there exactly once");
	*fd = kvet_bpf_own_program(host, &program, err);
	if (*fd == -EMFILE)
		kvet_trace_explain_files(host, err);
	return *fd < 0 ? *fd : 0;
}
