/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Compares what kvet makes of an object's CO-RE relocations with what libbpf writes into the
 * instructions, for this kernel's BTF or that of a file. Prints each difference, and at the end how
 * many instructions were compared. Programs that libbpf loads are replaced by an empty one.
 *
 *	relocations OBJECT [BTF]
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "object/core_relocation.h"
#include "object/core_types.h"
#include "object/image.h"

static struct {
	struct kvet_image image;
	const struct bpf_object *object;
	unsigned int compared, different, invalid;
} oracle;

static bool is_invalid(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
	       insn->imm == KVET_POISON_RELOCATION;
}

static void compare(const struct kvet_image_relocation *item, const struct bpf_insn *theirs)
{
	const struct bpf_insn *own = &item->code->insns[item->index];
	bool same = item->invalid ? is_invalid(theirs)
				  : own->code == theirs->code && own->off == theirs->off &&
					    own->imm == theirs->imm;
	char words[320];

	if (own->code == (BPF_LD | BPF_IMM | BPF_DW) && !item->invalid)
		same = same && own[1].imm == theirs[1].imm;
	oracle.compared++;
	oracle.invalid += item->invalid;
	if (same)
		return;
	oracle.different++;
	kvet_core_relocation_words(oracle.image.btf, &item->record, words, sizeof(words));
	printf("different: kind %d of %s: kvet %02x %d %d%s, libbpf %02x %d %d\n",
	       (int)item->record.kind, words, own->code, own->off, own->imm,
	       item->invalid ? " invalid" : "", theirs->code, theirs->off, theirs->imm);
}

/* The relocations of one function, whose instructions libbpf has from first on. */
static void compare_function(const struct kvet_elf_function *function, const struct bpf_insn *insns,
			     size_t first, size_t count)
{
	size_t start = function->start / sizeof(*insns), end = function->end / sizeof(*insns);

	for (size_t i = 0; i < oracle.image.relocation_count; i++) {
		const struct kvet_image_relocation *item = &oracle.image.relocations[i];

		if (item->code->section == function->section && item->index >= start &&
		    item->index < end && first + item->index - start < count)
			compare(item, &insns[first + item->index - start]);
	}
}

static const struct bpf_func_info *info_at(const struct bpf_prog_load_opts *opts, uint32_t i)
{
	return (const void *)((const char *)opts->func_info + (size_t)i * opts->func_info_rec_size);
}

static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	static struct bpf_insn empty[2] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
					    { .code = BPF_JMP | BPF_EXIT } };
	const struct btf *btf = bpf_object__btf(oracle.object);
	const struct bpf_insn *insns = bpf_program__insns(prog);
	size_t count = bpf_program__insn_cnt(prog);
	const struct kvet_elf_function *function;

	(void)cookie;
	function = kvet_elf_function_named(&oracle.image.elf, bpf_program__name(prog));
	if (function)
		compare_function(function, insns, 0, count);
	for (uint32_t i = 1; i < opts->func_info_cnt; i++) {
		const struct btf_type *type = btf__type_by_id(btf, info_at(opts, i)->type_id);

		function = kvet_elf_function_named(&oracle.image.elf,
						   btf__name_by_offset(btf, type->name_off));
		if (function)
			compare_function(function, insns, info_at(opts, i)->insn_off, count);
	}
	opts->func_info = opts->line_info = NULL;
	opts->func_info_cnt = opts->line_info_cnt = 0;
	bpf_program__set_insns(prog, empty, 2);
	bpf_program__set_type(prog, BPF_PROG_TYPE_SOCKET_FILTER);
	opts->expected_attach_type = 0;
	opts->attach_btf_id = 0;
	opts->prog_flags = 0;
	return 0;
}

static char *read_file(const char *path, size_t *size)
{
	FILE *stream = fopen(path, "r");
	char *bytes = malloc(64 << 20);

	*size = stream && bytes ? fread(bytes, 1, 64 << 20, stream) : 0;
	if (stream)
		fclose(stream);
	return bytes;
}

/* Only CO-RE counts here: maps and externs of which this kernel lacks something stop libbpf. */
static int load(const char *path, const char *btf)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = btf);
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .prog_prepare_load_fn = prepare);
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_map *map;
	int ret;

	/* One for each section, by its name; a second of the same fails. */
	for (size_t i = 0; i < oracle.image.elf.function_count; i++) {
		const struct kvet_elf_function *function = &oracle.image.elf.functions[i];
		const char *section = kvet_elf_section_name(&oracle.image.elf, function->section);

		if (function->program)
			libbpf_register_prog_handler(section + (*section == '?'),
						     BPF_PROG_TYPE_SOCKET_FILTER, 0, &handler);
	}
	object = bpf_object__open_file(path, &opts);
	if (!object)
		return -errno;
	oracle.object = object;
	bpf_object__for_each_map(map, object) bpf_map__set_autocreate(map, false);
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, true);
	ret = bpf_object__load(object);
	bpf_object__close(object);
	return ret;
}

int main(int argc, char **argv)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct kvet_core_kernel kernel = { .count = 1 };
	static struct kvet_object answer;
	struct kvet_btf *btf = NULL;
	struct kvet_cause err = { 0 };
	char *bytes, *types;
	size_t size;
	int ret;

	if (argc < 2 || argc > 3)
		return 2;
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	bytes = read_file(argv[1], &size);
	if (kvet_image_read(&oracle.image, bytes, size, &answer) || !oracle.image.btf)
		return 1;
	types = read_file(argc == 3 ? argv[2] : KVET_BTF_VMLINUX, &size);
	if (kvet_btf_new(&btf, NULL, types, size, "BTF", &err))
		return 1;
	kernel.btfs = (const struct kvet_btf *const *)&btf;
	kernel.pointer = kvet_core_pointer_size(btf);
	if (kvet_image_relocate(&oracle.image, &kernel, &err))
		return 1;
	if (!getenv("WORDS"))
		libbpf_set_print(NULL);
	ret = load(argv[1], argc == 3 ? argv[2] : NULL);
	printf("%u compared, %u of them invalid, %u different, load %d\n", oracle.compared,
	       oracle.invalid, oracle.different, ret);
	kvet_image_deinit(&oracle.image);
	kvet_btf_free(btf);
	free(bytes);
	free(types);
	return oracle.different != 0;
}
