/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Many sites with one link, or with as few links as the kernel accepts. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/array.h"
#include "core/cleanup.h"

#include <kvet/kprobe.h>

/* The sites that one link may hold. A cookie is a site's index. */
struct some {
	uint64_t *addresses;
	uint64_t *cookies;
	size_t count;
};

/* Takes the descriptor; on failure it stays the caller's. */
static int keep_link(struct kvet_kprobe_many *many, int *fd)
{
	if (!ARRAY_MORE(many->links, many->link_count))
		return -ENOMEM;
	many->links[many->link_count++] = TAKE_FD(*fd);
	return 0;
}

/* Links the sites [first, first + count) of some; returns 0 or a negative errno. */
static int link_some(struct kvet_kprobe_many *many, const struct some *some, size_t first,
		     size_t count)
{
	AUTO_CLOSE int entry = -1, hit = -1;

	if (many->entry >= 0) {
		entry = kvet_kprobe_multi_attach(some->addresses + first, some->cookies + first,
						 count, false, many->entry);
		if (entry < 0)
			return entry;
	}
	hit = kvet_kprobe_multi_attach(some->addresses + first, some->cookies + first, count,
				       many->returns, many->hit);
	if (hit < 0)
		return hit;
	for (size_t i = first; i < first + count; i++)
		many->taken[some->cookies[i]] = true;
	if (entry >= 0 && keep_link(many, &entry))
		return -ENOMEM;
	return keep_link(many, &hit);
}

/* Whether the kernel refused kprobe_multi links as such, not one of the sites. */
static bool is_for_nobody(int ret)
{
	return ret == -EOPNOTSUPP || ret == -EPERM || ret == -EACCES;
}

static int link_halves(struct kvet_kprobe_many *many, const struct some *some, size_t first,
		       size_t count)
{
	bool goes_on = !many->goes_on || many->goes_on(many->context, first);
	int ret = goes_on ? link_some(many, some, first, count) : -EINTR;

	if (!ret || ret == -ENOMEM || ret == -EINTR || is_for_nobody(ret))
		return ret;
	if (count == 1)
		return 0;
	ret = link_halves(many, some, first, count / 2);
	return ret ? ret : link_halves(many, some, first + count / 2, count - count / 2);
}

/* Leaves out the sites that the kernel's own lists rule out: usually no others are refused. */
static void leave_out(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
		      const struct kvet_kprobe_many *many, struct some *some)
{
	size_t kept = 0;

	for (size_t i = 0; i < some->count; i++) {
		struct kvet_kprobe_lists lists;

		kvet_kprobe_lists_read(host, facts, many->sites[some->cookies[i]], &lists);
		if (lists.traceable == 0)
			continue;
		some->addresses[kept] = some->addresses[i];
		some->cookies[kept++] = some->cookies[i];
	}
	some->count = kept;
}

int kvet_kprobe_many_attach(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    struct kvet_kprobe_many *many)
{
	AUTO_FREE uint64_t *addresses = calloc(many->count + 1, sizeof(*addresses));
	AUTO_FREE uint64_t *cookies = calloc(many->count + 1, sizeof(*cookies));
	struct some some = { addresses, cookies, 0 };
	int ret;

	many->taken = calloc(many->count + 1, sizeof(*many->taken));
	if (!addresses || !cookies || !many->taken)
		return -ENOMEM;
	for (size_t i = 0; i < many->count; i++) {
		if (many->sites[i]->verdict != KVET_YES || many->sites[i]->offset)
			continue;
		addresses[some.count] = many->sites[i]->address;
		cookies[some.count++] = i;
	}
	ret = some.count ? link_some(many, &some, 0, some.count) : 0;
	if (!ret || ret == -ENOMEM || is_for_nobody(ret))
		return ret;
	leave_out(host, facts, many, &some);
	return some.count ? link_halves(many, &some, 0, some.count) : 0;
}

void kvet_kprobe_many_deinit(struct kvet_kprobe_many *many)
{
	for (size_t i = 0; i < many->link_count; i++)
		close(many->links[i]);
	free(many->links);
	free(many->taken);
	many->links = NULL;
	many->taken = NULL;
	many->link_count = 0;
}
