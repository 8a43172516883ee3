/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/info_read.h"
#include "bpf/own_load.h"
#include "bpf/prepared_load.h"
#include "core/cleanup.h"
#include "object/clocks_read.h"
#include "object/context.h"
#include "object/core_relocation.h"
#include "object/fixed_offset.h"
#include "object/judge.h"
#include "object/program_load.h"
#include "object/trace.h"

/* Without the trace of the program, which may fill any buffer: an overflow hides the cause
 * (ENOSPC). Linux 5.2. */
#define LOG_STATISTICS  4
#define LOG_TRACE       1
#define STATISTICS_SIZE (1 << 16)

struct load {
	struct kvet_child *child;
	struct kvet_child_program *program;
	struct bpf_program *prog;
	struct bpf_prog_load_opts opts;
	struct kvet_object_evidence evidence;
};

/* Returns the descriptor or a negative errno, as libbpf does. */
static int ask_with(struct load *load, const struct bpf_insn *insns, uint32_t level, size_t size)
{
	load->opts.log_level = level;
	load->opts.log_buf = load->child->log;
	load->opts.log_size = (uint32_t)size;
	load->child->log[0] = '\0';
	return kvet_bpf_prepared_program(
		&(struct kvet_bpf_prepared){
			.type = load->program->parsed.type,
			.name = bpf_program__name(load->prog),
			.license = load->child->elf.license,
			.insns = insns,
			.count = bpf_program__insn_cnt(load->prog),
		},
		&load->opts);
}

static int ask(struct load *load, uint32_t level, size_t size)
{
	return ask_with(load, bpf_program__insns(load->prog), level, size);
}

/* --- program arrays --------------------------------------------------------------------------- */

static const struct bpf_map *program_array(const struct load *load, const struct bpf_insn *insn)
{
	struct bpf_map *map;

	if (insn->code != (BPF_LD | BPF_IMM | BPF_DW) || insn->src_reg != BPF_PSEUDO_MAP_FD)
		return NULL;
	bpf_object__for_each_map(
		map,
		load->child->object) if (bpf_map__fd(map) == insn->imm &&
					 bpf_map__type(map) == BPF_MAP_TYPE_PROG_ARRAY) return map;
	return NULL;
}

/*
 * A program array belongs to the type of the first program that uses it, and the kernel refuses
 * programs of another type without a word (kernel: bpf_prog_map_compatible()). So such a program is
 * loaded with arrays of its own, as if it were alone. Returns -ENOENT if it uses none.
 */
static int ask_alone(struct load *load, uint32_t level, size_t size)
{
	size_t count = bpf_program__insn_cnt(load->prog);
	AUTO_FREE struct bpf_insn *insns = calloc(count, sizeof(*insns));
	int fd = -ENOENT;
	bool any = false;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(load->prog), count * sizeof(*insns));
	for (size_t i = 0; i + 1 < count; i++) {
		const struct bpf_map *map = program_array(load, &insns[i]);
		const struct kvet_bpf_map same = {
			.type = BPF_MAP_TYPE_PROG_ARRAY,
			.name = "kvet_programs",
			.key_size = 4,
			.value_size = 4,
			.entries = map ? bpf_map__max_entries(map) : 0,
		};
		int own = map ? kvet_bpf_own_map(NULL, &same, NULL) : -1;

		if (own >= 0)
			insns[i].imm = own;
		any = any || own >= 0;
		i += insns[i].code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	if (any)
		fd = ask_with(load, insns, level, size);
	for (size_t i = 0; i < count && any; i++)
		if (insns[i].src_reg == BPF_PSEUDO_MAP_FD &&
		    insns[i].imm != bpf_program__insns(load->prog)[i].imm)
			close(insns[i].imm);
	return fd;
}

/* --- where it was refused --------------------------------------------------------------------- */

/* The line of the source that an instruction comes from. */
static void find_source(struct load *load, uint32_t index)
{
	const struct btf *btf = bpf_object__btf(load->child->object);
	const char *records = load->opts.line_info, *file, *slash;
	struct bpf_line_info line, found = { 0 };
	bool any = false;

	for (uint32_t i = 0; i < load->opts.line_info_cnt; i++) {
		memcpy(&line, records + (size_t)i * load->opts.line_info_rec_size, sizeof(line));
		if (line.insn_off > index)
			break;
		/* The compiler's own instructions have line 0. */
		if (line.line_col >> 10) {
			found = line;
			any = true;
		}
	}
	file = any && btf ? btf__name_by_offset(btf, found.file_name_off) : NULL;
	if (!file || !*file)
		return;
	slash = strrchr(file, '/');
	snprintf(load->evidence.program.source, sizeof(load->evidence.program.source), "%s:%u",
		 slash ? slash + 1 : file, found.line_col >> 10);
}

/* The function that an instruction is in: libbpf appends those that are called to the program.
 * *first is that function's first instruction. */
static const struct kvet_elf_function *function_of(struct load *load, uint32_t index,
						   uint32_t *first)
{
	const struct btf *btf = bpf_object__btf(load->child->object);
	const struct kvet_elf_function *function = load->program->function;
	const char *records = load->opts.func_info;
	struct bpf_func_info info;

	*first = 0;
	for (uint32_t i = 0; i < load->opts.func_info_cnt && btf; i++) {
		const struct kvet_elf_function *named;
		const struct btf_type *type;
		const char *name;

		memcpy(&info, records + (size_t)i * load->opts.func_info_rec_size, sizeof(info));
		if (info.insn_off > index)
			break;
		type = btf__type_by_id(btf, info.type_id);
		name = type ? btf__name_by_offset(btf, type->name_off) : NULL;
		named = name && info.insn_off ? kvet_elf_function_named(&load->child->elf, name)
					      : NULL;
		if (named) {
			function = named;
			*first = info.insn_off;
		}
	}
	return function;
}

static bool is_poisoned(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
	       insn->imm == KVET_POISON_RELOCATION;
}

static void describe_relocation(struct load *load, uint32_t index)
{
	const struct kvet_child *child = load->child;
	struct kvet_object_evidence *evidence = &load->evidence;
	const struct kvet_elf_function *function;
	const void *bytes, *types;
	AUTO(kvet_btf) *btf = NULL;
	uint32_t first, types_size;
	size_t size;

	if (index >= bpf_program__insn_cnt(load->prog) ||
	    !is_poisoned(&bpf_program__insns(load->prog)[index]))
		return;
	function = function_of(load, index, &first);
	bytes = kvet_elf_section_bytes(&child->elf, ".BTF.ext", &size);
	types = btf__raw_data(bpf_object__btf(child->object), &types_size);
	if (bytes && types && !kvet_btf_new(&btf, NULL, types, types_size, "", NULL))
		kvet_core_relocation_describe(
			btf, bytes, size, kvet_elf_section_name(&child->elf, function->section),
			function->start + (uint64_t)(index - first) * sizeof(struct bpf_insn),
			evidence->relocation, sizeof(evidence->relocation));
}

/* Where there is one poisoned instruction, it is that one; else the trace tells. */
static bool only_poisoned(const struct load *load, uint32_t *index)
{
	const struct bpf_insn *insns = bpf_program__insns(load->prog);
	size_t count = bpf_program__insn_cnt(load->prog), found = 0;

	for (size_t i = 0; i < count; i++)
		if (is_poisoned(&insns[i])) {
			*index = (uint32_t)i;
			found++;
		}
	return found == 1;
}

/* A second load, for the trace: its end is the instruction that the verifier refused. */
static void trace(struct load *load)
{
	struct kvet_object_evidence *evidence = &load->evidence;
	struct kvet_trace_end end;
	uint32_t index = 0;
	int fd;

	if (strstr(evidence->program.log, "too complex") ||
	    strstr(evidence->program.log, "too large"))
		return;
	fd = ask(load, LOG_TRACE, KVET_CHILD_LOG_SIZE);
	if (fd >= 0)
		close(fd);
	else if (fd != -ENOSPC && kvet_trace_end_read(load->child->log, &end)) {
		index = end.index;
		memcpy(evidence->instruction, end.instruction, sizeof(end.instruction));
		memcpy(evidence->state, end.state, sizeof(end.state));
		find_source(load, index);
	} else if (only_poisoned(load, &index)) {
		find_source(load, index);
	} else {
		return;
	}
	describe_relocation(load, index);
}

/* --- the load --------------------------------------------------------------------------------- */

static void refused_map(struct load *load)
{
	static const char words[] = "invalid func unknown#";
	const char *at = strstr(load->evidence.program.log, words);
	unsigned long number = at ? strtoul(at + sizeof(words) - 1, NULL, 10) : 0, index = 0;
	struct bpf_map *map;

	if (number < KVET_POISON_MAP)
		return;
	bpf_object__for_each_map(map, load->child->object) if (index++ == number - KVET_POISON_MAP)
		snprintf(load->evidence.symbol, sizeof(load->evidence.symbol), "%s",
			 bpf_map__name(map));
}

/* Socket addresses and packet headers are shorter, and so are the registers of a system call. */
#define LAYOUT_COMMON   40
#define LAYOUT_REGISTER 168

/* Relocations of the program, or of any function that is called, show that its author knew. */
static bool has_relocations(const struct load *load)
{
	const struct kvet_elf_function *function = load->program->function;
	const struct kvet_elf *elf = &load->child->elf;
	const struct btf *btf = bpf_object__btf(load->child->object);
	size_t size;
	const char *bytes = kvet_elf_section_bytes(elf, ".BTF.ext", &size);

	return bytes && (kvet_core_relocation_count(btf, bytes, size, ".text", 0, UINT64_MAX) ||
			 kvet_core_relocation_count(btf, bytes, size,
						    kvet_elf_section_name(elf, function->section),
						    function->start, function->end));
}

static void find_fixed_offset(struct load *load)
{
	const struct kvet_child_program *program = load->program;
	bool typed = program->parsed.btf_prefix != NULL;
	uint32_t least = strstr(program->section, "sys") ? LAYOUT_REGISTER : LAYOUT_COMMON;

	if (!has_relocations(load))
		load->evidence.program.fixed_offset =
			kvet_fixed_offset_find(bpf_program__insns(load->prog),
					       bpf_program__insn_cnt(load->prog), typed, least);
}

/* Whether it accesses the buffer of a writable raw tracepoint: for the type that cannot write, that
 * is no pointer. */
static bool uses_buffer(const struct load *load)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	opts = load->opts;
	opts.log_level = 0;
	opts.log_buf = NULL;
	opts.log_size = 0;
	fd = kvet_bpf_prepared_program(
		&(struct kvet_bpf_prepared){
			.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
			.license = load->child->elf.license,
			.insns = bpf_program__insns(load->prog),
			.count = bpf_program__insn_cnt(load->prog),
		},
		&opts);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static void find_buffer(struct load *load, const struct bpf_insn *insns, size_t count)
{
	uint32_t end = kvet_context_buffer_end(insns, count);

	if (uses_buffer(load))
		load->evidence.hint.buffer_end = end ? end : 1;
}

/* What only a loaded program tells. */
static void look_inside(struct load *load, int fd)
{
	struct kvet_object_program *program = &load->evidence.program;
	AUTO_FREE struct bpf_insn *insns = NULL;
	size_t count = 0;

	find_fixed_offset(load);
	insns = kvet_bpf_program_translated(fd, &count);
	if (!insns)
		return;
	program->has_clocks =
		kvet_clock_calls_find(&load->child->clocks, insns, count, &program->clocks);
	if (load->program->parsed.kind == KVET_TARGET_TRACEPOINT ||
	    load->program->parsed.kind == KVET_TARGET_RAW_TRACEPOINT)
		load->evidence.hint.context_end = kvet_context_end(insns, count);
	if (load->program->parsed.type == BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE)
		find_buffer(load, insns, count);
}

/* An empty program in its place, for the same target. Returns its errno, 0 if it loads. */
static int control(const struct load *load, bool plain)
{
	static const struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	opts.expected_attach_type =
		(enum bpf_attach_type)kvet_section_oldest_attach(load->program->parsed.type);
	if (!plain) {
		opts.expected_attach_type = load->opts.expected_attach_type;
		opts.attach_btf_id = load->opts.attach_btf_id;
		opts.attach_btf_obj_fd = load->opts.attach_btf_obj_fd;
		opts.prog_flags = load->opts.prog_flags;
	}
	fd = kvet_bpf_prepared_program(
		&(struct kvet_bpf_prepared){
			.type = load->program->parsed.type,
			.license = "GPL",
			.insns = empty,
			.count = sizeof(empty) / sizeof(*empty),
		},
		&opts);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -fd : 0;
}

/* Whether the verifier has written nothing that says why. */
static bool is_silent(const char *log)
{
	char words[64];

	kvet_object_verifier_words(log, words, sizeof(words));
	return !*words;
}

void kvet_object_program_load(struct kvet_child *child, struct kvet_child_program *program,
			      struct bpf_program *prog, const struct bpf_prog_load_opts *opts)
{
	struct load load = { .child = child, .program = program, .prog = prog };
	struct kvet_object_evidence *evidence = &load.evidence;
	AUTO_CLOSE int fd = -1;
	int alone;

	kvet_child_decide(child, program, evidence);
	/* A newer libbpf's options may be longer. */
	memcpy(&load.opts, opts, opts->sz < sizeof(load.opts) ? opts->sz : sizeof(load.opts));
	load.opts.sz = sizeof(load.opts);
	load.opts.prog_flags |= program->parsed.flags;
	if (program->btf_id && program->parsed.btf_prefix) {
		load.opts.attach_btf_id = program->btf_id;
		load.opts.attach_btf_obj_fd = (uint32_t)program->btf_module;
	}
	fd = ask(&load, LOG_STATISTICS, STATISTICS_SIZE);
	if (fd == -EINVAL && is_silent(child->log)) {
		alone = ask_alone(&load, LOG_STATISTICS, STATISTICS_SIZE);
		fd = alone == -ENOENT ? fd : alone;
	}
	snprintf(evidence->program.log, sizeof(evidence->program.log), "%s", child->log);
	evidence->program.instructions = kvet_trace_processed(child->log);
	if (fd >= 0) {
		look_inside(&load, fd);
	} else {
		evidence->outcome = KVET_OUTCOME_REFUSED;
		evidence->errnum = -fd;
		refused_map(&load);
		evidence->control = evidence->control_type = -1;
		if (is_silent(evidence->program.log)) {
			evidence->control = control(&load, false);
			evidence->control_type = control(&load, true);
		} else {
			trace(&load);
		}
	}
	kvet_child_send(child, KVET_MESSAGE_PROGRAM, evidence, sizeof(*evidence));
}
