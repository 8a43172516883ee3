/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the name of a program's section says of it. Pure. */
#ifndef KVET_OBJECT_SECTION_H
#define KVET_OBJECT_SECTION_H

#include <stdbool.h>
#include <stdint.h>

/* How the target after the "/" is found. */
enum kvet_target_kind {
	KVET_TARGET_NONE, /* the object names none: an interface, a cgroup, a socket */
	KVET_TARGET_KPROBE,
	KVET_TARGET_KPROBE_MULTI,
	KVET_TARGET_SYSCALL,
	KVET_TARGET_UPROBE,
	KVET_TARGET_USDT,
	KVET_TARGET_TRACEPOINT,
	KVET_TARGET_RAW_TRACEPOINT,
	KVET_TARGET_BTF_TRACEPOINT,
	KVET_TARGET_FUNCTION, /* fentry, fexit, fmod_ret */
	KVET_TARGET_LSM,
	KVET_TARGET_ITER,
	KVET_TARGET_PROGRAM, /* freplace */
	KVET_TARGET_STRUCT_OPS,
};

struct kvet_section {
	bool known;
	uint32_t type;   /* enum bpf_prog_type */
	uint32_t attach; /* enum bpf_attach_type */
	uint32_t flags;  /* BPF_F_SLEEPABLE, BPF_F_XDP_HAS_FRAGS */
	enum kvet_target_kind kind;
	bool returns;
	/* What the kernel's BTF must have, and the prefix of its name there; a typedef, or else a
	 * function. NULL: the program needs no BTF target. */
	const char *btf_prefix;
	bool btf_typedef;
	bool guessed;       /* by the beginning of the name alone, as libbpf before 1.0 did */
	const char *target; /* after the first "/", in the name that was given; NULL: none */
};

/* Whether a target that the kernel does not have is a word for one that the loader sets. */
bool kvet_section_is_placeholder(const char *target);

/* The lowest attach type that a section gives a type: attach types are numbered as they came, so
 * that a kernel that has the type has this one. */
uint32_t kvet_section_oldest_attach(uint32_t type);

/* name is without the "?" of SEC("?..."). */
void kvet_section_parse(const char *name, struct kvet_section *section);

#endif
