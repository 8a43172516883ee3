/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The child that loads an object's programs: what it knows, and what it writes to its parent. What
 * it does is in child_load.h, and goes down from there: object_load.h, then mend_load.h and
 * program_load.h, then maps_load.h and clocks_read.h. All of them may call what is here.
 */
#ifndef KVET_OBJECT_CHILD_H
#define KVET_OBJECT_CHILD_H

#include <bpf/libbpf.h>

#include "object/clocks_read.h"
#include "object/elf.h"
#include "object/evidence.h"
#include "object/section.h"

/* One program of the object, before and while it is loaded. */
struct kvet_child_program {
	const struct kvet_elf_function *function;
	const char *section; /* its ELF section, without "?" */
	struct kvet_section parsed;
	uint32_t btf_id; /* of what the section names: a function, or a tracepoint's typedef */
	int btf_module;
	uint32_t btf_arguments;
	bool decided;
	bool excluded;                   /* libbpf gives up at it, so it is not loaded again */
	enum kvet_object_reason blocked; /* KVET_OBJECT_LOADED: by nothing */
	int errnum;
	char symbol[160];
	char words[160]; /* libbpf's line about it */
};

struct kvet_child {
	int out;   /* the pipe to the parent */
	int words; /* what libbpf writes */
	const char *label;
	struct kvet_elf elf;
	struct kvet_child_program *programs;
	size_t program_count;
	bool has_btf; /* the kernel's BTF could be read */
	struct bpf_object *object;
	char kconfig[4096]; /* values for options that this kernel does not have */
	char *refused[64];  /* names of maps that the kernel refuses */
	size_t refused_count;
	int *handlers;
	size_t handler_count;
	struct kvet_clock_calls clocks;
	char *log;
};

#define KVET_CHILD_LOG_SIZE ((1 << 24) - 1) /* the largest that Linux 5.10 takes */

/* What comes through the pipe: the kind, and the value of that kind. */
enum kvet_message {
	KVET_MESSAGE_OBJECT,  /* struct kvet_object, without its arrays */
	KVET_MESSAGE_PROGRAM, /* struct kvet_object_evidence */
	KVET_MESSAGE_MAP,     /* struct kvet_object_map */
	KVET_MESSAGE_END,
};

/* Writes one; ends the process if the parent is gone. */
void kvet_child_send(const struct kvet_child *child, enum kvet_message kind, const void *value,
		     size_t size);

/* Ends the child; nobody's exit handlers run. */
_Noreturn void kvet_child_end(int status);

/* The program of this name, or NULL. */
struct kvet_child_program *kvet_child_program_named(const struct kvet_child *child,
						    const char *name);

/* Begins a program's evidence, with what the file says of it. The program counts as decided. */
void kvet_child_decide(const struct kvet_child *child, struct kvet_child_program *program,
		       struct kvet_object_evidence *evidence);

/* Sends a program's evidence without a load. */
void kvet_child_block(const struct kvet_child *child, struct kvet_child_program *program,
		      enum kvet_object_reason reason, int errnum, const char *symbol,
		      const char *words);

/* What libbpf has written since the last kvet_child_words_forget(). */
struct kvet_child_words {
	char text[8192];
};
/* From here on, what libbpf writes is kept; ends the process if it cannot be. */
void kvet_child_words_open(struct kvet_child *child);
void kvet_child_words_read(const struct kvet_child *child, struct kvet_child_words *words);
void kvet_child_words_forget(const struct kvet_child *child);

/* Writes its lines, without its prefix and without those that say only that it gives up. */
void kvet_child_tell(const struct kvet_child_words *words, char *buf, size_t size);

#endif
