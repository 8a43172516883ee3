/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hits by task or stack, read from the kernel's maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/session.h"

#include "bpf/trace.skel.h"
#include "core/array.h"

struct entry {
	struct trace_top_key key;
	uint64_t hits;
};

static int by_hits(const void *a, const void *b)
{
	const struct entry *first = a, *second = b;

	return first->hits < second->hits ? 1 : first->hits > second->hits ? -1 : 0;
}

/* Reads the whole map. It may change meanwhile: new entries come with the next reading. */
static int read_all(int map, struct entry **entries, size_t *count, struct kvet_cause *err)
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

static void fill(const struct kvet_trace *trace, const struct entry *entry,
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
	if (trace->config.top_by != TRACE_TOP_STACK || entry->key.stack < 0 ||
	    bpf_map_lookup_elem(bpf_map__fd(trace->bpf->maps.stacks), &stack, rank->frames))
		return;
	while (rank->frame_count < KVET_TRACE_STACK_MOST && rank->frames[rank->frame_count])
		rank->frame_count++;
}

int kvet_trace_top_read(const struct kvet_trace *trace, size_t most, struct kvet_trace_rank **ranks,
			size_t *count, uint64_t *others, struct kvet_cause *err)
{
	struct entry *entries = NULL;
	size_t all;
	int ret = read_all(bpf_map__fd(trace->bpf->maps.top), &entries, &all, err);

	*others = 0;
	if (!ret && all)
		qsort(entries, all, sizeof(*entries), by_hits);
	*count = ret || all < most ? all : most;
	*ranks = ret ? NULL : calloc(*count + 1, sizeof(**ranks));
	if (!ret && !*ranks)
		ret = kvet_fail_memory(err);
	for (size_t i = 0; i < all && !ret; i++) {
		if (i < *count)
			fill(trace, &entries[i], &(*ranks)[i]);
		else
			*others += entries[i].hits;
	}
	free(entries);
	return ret;
}
