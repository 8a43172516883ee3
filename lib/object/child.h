/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The child that loads an object's programs, and what it writes to its parent. */
#ifndef KVET_OBJECT_CHILD_H
#define KVET_OBJECT_CHILD_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

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
	bool decided;
	bool excluded;                   /* libbpf gives up at it, so it is not loaded again */
	enum kvet_object_reason blocked; /* KVET_OBJECT_LOADED: by nothing */
	int errnum;
	char symbol[160];
	char words[160]; /* libbpf's line about it */
};

/* How the clock helpers look in a program as the kernel translated it. */
struct kvet_child_clocks {
	bool learnt;
	int32_t calls[KVET_OBJECT_CLOCK_COUNT]; /* 0: this kernel has none */
	int32_t jiffies[2];                     /* of the address that stands for the call */
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
	struct kvet_child_clocks clocks;
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

/* Checks the object in these bytes, which change, and sends all that it finds. Never returns. */
_Noreturn void kvet_child_run(struct kvet_child *child, char *bytes, size_t size);

/* Opens and loads until every program is decided, or libbpf cannot go on. */
void kvet_child_load_all(struct kvet_child *child);

/* Decides one program, with what libbpf made of it. */
void kvet_child_load_program(struct kvet_child *child, struct kvet_child_program *program,
			     struct bpf_program *prog, const struct bpf_prog_load_opts *opts);

/* Sends a program's evidence without a load. */
void kvet_child_block(struct kvet_child *child, struct kvet_child_program *program,
		      enum kvet_object_reason reason, int errnum, const char *symbol,
		      const char *words);

/* What libbpf has written since the last kvet_child_words_forget(). */
struct kvet_child_words {
	char text[8192];
};
void kvet_child_words_read(const struct kvet_child *child, struct kvet_child_words *words);
void kvet_child_words_forget(const struct kvet_child *child);

/* Writes its lines, without its prefix and without those that say only that it gives up. */
void kvet_child_tell(const struct kvet_child_words *words, char *buf, size_t size);

/* Takes what stopped libbpf out of its way, and blocks the programs that use it. Returns whether
 * there is reason to try again. */
bool kvet_child_mend(struct kvet_child *child, const struct kvet_child_words *words, int errnum);

struct kvet_child_program *kvet_child_program_named(const struct kvet_child *child,
						    const char *name);

/* Before the load: which maps are created, and how large. After it: sends those that were. */
void kvet_child_shape_maps(struct kvet_child *child);
void kvet_child_send_created(struct kvet_child *child);
void kvet_child_send_map(struct kvet_child *child, const struct bpf_map *map, int errnum);

/* Whether the kernel has refused the map of this name. */
bool kvet_child_refused(const struct kvet_child *child, const char *name);

/* A loaded program as the kernel translated it; the caller frees it. NULL: the kernel does not
 * tell. */
struct bpf_insn *kvet_child_translated(int prog, size_t *count);

/* The clocks that live code of a loaded program reads. Returns false if the kernel does not tell.
 */
bool kvet_child_clocks_read(struct kvet_child *child, const struct bpf_insn *insns, size_t count,
			    unsigned int *clocks);

/* Where the reads of the context end, in bytes, of a translated program whose context is not
 * rewritten (a tracepoint's). Pure. */
uint32_t kvet_context_end(const struct bpf_insn *insns, size_t count);

#endif
