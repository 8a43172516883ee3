/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "object/elf_edit.h"
#include "object/maps_load.h"
#include "object/mend_load.h"

/* --- what libbpf writes ----------------------------------------------------------------------- */

/* The last line with this text, or NULL. */
static const char *last_with(const char *text, const char *wanted)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, wanted)); at++)
		found = at;
	while (found && found > text && found[-1] != '\n')
		found--;
	return found;
}

/* What is between the first two quotes after prefix: "map 'NAME'". */
static bool quoted(const char *line, const char *prefix, char *buf, size_t size)
{
	const char *at = line ? strstr(line, prefix) : NULL;
	size_t len;

	if (!at || at > line + strcspn(line, "\n"))
		return false;
	at += strlen(prefix);
	if (*at != '\'')
		return false;
	len = strcspn(at + 1, "'\n");
	snprintf(buf, size, "%.*s", (int)len, at + 1);
	return true;
}

/* --- what is in libbpf's way ------------------------------------------------------------------ */

/* line is what libbpf says of it. */
static void block_users(struct kvet_child *child, const char *symbol,
			enum kvet_object_reason reason, int errnum, const char *line)
{
	for (size_t i = 0; i < child->program_count; i++) {
		struct kvet_child_program *program = &child->programs[i];

		if (program->blocked != KVET_OBJECT_LOADED ||
		    !kvet_elf_uses(&child->elf, program->function, symbol))
			continue;
		program->blocked = reason;
		program->errnum = errnum;
		snprintf(program->symbol, sizeof(program->symbol), "%s", symbol);
		line += strncmp(line, "libbpf: ", 8) ? 0 : 8;
		snprintf(program->words, sizeof(program->words), "%.*s", (int)strcspn(line, "\n"),
			 line);
	}
}

static bool mend_map(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	const char *line = last_with(words->text, "failed to create");
	char name[128];
	struct bpf_map *map;

	if (!quoted(line, "map ", name, sizeof(name)) || kvet_map_is_refused(child, name) ||
	    child->refused_count == sizeof(child->refused) / sizeof(*child->refused))
		return false;
	map = bpf_object__find_map_by_name(child->object, name);
	child->refused[child->refused_count] = strdup(name);
	if (!map || !child->refused[child->refused_count])
		return false;
	child->refused_count++;
	kvet_map_send(child, map, errnum);
	return true;
}

/* A value of the type that the object declares for the option, so that libbpf goes on. */
static const char *any_value(const struct btf *btf, const char *option)
{
	int id = btf ? btf__find_by_name_kind(btf, option, BTF_KIND_VAR) : -1;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	for (int depth = 0; type && depth < 32; depth++) {
		if (!btf_is_var(type) && !btf_is_mod(type) && !btf_is_typedef(type))
			break;
		type = btf__type_by_id(btf, type->type);
	}
	if (type && btf_is_array(type))
		return "\"\"";
	if (type && btf_is_int(type) && !(btf_int_encoding(type) & BTF_INT_BOOL) && type->size > 1)
		return "1";
	return "y";
}

static bool mend_option(struct kvet_child *child, const char *option, int errnum, const char *line)
{
	size_t used = strlen(child->kconfig);
	char wanted[200];

	snprintf(wanted, sizeof(wanted), "%s=%s\n", option,
		 any_value(bpf_object__btf(child->object), option));
	if (strstr(child->kconfig, wanted) || used + strlen(wanted) >= sizeof(child->kconfig))
		return false;
	snprintf(child->kconfig + used, sizeof(child->kconfig) - used, "%s", wanted);
	block_users(child, option, KVET_OBJECT_KCONFIG, errnum, line);
	return true;
}

static bool mend_extern(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	const char *line = last_with(words->text, "extern ");
	enum kvet_object_reason reason = KVET_OBJECT_KSYM;
	char name[128];

	if (!line || !(quoted(line, "extern ", name, sizeof(name)) ||
		       quoted(line, "(kcfg) ", name, sizeof(name)) ||
		       quoted(line, "(ksym) ", name, sizeof(name)) ||
		       quoted(line, "(var ksym) ", name, sizeof(name)) ||
		       quoted(line, "(func ksym) ", name, sizeof(name))))
		return false;
	if (!strncmp(name, "CONFIG_", 7) || !strncmp(name, "LINUX_", 6)) {
		if (!strncmp(name, "CONFIG_", 7) && mend_option(child, name, errnum, line))
			return true;
		reason = KVET_OBJECT_KCONFIG;
	} else if (strstr(line, "func ksym")) {
		reason = KVET_OBJECT_KFUNC;
	}
	block_users(child, name, reason, errnum, line);
	return kvet_elf_hide(&child->elf, name);
}

/* No configuration can be read: the programs that ask for an option remain undetermined. */
static bool mend_config(struct kvet_child *child, const struct kvet_child_words *words)
{
	bool any = false;

	if (!strstr(words->text, "failed to open system Kconfig"))
		return false;
	for (size_t i = 0; i < child->elf.reference_count; i++) {
		const struct kvet_elf_reference *reference = &child->elf.references[i];
		size_t used = strlen(child->kconfig);
		char wanted[200];

		if (reference->symbol_section || strncmp(reference->symbol, "CONFIG_", 7) != 0)
			continue;
		snprintf(wanted, sizeof(wanted), "%s=%s\n", reference->symbol,
			 any_value(bpf_object__btf(child->object), reference->symbol));
		if (strstr(child->kconfig, wanted) ||
		    used + strlen(wanted) >= sizeof(child->kconfig))
			continue;
		snprintf(child->kconfig + used, sizeof(child->kconfig) - used, "%s", wanted);
		block_users(child, reference->symbol, KVET_OBJECT_NO_CONFIG, 0, "");
		any = true;
	}
	return any;
}

/* The kernel lacks the struct that programs implement the operations of. */
static bool mend_struct_ops(struct kvet_child *child, const struct kvet_child_words *words,
			    int errnum)
{
	static const char words_before[] = "struct_ops init_kern";
	const char *line = last_with(words->text, words_before);
	const char *name = line ? strstr(line, "struct ") : NULL;

	if (!name || !strstr(line, "is not found in kernel BTF"))
		return false;
	name += strlen("struct ");
	for (size_t i = 0; i < child->program_count; i++) {
		struct kvet_child_program *program = &child->programs[i];

		if (program->parsed.kind != KVET_TARGET_STRUCT_OPS)
			continue;
		program->blocked = KVET_OBJECT_STRUCT_OPS;
		program->errnum = errnum;
		snprintf(program->symbol, sizeof(program->symbol), "%.*s",
			 (int)strcspn(name, " \n"), name);
	}
	return kvet_elf_hide_section(&child->elf, ".struct_ops");
}

/* The kernel refuses the object's types, without which libbpf registers no struct of operations:
 * other programs load without them. */
static bool mend_types(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	if (!strstr(words->text, "BTF is mandatory"))
		return false;
	for (size_t i = 0; i < child->program_count; i++) {
		struct kvet_child_program *program = &child->programs[i];

		if (program->parsed.kind != KVET_TARGET_STRUCT_OPS ||
		    program->blocked != KVET_OBJECT_LOADED)
			continue;
		program->blocked = KVET_OBJECT_LIBBPF;
		program->errnum = errnum;
		kvet_child_tell(words, program->words, sizeof(program->words));
	}
	return kvet_elf_hide_section(&child->elf, ".struct_ops");
}

/* Decides a program that libbpf itself cannot prepare. */
static bool exclude(struct kvet_child *child, const struct kvet_child_words *words, int errnum,
		    const char *name)
{
	struct kvet_child_program *program = kvet_child_program_named(child, name);
	char told[512];

	if (!program || program->excluded || program->decided)
		return false;
	program->excluded = true;
	kvet_child_tell(words, told, sizeof(told));
	kvet_child_block(child, program, KVET_OBJECT_LIBBPF, errnum, "", told);
	return true;
}

static bool mend_program(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	char name[128];

	return quoted(last_with(words->text, "prog '"), "prog ", name, sizeof(name)) &&
	       exclude(child, words, errnum, name);
}

/* A function that programs call, in a section of its own: which libbpf takes for a program's. */
static bool hide_called(struct kvet_child *child, const char *name)
{
	for (size_t i = 0; i < child->elf.function_count; i++) {
		const struct kvet_elf_function *function = &child->elf.functions[i];

		if (!function->program && !strcmp(function->name, name))
			return kvet_elf_hide_function(&child->elf, function);
	}
	return false;
}

bool kvet_object_mend_open(struct kvet_child *child, const struct kvet_child_words *words,
			   int errnum)
{
	const char *line = last_with(words->text, "prog '");
	char name[128];

	if (!quoted(line, "prog ", name, sizeof(name)) &&
	    !quoted(last_with(words->text, "program '"), "program ", name, sizeof(name)))
		return false;
	if (hide_called(child, name))
		return true;
	return exclude(child, words, errnum, name) &&
	       kvet_elf_hide_function(&child->elf, kvet_child_program_named(child, name)->function);
}

bool kvet_object_mend(struct kvet_child *child, const struct kvet_child_words *words, int errnum)
{
	return mend_config(child, words) || mend_types(child, words, errnum) ||
	       mend_map(child, words, errnum) || mend_extern(child, words, errnum) ||
	       mend_struct_ops(child, words, errnum) || mend_program(child, words, errnum);
}
