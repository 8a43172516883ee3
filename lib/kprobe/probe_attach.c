/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attaches one probe, by any back end: its event and its program. */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/ways.h"

/* Calls ioctl(2) on the event; *source becomes the request's name if it fails. */
static int event_ioctl(int event_fd, unsigned long what, int argument, const char *name,
		       const char **source)
{
	int ret, errnum;

	errno = 0;
	ret = ioctl(event_fd, what, argument);
	errnum = errno;
	if (!ret)
		return 0;
	*source = name;
	return -errnum;
}

/* Attaches the program to the event: by a link, which carries the cookie and counts the hits that
 * the kernel missed; or, before 5.15, by PERF_EVENT_IOC_SET_BPF, which does neither. *source
 * becomes the call that failed. */
static int connect_program(const struct kvet_kprobe_request *request, int event_fd, int *link_fd,
			   const char **source)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = request->cookie);

	*link_fd = bpf_link_create(request->prog_fd, event_fd, BPF_PERF_EVENT, &opts);
	*source = "bpf(BPF_LINK_CREATE)";
	if (*link_fd >= 0 || request->by_cookie)
		return *link_fd < 0 ? *link_fd : 0;
	*link_fd = -1;
	return event_ioctl(event_fd, PERF_EVENT_IOC_SET_BPF, request->prog_fd,
			   "ioctl(PERF_EVENT_IOC_SET_BPF)", source);
}

enum kvet_verdict kvet_kprobe_attach(const struct kvet_kprobe_request *request,
				     struct kvet_kprobe_attached *out, struct kvet_cause *cause)
{
	enum kvet_verdict verdict = KVET_YES;
	AUTO_CLOSE int event = -1;
	AUTO_CLOSE int link = -1;
	const char *source;
	int ret;

	*out = (struct kvet_kprobe_attached){ -1, -1 };
	event = kvet_kprobe_ways_event(request->ways, request->site, request->returns, &verdict,
				       cause);
	if (event < 0)
		return verdict;
	ret = connect_program(request, event, &link, &source);
	if (!ret)
		ret = event_ioctl(event, PERF_EVENT_IOC_ENABLE, 0, "ioctl(PERF_EVENT_IOC_ENABLE)",
				  &source);
	if (ret) {
		kvet_cause_fill(cause, -ret, source, "%s", kvet_errno_text(-ret));
		return KVET_UNDETERMINED;
	}
	/* A link keeps its event open. */
	if (link < 0)
		out->event_fd = TAKE_FD(event);
	out->link_fd = TAKE_FD(link);
	return KVET_YES;
}

void kvet_kprobe_detach(struct kvet_kprobe_attached *attached)
{
	kvet_cleanup_close(&attached->link_fd);
	kvet_cleanup_close(&attached->event_fd);
	*attached = (struct kvet_kprobe_attached){ -1, -1 };
}
