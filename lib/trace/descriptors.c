/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* File descriptors: how many a session requires, and how many this process can still open. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

#include "core/fail.h"
#include "trace/session.h"

/* Maps, programs, the ring buffer, and files that are read in the meantime. */
#define OWN_MOST 64

/* In use while one probe is attached: the copy of its program, its event, and a file that is
 * read. */
#define ATTACHING_MOST 3

static size_t probes_of(size_t sites, bool returns)
{
	return returns ? sites * 2 : sites;
}

size_t kvet_trace_descriptors(size_t sites, const struct kvet_trace_options *options)
{
	return kvet_kprobe_descriptors(options->backend, probes_of(sites, options->returns)) +
	       OWN_MOST + ATTACHING_MOST;
}

void kvet_trace_explain_files(const struct kvet_host *host, struct kvet_cause *cause)
{
	struct rlimit limit;

	if (!cause || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	kvet_cause_add(cause, "RLIMIT_NOFILE is %llu, at most %llu",
		       (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
	kvet_remedy_here(host, KVET_NEED_FILES, cause);
}

/* Returns how many descriptors this process can still open, counting up to wanted. */
static size_t count_free(size_t wanted)
{
	struct rlimit limit;
	size_t found = 0;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return wanted;
	for (rlim_t fd = 0; fd < limit.rlim_cur && fd <= INT32_MAX && found < wanted; fd++)
		found += fcntl((int)fd, F_GETFD) < 0;
	return found;
}

int kvet_trace_files_check(const struct kvet_trace *trace, enum kvet_kprobe_backend backend,
			   size_t sites, struct kvet_cause *err)
{
	size_t probes = probes_of(sites, trace->config.flags & TRACE_RETURN);
	size_t wanted = kvet_kprobe_descriptors(backend, probes) + ATTACHING_MOST;
	size_t left = sites ? count_free(wanted) : wanted;

	if (left >= wanted)
		return 0;
	/* No call has failed yet: one would, after many sites have been armed. */
	kvet_reject(err, EMFILE, "getrlimit(RLIMIT_NOFILE)",
		    "%zu sites through %s require %zu file descriptors, and only %zu are left",
		    sites, kvet_kprobe_backend_name(backend), wanted, left);
	kvet_trace_explain_files(&trace->host, err);
	return -EMFILE;
}
