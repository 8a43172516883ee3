/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_RAW_TRACEPOINT_OPEN), bpf(BPF_LINK_CREATE). */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/link_attach.h"

#define SIZE_TO(member) (offsetof(union bpf_attr, member) + sizeof(((union bpf_attr *)0)->member))

/* An iterator is attached by a link; the programs of other types say where they are attached. */
static int attach(struct kvet_loader *loader, const struct kvet_program_spec *spec, int program,
		  const char **source)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	if (spec->type == BPF_PROG_TYPE_TRACING && spec->attach == BPF_TRACE_ITER) {
		*source = "bpf(BPF_LINK_CREATE)";
		attr.link_create.prog_fd = (uint32_t)program;
		attr.link_create.attach_type = BPF_TRACE_ITER;
		return kvet_loader_call(loader, BPF_LINK_CREATE, &attr,
					SIZE_TO(link_create.iter_info_len));
	}
	*source = "bpf(BPF_RAW_TRACEPOINT_OPEN)";
	attr.raw_tracepoint.prog_fd = (uint32_t)program;
	return kvet_loader_call(loader, BPF_RAW_TRACEPOINT_OPEN, &attr,
				SIZE_TO(raw_tracepoint.prog_fd));
}

static bool is_for_all(int errnum)
{
	return errnum == EINVAL || errnum == EOPNOTSUPP || errnum == 524 /* ENOTSUPP */;
}

enum kvet_verdict kvet_link_attach(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				   struct kvet_cause *cause)
{
	struct kvet_probe_attempt attempt;
	AUTO_CLOSE int program = -1, link = -1;
	const char *source = "bpf(BPF_PROG_LOAD)";
	int errnum;

	kvet_program_load_null(loader, spec, &attempt, &program);
	errnum = attempt.errnum;
	if (program >= 0) {
		link = attach(loader, spec, program, &source);
		errnum = link < 0 ? -link : 0;
	}
	if (link >= 0)
		return KVET_YES;
	kvet_cause_fill(cause, errnum, source, "an empty program cannot be %s",
			program >= 0 ? "attached" : "loaded");
	return program >= 0 && is_for_all(errnum) ? KVET_NO : KVET_UNDETERMINED;
}
