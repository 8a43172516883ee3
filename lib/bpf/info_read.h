/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel says of its BPF objects. Touches the kernel: bpf(BPF_OBJ_GET_INFO_BY_FD). */
#ifndef KVET_BPF_INFO_READ_H
#define KVET_BPF_INFO_READ_H

#include <stdbool.h>
#include <stdint.h>

/* struct bpf_link_info, whose newer parts a distribution's header may lack (Linux 6.7). */
struct kvet_bpf_link_info {
	uint32_t type, id, prog_id, reserved;
	union {
		struct {
			uint32_t type, reserved; /* KVET_BPF_EVENT_... */
			uint64_t name;
			uint32_t name_len, offset;
			uint64_t address, missed;
		} event; /* of a perf event that is a kprobe */
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed;
		} multi;
	};
};

/* enum bpf_perf_event_type, of the same release. */
#define KVET_BPF_EVENT_KPROBE    3
#define KVET_BPF_EVENT_KRETPROBE 4

/* Of a link. Returns whether this kernel knows all of it. */
bool kvet_bpf_link_info_read(int link, struct kvet_bpf_link_info *info);

/* How often the program of a link was passed over, since it was running on that CPU already; 0
 * where nothing is known. */
uint64_t kvet_bpf_recursion_misses(const struct kvet_bpf_link_info *link);

/* Where the kernel has put a program, which is a symbol while it is loaded; 0 if it does not say.
 */
uint64_t kvet_bpf_program_address(int prog);

#endif
