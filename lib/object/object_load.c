/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/late.h"
#include "core/array.h"
#include "object/maps_load.h"
#include "object/mend_load.h"
#include "object/object_load.h"
#include "object/program_load.h"

/* More than one object can have reasons for. */
#define ATTEMPTS 200

/* --- programs --------------------------------------------------------------------------------- */

/* A program of a struct of operations that no struct of the object names: it has no target. */
static void block_alone(struct kvet_child *child, struct kvet_child_program *program)
{
	kvet_child_block(child, program, KVET_OBJECT_PLACEHOLDER, 0, "",
			 "no struct of operations in the object names the program, so that libbpf "
			 "does not load it: a loader may put it into one");
}

/* Decides without the kernel what libbpf would refuse, or cannot know. btf_id is libbpf's. */
static bool decide_early(struct kvet_child *child, struct kvet_child_program *program,
			 uint32_t btf_id)
{
	const struct kvet_section *section = &program->parsed;

	if (program->blocked != KVET_OBJECT_LOADED) {
		kvet_child_block(child, program, program->blocked, program->errnum, program->symbol,
				 program->words);
	} else if (!section->known) {
		kvet_child_block(child, program, KVET_OBJECT_PLACEHOLDER, 0, "",
				 "the section names no program type that kvet knows");
	} else if (section->kind == KVET_TARGET_PROGRAM) {
		kvet_child_block(child, program, KVET_OBJECT_PLACEHOLDER, 0, "",
				 "the loader sets the program that it replaces");
	} else if (section->kind == KVET_TARGET_STRUCT_OPS && !btf_id) {
		block_alone(child, program);
	} else if (section->btf_prefix && !section->target) {
		kvet_child_block(child, program, KVET_OBJECT_PLACEHOLDER, 0, "",
				 "the loader sets its target");
	} else if (section->btf_prefix && !program->btf_id) {
		char symbol[sizeof(program->symbol)];

		snprintf(symbol, sizeof(symbol), "%s%s", section->btf_prefix, section->target);
		kvet_child_block(child, program, KVET_OBJECT_BTF_TARGET, ESRCH, symbol, "");
	} else {
		return false;
	}
	return true;
}

/* Called by libbpf before it loads a program: all of the object's are relocated then. */
static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	static const struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct kvet_child *child = (struct kvet_child *)cookie;
	struct kvet_child_program *program =
		kvet_child_program_named(child, bpf_program__name(prog));
	int ret;

	if (program && !program->decided && !decide_early(child, program, opts->attach_btf_id))
		kvet_object_program_load(child, program, prog, opts);
	ret = bpf_program__set_insns(prog, (struct bpf_insn *)(uintptr_t)empty,
				     sizeof(empty) / sizeof(*empty));
	if (!ret)
		ret = bpf_program__set_type(prog, BPF_PROG_TYPE_SOCKET_FILTER);
	opts->expected_attach_type = 0;
	opts->attach_btf_id = opts->attach_btf_obj_fd = opts->attach_prog_fd = 0;
	opts->prog_btf_fd = 0;
	opts->func_info = opts->line_info = NULL;
	opts->func_info_cnt = opts->line_info_cnt = 0;
	opts->func_info_rec_size = opts->line_info_rec_size = 0;
	opts->prog_flags = 0;
	opts->prog_ifindex = 0;
	opts->fd_array = NULL;
	return ret;
}

/* A handler for each section by its exact name; it counts before libbpf's own. */
static bool register_handlers(struct kvet_child *child)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)child,
		    .prog_prepare_load_fn = prepare);

	for (size_t i = 0; i < child->program_count; i++) {
		const struct kvet_child_program *program = &child->programs[i];
		bool again = false;
		int id;

		for (size_t n = 0; n < i && !again; n++)
			again = child->programs[n].function->section == program->function->section;
		if (again)
			continue;
		id = libbpf_register_prog_handler(
			program->section,
			program->parsed.known ? program->parsed.type : BPF_PROG_TYPE_SOCKET_FILTER,
			program->parsed.attach, &opts);
		if (id < 0 || !ARRAY_MORE(child->handlers, child->handler_count))
			return false;
		child->handlers[child->handler_count++] = id;
	}
	return true;
}

/* --- attempts --------------------------------------------------------------------------------- */

static bool all_decided(const struct kvet_child *child)
{
	for (size_t i = 0; i < child->program_count; i++)
		if (!child->programs[i].decided)
			return false;
	return true;
}

static int open_object(struct kvet_child *child)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = child->label,
		    .kconfig = *child->kconfig ? child->kconfig : NULL);
	int errnum;

	kvet_child_words_forget(child);
	errno = 0;
	child->object = bpf_object__open_mem(child->elf.bytes, child->elf.size, &opts);
	errnum = errno;
	if (child->object)
		return 0;
	return errnum ? -errnum : -EINVAL;
}

static void send_unopened(const struct kvet_child *child, const struct kvet_child_words *words,
			  int errnum)
{
	struct kvet_object answer = { .verdict = KVET_UNDETERMINED, .reason = KVET_OBJECT_LIBBPF };
	size_t used;

	/* Numbers from 4000 on are libbpf's own. */
	answer.cause.errnum = errnum < 4000 ? errnum : 0;
	snprintf(answer.cause.source, sizeof(answer.cause.source), "libbpf");
	snprintf(answer.cause.evidence, sizeof(answer.cause.evidence), "libbpf cannot open it: ");
	used = strlen(answer.cause.evidence);
	kvet_child_tell(words, answer.cause.evidence + used, sizeof(answer.cause.evidence) - used);
	if (!answer.cause.evidence[used])
		snprintf(answer.cause.evidence + used, sizeof(answer.cause.evidence) - used,
			 "it does not say why (error %d)", errnum);
	kvet_child_send(child, KVET_MESSAGE_OBJECT, &answer, sizeof(answer));
}

/* Newer libbpfs leave them out without a word. */
static void block_left_out(struct kvet_child *child)
{
	for (size_t i = 0; i < child->program_count; i++) {
		struct kvet_child_program *program = &child->programs[i];

		if (!program->decided && program->parsed.kind == KVET_TARGET_STRUCT_OPS &&
		    program->blocked == KVET_OBJECT_LOADED)
			block_alone(child, program);
	}
}

static void block_rest(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	char told[512];

	kvet_child_tell(words, told, sizeof(told));
	for (size_t i = 0; i < child->program_count; i++)
		if (!child->programs[i].decided)
			kvet_child_block(child, &child->programs[i], KVET_OBJECT_LIBBPF, errnum, "",
					 told);
}

/* Returns whether there is more to do. */
static bool attempt(struct kvet_child *child)
{
	struct bpf_program *prog;
	struct kvet_child_words words;
	bool again = false;
	int ret = open_object(child);

	if (ret) {
		kvet_child_words_read(child, &words);
		if (kvet_object_mend_open(child, &words, -ret))
			return !all_decided(child);
		send_unopened(child, &words, -ret);
		return false;
	}
	bpf_object__for_each_program(prog, child->object)
	{
		const struct kvet_child_program *program =
			kvet_child_program_named(child, bpf_program__name(prog));

		bpf_program__set_autoload(prog, program && !program->excluded);
	}
	kvet_maps_shape(child);
	ret = bpf_object__load(child->object);
	kvet_child_words_read(child, &words);
	if (!ret)
		block_left_out(child);
	if (all_decided(child)) {
		if (!ret)
			kvet_maps_send_created(child);
	} else {
		again = kvet_object_mend(child, &words, -ret);
		if (!again)
			block_rest(child, &words, -ret);
	}
	bpf_object__close(child->object);
	child->object = NULL;
	return again;
}

void kvet_object_load(struct kvet_child *child)
{
	if (!register_handlers(child))
		return;
	for (int i = 0; i < ATTEMPTS && attempt(child); i++)
		;
}
