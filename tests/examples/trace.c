/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that links libkvet: traces a function, every instance of it, until five hits.
 *
 * cc trace.c $(pkg-config --cflags --libs kvet) && ./a.out do_sys_openat2
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include <kvet/trace.h>

static int put(void *left, const struct kvet_trace_event *event)
{
	printf("site %zu: %s, pid %u\n", event->site, event->comm, event->pid);
	return --*(int *)left > 0 ? 0 : -1;
}

static int fail(const struct kvet_cause *cause)
{
	fprintf(stderr, "%s: %s\n", cause->source, cause->evidence);
	return 3;
}

int main(int argc, char **argv)
{
	struct kvet_kprobe_sites sites;
	struct kvet_kprobe_spec spec;
	struct kvet_trace *trace;
	struct kvet_ksyms *table;
	struct kvet_host host = { 0 };
	struct kvet_cause err;
	int left = 5;

	/* Resolve: from words to addresses. */
	if (kvet_kprobe_spec_parse(argc > 1 ? argv[1] : "", &spec, &err) ||
	    kvet_ksyms_load(&table, &host, NULL, &err) ||
	    kvet_kprobe_resolve(table, &spec, &sites, &err))
		return fail(&err);
	if (sites.verdict != KVET_YES)
		return fail(&sites.cause);

	/* Plan: which of them; here, all. */
	const struct kvet_kprobe_site **all = calloc(sites.count, sizeof(*all));

	for (size_t i = 0; i < sites.count; i++)
		all[i] = &sites.items[i];

	/* Attach, and follow. */
	if (kvet_trace_open(&trace, &host, all, sites.count, NULL, &err))
		return fail(&err);
	for (size_t i = 0; i < sites.count; i++) {
		struct kvet_trace_site site;

		if (!kvet_trace_site_read(trace, i, &site, NULL) && site.verdict != KVET_YES)
			fail(&site.cause);
	}
	kvet_trace_start(trace);
	for (struct pollfd fd = { .fd = kvet_trace_fd(trace), .events = POLLIN }; left > 0;)
		if (poll(&fd, 1, -1) < 0 || kvet_trace_poll(trace, put, &left, &err))
			break;
	kvet_trace_close(trace);
	kvet_kprobe_sites_deinit(&sites);
	kvet_ksyms_free(table);
	free(all);
	return 0;
}
