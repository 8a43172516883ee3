/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include <bpf/bpf.h>

#include <kvet/refusal.h>

#include "bpf/ids_read.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"

typedef int next_id(uint32_t start, uint32_t *next);

static int read_ids(const struct kvet_host *host, next_id *next, const char *call,
		    struct kvet_bpf_ids *ids, struct kvet_cause *err)
{
	static const int needed[] = { CAP_SYS_ADMIN, -1 };
	AUTO_FREE uint32_t *items = NULL;
	size_t count = 0;
	uint32_t id = 0;
	int ret;

	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	while (!(ret = next(id, &id))) {
		if (!ARRAY_MORE(items, count))
			return kvet_fail_memory(err);
		items[count++] = id;
	}
	if (ret != -ENOENT) {
		kvet_fail(err, -ret, call, "%s", strerror(-ret));
		kvet_refusal_add(host, KVET_CALL_BPF, needed, err);
		return ret;
	}
	*ids = (struct kvet_bpf_ids){ TAKE(items), count };
	return 0;
}

static int next_program(uint32_t start, uint32_t *next)
{
	return bpf_prog_get_next_id(start, next) ? -errno : 0;
}

/* A kernel without links does not know the command. */
static int next_link(uint32_t start, uint32_t *next)
{
	if (!bpf_link_get_next_id(start, next))
		return 0;
	return errno == EINVAL ? -ENOENT : -errno;
}

int kvet_bpf_programs_read(const struct kvet_host *host, struct kvet_bpf_ids *programs,
			   struct kvet_cause *err)
{
	return read_ids(host, next_program, "bpf(BPF_PROG_GET_NEXT_ID)", programs, err);
}

int kvet_bpf_links_read(const struct kvet_host *host, struct kvet_bpf_ids *links,
			struct kvet_cause *err)
{
	return read_ids(host, next_link, "bpf(BPF_LINK_GET_NEXT_ID)", links, err);
}
