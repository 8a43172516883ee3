/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "trace/decode.h"

static_assert(KVET_TRACE_COMM_SIZE == TRACE_COMM_SIZE, "the task name fits as it is");

int kvet_trace_decode(const void *data, size_t size, size_t sites, struct kvet_trace_event *event)
{
	struct trace_event wire;

	if (size != sizeof(wire))
		return -EPROTO;
	memcpy(&wire, data, sizeof(wire));
	if (wire.site >= sites)
		return -EPROTO;
	*event = (struct kvet_trace_event){
		.boot_ns = wire.boot_ns,
		.mono_ns = wire.mono_ns,
		.ip = wire.ip,
		.site = wire.site,
		.cpu = wire.cpu,
		.pid = wire.pid,
		.tid = wire.tid,
	};
	memcpy(event->comm, wire.comm, sizeof(event->comm));
	event->comm[sizeof(event->comm) - 1] = '\0';
	return 0;
}

void kvet_trace_sum(const struct trace_counters *cpus, size_t count, struct kvet_trace_site *site)
{
	site->hits = site->lost = 0;
	for (size_t i = 0; i < count; i++) {
		site->hits += cpus[i].hits;
		site->lost += cpus[i].lost;
	}
}

size_t kvet_trace_patch(struct bpf_insn *insns, size_t count, uint32_t site)
{
	size_t marks = 0;

	for (size_t i = 0; i < count; i++) {
		/* A 64-bit immediate takes two slots: the second is no instruction. */
		if (insns[i].code == (BPF_LD | BPF_DW | BPF_IMM)) {
			i++;
			continue;
		}
		if (BPF_OP(insns[i].code) != BPF_MOV || BPF_SRC(insns[i].code) != BPF_K ||
		    (BPF_CLASS(insns[i].code) != BPF_ALU64 &&
		     BPF_CLASS(insns[i].code) != BPF_ALU) ||
		    insns[i].imm != TRACE_SITE_MARK)
			continue;
		insns[i].imm = (__s32)site;
		marks++;
	}
	return marks;
}
