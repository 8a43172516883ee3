/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attaches one probe, by any back end: its event, its program, and why the kernel refuses it. */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/probe_attach.h"
#include "kprobe/ways.h"

enum kvet_verdict kvet_kprobe_refused_event(int errnum, const struct kvet_host *host,
					    const struct kvet_kprobe_facts *facts,
					    const char *source, struct kvet_cause *cause)
{
	static const int needed[] = { CAP_PERFMON, -1 };

	if (kvet_kprobe_explain_lockdown(errnum, source, facts, cause))
		return KVET_NO;
	if (facts->perf.state == KVET_REACH_DEATH) {
		kvet_reach_is_death(host, KVET_CALL_PERF, cause);
		return KVET_UNDETERMINED;
	}
	kvet_cause_fill(cause, errnum, source, "%s", strerror(errnum));
	kvet_refusal_add(host, KVET_CALL_PERF, needed, cause);
	return KVET_UNDETERMINED;
}

enum kvet_verdict kvet_kprobe_refusal(int errnum, const struct kvet_host *host,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause)
{
	struct kvet_kprobe_lists lists;
	struct kvet_refusal refusal;

	if (facts->perf.state == KVET_REACH_DEATH)
		return kvet_kprobe_refused_event(errnum, host, facts, "perf_event_open(kprobe)",
						 cause);
	/* The kernel says EINVAL for entries too; but the entry was asked first, and not
	 * refused. */
	if (errnum == EINVAL && returns && site->offset) {
		kvet_cause_fill(cause, errnum, "perf_event_open(kprobe)",
				"%s+0x%" PRIx64 " is not where the function begins: its return can "
				"be probed only there",
				site->symbol, site->offset);
		kvet_cause_remedy(cause, "--return %s", site->symbol);
		return KVET_NO;
	}
	if (errnum == EPERM || errnum == EACCES || errnum == ENOSYS)
		kvet_refusal_read(&refusal, host, KVET_CALL_PERF);
	else
		kvet_kprobe_lists_read(host, facts, site, &lists);
	return kvet_kprobe_explain(errnum, site, facts, &lists, &refusal, cause);
}

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
		kvet_cause_fill(cause, -ret, source, "%s", strerror(-ret));
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
