/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BPF trampolines: programs of type fentry and fexit, which a function calls at its entry and which
 * run after its return. The function's frame stays on the stack meanwhile: no call is missed for
 * want of a slot.
 */
#ifndef KVET_KPROBE_TRAMPOLINE_H
#define KVET_KPROBE_TRAMPOLINE_H

#include "host/btf.h"
#include "kprobe/ways.h"

#include <kvet/kprobe.h>

/* The function, as the kernel knows it. */
struct kvet_trampoline {
	uint32_t btf_id;
	uint32_t arguments; /* how many it has, one register each */
};

/*
 * Whether a trampoline can be at a site, by its symbol and the kernel's BTF: it is the entry of a
 * function whose name no other symbol and no other function of BTF has, since the kernel finds the
 * address by the name; each argument and the value are in a register; no trampoline calls the
 * function itself; and, for its return, it returns. Otherwise no, with the cause. Pure.
 */
enum kvet_verdict kvet_trampoline_suits(const struct kvet_kprobe_site *site,
					const struct kvet_btf *btf, bool returns,
					struct kvet_trampoline *trampoline,
					struct kvet_cause *cause);

/* The same, and by the kernel's lists: it is traceable and not on the blacklist of kprobes. */
enum kvet_verdict kvet_trampoline_find(struct kvet_kprobe_ways *ways,
				       const struct kvet_kprobe_site *site,
				       struct kvet_trampoline *trampoline,
				       struct kvet_cause *cause);

/* Whether this kernel keeps the program, which is loaded, from running in itself, and counts that
 * (Linux 5.12): otherwise a function that it calls must not have it. */
enum kvet_verdict kvet_trampoline_guards(int prog_fd, struct kvet_cause *cause);

/* Whether the kernel would load programs for the site. Loads one that only returns 0. Nothing is
 * attached. */
enum kvet_verdict kvet_trampoline_ask(struct kvet_kprobe_ways *ways,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause);

/* Attaches a program that was loaded for its function. Returns the link's descriptor, the caller's,
 * or -1, with the cause. */
int kvet_trampoline_attach(int prog_fd, struct kvet_cause *cause);

#endif
