/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which BPF programs and links there are. Touches the kernel: bpf(BPF_PROG_GET_NEXT_ID) and
 * bpf(BPF_LINK_GET_NEXT_ID), which require CAP_SYS_ADMIN. */
#ifndef KVET_BPF_IDS_READ_H
#define KVET_BPF_IDS_READ_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

/* In rising order. The kernel gives an id again only after two thousand million others. */
struct kvet_bpf_ids {
	uint32_t *items;
	size_t count;
};

/*
 * Reads the ids of all programs, and of all links: before Linux 5.8 there are none. The caller
 * frees items with free(3). Errors: those of bpf(2); -ENOMEM; -EPERM, without an errno in the
 * cause, if the call would kill this process.
 */
int kvet_bpf_programs_read(const struct kvet_host *host, struct kvet_bpf_ids *programs,
			   struct kvet_cause *err);
int kvet_bpf_links_read(const struct kvet_host *host, struct kvet_bpf_ids *links,
			struct kvet_cause *err);

#endif
