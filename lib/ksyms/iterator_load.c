/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's BPF iterator over ksyms. Formatting the text is most of the cost of reading
 * /proc/kallsyms, and the iterator avoids it. bpf/ksym_record.h says why its program is not
 * loaded by libbpf.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "bpf/info_read.h"
#include "bpf/ksym.skel.h"
#include "bpf/late.h"
#include "bpf/needs.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"

#include <kvet/refusal.h>

#include "host/btf.h"
#include "ksyms/ahead.h"
#include "ksyms/area_read.h"
#include "ksyms/iterator_load.h"
#include "ksyms/records.h"
#include "ksym_record.h"

/* How far below an address its symbol may start. It is rarely farther; if it is, the caller gets an
 * address without a name and reads all of them. */
#define WINDOW (1ULL << 20)

/* The markers that ksym_record.h has. */
#define MEMBERS 6
#define ASKED   5

/* One marker of the program, and its replacement. */
struct patch {
	uint64_t marker;
	uint64_t span; /* markers up to marker + span mean the same member */
	uint64_t value;
};

static void ksym_bpf_free(struct ksym_bpf *skel)
{
	ksym_bpf__destroy(skel);
}
AUTO_DEFINE(ksym_bpf)

static void ksym_area_free(struct ksym_area *area)
{
	kvet_ksyms_area_free(area);
}
AUTO_DEFINE(ksym_area)

static int load_offsets(const struct kvet_host *host, uint32_t *function,
			struct patch patches[MEMBERS], struct kvet_cause *err)
{
	static const char *const members[] = { "value",      "type",        "exported",
					       "show_value", "module_name", "name" };
	static const uint64_t markers[] = { KSYM_AT_VALUE, KSYM_AT_TYPE,   KSYM_AT_EXPORTED,
					    KSYM_AT_SHOW,  KSYM_AT_MODULE, KSYM_AT_NAME };
	struct kvet_btf_goal goal[] = { { BTF_KIND_FUNC, "bpf_iter_ksym", 0 },
					{ BTF_KIND_STRUCT, "kallsym_iter", 0 } };
	struct kvet_btf_goals goals = { goal, 2, 0 };
	AUTO(kvet_btf) *btf = NULL;
	bool found;
	int ret = kvet_btf_read_for(&btf, host, &goals, err);

	if (ret)
		return ret;
	*function = goal[0].id;
	found = goals.reached == goals.count;
	for (size_t i = 0; i < MEMBERS; i++) {
		struct kvet_btf_member member = { 0 };

		found = found && kvet_btf_member(btf, goal[1].id, members[i], &member);
		patches[i] = (struct patch){ markers[i],
					     markers[i] == KSYM_AT_NAME
						     ? KSYM_AT_NAME_LAST - KSYM_AT_NAME
						     : 0,
					     member.offset / 8 };
	}
	if (!found)
		return kvet_reject(err, EOPNOTSUPP, "/sys/kernel/btf/vmlinux",
				   "this kernel has no BPF iterator over ksyms");
	return 0;
}

bool kvet_ksyms_iterator_takes(const struct kvet_ksyms_query *queries, size_t count)
{
	size_t addresses = 0;

	for (size_t i = 0; i < count; i++) {
		if (queries[i].pattern)
			return false;
		addresses += queries[i].has_address;
	}
	return count && addresses <= 1;
}

static void ask_name(struct ksym_area *area, const char *name, size_t len)
{
	uint64_t first = 0, bit;

	memcpy(&first, name, len < sizeof(first) ? len : sizeof(first));
	bit = ksym_asked_bit(le64toh(first));
	area->asked[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static void ask(const struct ksyms_iterator_wish *wish, struct ksym_area *area,
		struct patch patches[ASKED])
{
	/* This range accepts no address. */
	uint64_t low = UINT64_MAX, high = 0;

	ask_name(area, "_text", strlen("_text"));
	for (size_t i = 0; i < wish->only_count; i++) {
		const struct kvet_ksyms_query *only = &wish->only[i];
		size_t skip = only->module_len ? only->module_len + 1 : 0;

		/* "a:b" may be a name itself, or name a module. */
		if (only->kind == KVET_KSYMS_NAME)
			ask_name(area, only->name, only->name_len);
		if (only->kind == KVET_KSYMS_NAME && skip)
			ask_name(area, only->name + skip, only->name_len - skip);
		if (only->has_address) {
			low = only->address > WINDOW ? only->address - WINDOW : 0;
			high = only->address;
		}
	}
	patches[0] = (struct patch){ KSYM_ASK_ALL, 0, !wish->only && !wish->modules };
	patches[1] = (struct patch){ KSYM_ASK_ALIASES, 0, wish->aliases };
	patches[2] = (struct patch){ KSYM_ASK_LOW, 0, low };
	patches[3] = (struct patch){ KSYM_ASK_HIGH, 0, high };
	patches[4] = (struct patch){ KSYM_ASK_MANY, 0, !wish->only };
}

static const struct patch *patch_for(const struct patch *patches, size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (value - patches[i].marker <= patches[i].span)
			return &patches[i];
	return NULL;
}

/* Replaces the markers with the real offsets and constants. */
static void mend(struct bpf_insn *insns, size_t count, const struct patch *members,
		 const struct patch *asked, int area)
{
	for (size_t i = 0; i < count; i++) {
		struct bpf_insn *insn = &insns[i];
		const struct patch *patch;

		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			uint64_t value = (uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm
									 << 32;

			patch = patch_for(asked, ASKED, value);
			if (value == KSYM_ASK_AREA) {
				insn[0].src_reg = BPF_PSEUDO_MAP_VALUE;
				insn[0].imm = area;
				insn[1].imm = 0;
			} else if (patch) {
				insn[0].imm = (int32_t)(uint32_t)patch->value;
				insn[1].imm = (int32_t)(uint32_t)(patch->value >> 32);
			}
			i++;
		} else if (BPF_CLASS(insn->code) == BPF_LDX) {
			patch = patch_for(members, MEMBERS, (uint64_t)insn->off);
			if (patch)
				insn->off = (int16_t)((uint64_t)insn->off - patch->marker +
						      patch->value);
		} else if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K)) {
			patch = patch_for(members, MEMBERS, (uint64_t)insn->imm);
			if (patch)
				insn->imm = (int32_t)((uint64_t)insn->imm - patch->marker +
						      patch->value);
		}
	}
}

/* A program that may sleep enters and leaves a symbol in less time than one that may not. */
static int load_program(const struct kvet_host *host, struct bpf_insn *insns, size_t count,
			uint32_t function, struct kvet_cause *err)
{
	struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_TRACING,
					    .attach = BPF_TRACE_ITER,
					    .flags = BPF_F_SLEEPABLE,
					    .btf_id = function,
					    .name = "kvet_ksym",
					    .insns = insns,
					    .count = count };
	int fd = kvet_bpf_own_program(host, &program, NULL);

	if (fd >= 0)
		return fd;
	program.flags = 0;
	return kvet_bpf_own_program(host, &program, err);
}

int kvet_ksyms_iterator_open(struct ksyms_source **source, const struct kvet_host *host,
			     const struct ksyms_iterator_wish *wish, struct kvet_cause *err)
{
	const int *needed = kvet_bpf_program_needs(BPF_PROG_TYPE_TRACING);
	struct patch members[MEMBERS], asked[ASKED];
	AUTO(ksym_bpf) *skel = NULL;
	AUTO_FREE struct bpf_insn *insns = NULL;
	AUTO(ksym_area) *area = NULL;
	AUTO_CLOSE int prog = -1, map = -1;
	struct ksyms_bytes bytes;
	char missing[64];
	struct kvet_cause refused;
	uint32_t function = 0;
	size_t count;
	int ret = 0, iterator;

	if (host && host->sysroot && *host->sysroot) {
		kvet_reject(err, 0, "sysroot",
			    "the BPF iterator reads the running kernel only, not %s",
			    host->sysroot);
		return -EOPNOTSUPP;
	}
	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	/* Before anything that takes time: a reader without privilege is refused here. */
	map = kvet_ksyms_area_create(host, &area, &refused);
	/* With the privilege, a missing iterator is reported first: a kernel without one may have
	 * refused the map only because of RLIMIT_MEMLOCK. */
	if (map >= 0 || !*kvet_host_missing_for_bpf(needed, missing, sizeof(missing)))
		ret = load_offsets(host, &function, members, err);
	if (!ret && map < 0 && err)
		*err = refused;
	if (ret || map < 0)
		return ret ? ret : map;
	/* The skeleton is part of kvet: this fails only without memory. */
	skel = ksym_bpf__open();
	if (!skel)
		return kvet_fail_memory(err);
	count = bpf_program__insn_cnt(skel->progs.kvet_ksym);
	insns = malloc(count * sizeof(*insns));
	if (!insns)
		return kvet_fail_memory(err);
	memcpy(insns, bpf_program__insns(skel->progs.kvet_ksym), count * sizeof(*insns));
	ask(wish, area, asked);
	mend(insns, count, members, asked, map);
	prog = load_program(host, insns, count, function, err);
	if (prog < 0)
		return prog;
	iterator = kvet_bpf_own_iterator(host, prog, NULL, err);
	if (iterator < 0)
		return iterator;
	ret = kvet_ksyms_area_open(&bytes, iterator, TAKE(area), err);
	if (ret)
		return ret;
	if (!wish->only)
		kvet_ksyms_ahead(&bytes);
	return kvet_ksyms_records_open(source, &bytes, kvet_bpf_program_address(prog), err);
}
