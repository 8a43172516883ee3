/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hits by task or stack, read from the kernel's maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/decode.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"

static int by_hits(const void *a, const void *b)
{
	const struct trace_top_entry *first = a, *second = b;

	return first->hits < second->hits ? 1 : first->hits > second->hits ? -1 : 0;
}

/* Reads the whole map. It may change meanwhile: new entries come with the next reading. */
static int read_all(int map, struct trace_top_entry **entries, size_t *count,
		    struct kvet_cause *err)
{
	const struct trace_top_key *before = NULL;
	struct trace_top_key key, next;

	for (*count = 0; !bpf_map_get_next_key(map, before, &next); before = &key) {
		key = next;
		if (!ARRAY_MORE(*entries, *count))
			return kvet_fail_memory(err);
		(*entries)[*count].key = key;
		if (!bpf_map_lookup_elem(map, &key, &(*entries)[*count].hits))
			++*count;
	}
	return 0;
}

/* Reads the stack of the process, if it could be kept. */
static void fill_user(const struct kvet_trace *trace, __s64 number, struct kvet_trace_rank *rank)
{
	struct bpf_stack_build_id frames[KVET_TRACE_STACK_MOST] = { 0 };
	__u32 key = (__u32)number;
	size_t count = 0;

	if (number < 0 ||
	    bpf_map_lookup_elem(bpf_map__fd(trace->bpf->maps.user_stacks), &key, frames))
		return;
	while (count < KVET_TRACE_STACK_MOST && frames[count].status != BPF_STACK_BUILD_ID_EMPTY)
		count++;
	kvet_trace_decode_user(frames, count, rank->user_frames);
	rank->user_frame_count = count;
}

static void fill(const struct kvet_trace *trace, const struct trace_top_entry *entry,
		 struct kvet_trace_rank *rank)
{
	__u32 stack = (__u32)entry->key.stack;

	*rank = (struct kvet_trace_rank){
		.site = entry->key.site,
		.hits = entry->hits,
		.pid = entry->key.pid,
	};
	memcpy(rank->comm, entry->key.comm, sizeof(rank->comm));
	rank->comm[sizeof(rank->comm) - 1] = '\0';
	if (trace->config.flags & TRACE_USER_STACK)
		fill_user(trace, entry->key.user_stack, rank);
	if (trace->config.top_by != TRACE_TOP_STACK || entry->key.stack < 0 ||
	    bpf_map_lookup_elem(bpf_map__fd(trace->bpf->maps.stacks), &stack, rank->frames))
		return;
	while (rank->frame_count < KVET_TRACE_STACK_MOST && rank->frames[rank->frame_count])
		rank->frame_count++;
	if (trace->armed[rank->site].state.backend == KVET_KPROBE_FENTRY)
		kvet_trace_trim(trace->sites[rank->site], rank->frames, &rank->frame_count);
}

/* Makes the ranks of the entries that have hits; sorts them. */
static int rank(const struct kvet_trace *trace, struct trace_top_entry *entries, size_t all,
		size_t most, struct kvet_trace_rank **ranks, size_t *count, uint64_t *others,
		struct kvet_cause *err)
{
	if (all)
		qsort(entries, all, sizeof(*entries), by_hits);
	while (all && !entries[all - 1].hits)
		all--;
	*others = 0;
	*count = all < most ? all : most;
	*ranks = calloc(*count + 1, sizeof(**ranks));
	if (!*ranks)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < *count; i++)
		fill(trace, &entries[i], &(*ranks)[i]);
	for (size_t i = *count; i < all; i++)
		*others += entries[i].hits;
	return 0;
}

int kvet_trace_top_read(const struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
			size_t *count, uint64_t *others, struct kvet_cause *err)
{
	struct trace_top_entry *entries = NULL;
	size_t all;
	int ret = read_all(bpf_map__fd(trace->bpf->maps.top), &entries, &all, err);

	if (!ret)
		ret = rank(trace, entries, all, most, ranks, count, others, err);
	free(entries);
	return ret;
}

/* --- laps ------------------------------------------------------------------------------------ */

static int by_key(const void *a, const void *b)
{
	return memcmp(&((const struct trace_top_entry *)a)->key,
		      &((const struct trace_top_entry *)b)->key, sizeof(struct trace_top_key));
}

/* Both are sorted by key, and no key of the earlier reading has gone. */
static void subtract(struct trace_top_entry *entries, size_t count, const struct trace_lap *earlier)
{
	size_t k = 0;

	for (size_t i = 0; i < count; i++) {
		while (k < earlier->count && by_key(&earlier->entries[k], &entries[i]) < 0)
			k++;
		if (k < earlier->count && !by_key(&earlier->entries[k], &entries[i]))
			entries[i].hits -= earlier->entries[k].hits;
	}
}

int kvet_trace_top_lap(struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
		       size_t *count, uint64_t *others, struct kvet_cause *err)
{
	AUTO_FREE struct trace_top_entry *entries = NULL;
	AUTO_FREE struct trace_top_entry *copy = NULL;
	size_t all;
	int ret = read_all(bpf_map__fd(trace->bpf->maps.top), &entries, &all, err);

	if (ret)
		return ret;
	if (all)
		qsort(entries, all, sizeof(*entries), by_key);
	copy = calloc(all + 1, sizeof(*copy));
	if (!copy)
		return kvet_fail_memory(err);
	if (all)
		memcpy(copy, entries, all * sizeof(*copy));
	subtract(entries, all, &trace->lap);
	ret = rank(trace, entries, all, most, ranks, count, others, err);
	if (ret)
		return ret;
	free(trace->lap.entries);
	trace->lap = (struct trace_lap){ TAKE(copy), all };
	return 0;
}
