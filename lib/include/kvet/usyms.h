/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * User symbols: the functions of programs and shared libraries on the stacks of processes.
 *
 * An address of a process says little after the process has ended or called execve(2). So the
 * kernel notes for each frame the build id of the file and the offset in it (kernel: struct
 * bpf_stack_build_id), and a name comes from a file of that build id, wherever it is found.
 */
#ifndef KVET_USYMS_H
#define KVET_USYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KVET_BUILD_ID_SIZE 20

/* A frame of a process's stack. A shorter build id is padded with zeros. */
struct kvet_user_frame {
	bool in_file; /* the kernel found the build id */
	uint8_t build_id[KVET_BUILD_ID_SIZE];
	uint64_t at; /* offset in the file, or else the address in the process */
};

/* The files that are known. Not for several threads at a time. */
struct kvet_usyms;

/* The caller frees *usyms with kvet_usyms_free(). host, which may be NULL, is copied; its strings
 * must outlive *usyms. Errors: -ENOMEM. */
int kvet_usyms_new(struct kvet_usyms **usyms, const struct kvet_host *host, struct kvet_cause *err);
void kvet_usyms_free(struct kvet_usyms *usyms);

/*
 * Notes the files that a process has mapped for execution, for the frames of that process and of
 * others. pid is the number that /proc has. A process that has ended adds nothing. Returns 0 or
 * -ENOMEM.
 */
int kvet_usyms_learn(struct kvet_usyms *usyms, uint32_t pid);

/* Whose frames they are. */
struct kvet_usyms_task {
	uint32_t pid;     /* the process's number in /proc, or 0 if that is not known */
	const char *comm; /* its name, which may be the program's; "": not known */
};

/*
 * Describes a frame, with all names of the address in alphabetical order: "__read|read+0xd
 * [libc.so.6]"; "[libc.so.6]+0x1234", the offset in a file without a symbol for it; the first bytes
 * of the build id instead of a file's name if no such file was found; "0x7f0000001234" if the
 * kernel did not find a build id, and the process no longer has a file there; "[unmapped]" if the
 * kernel names a file, but an offset where the file has nothing (it does not check where the
 * mapping begins).
 *
 * A build id that no process has mapped is searched among the host's shared libraries and the
 * programs of the task's name.
 *
 * The innermost frame is where the process is. All others are return addresses: each belongs to the
 * function of the byte before it, because a call that does not return may be a function's last
 * instruction.
 *
 * Writes to buf, NUL-terminated and truncated if it does not fit. Any bytes may be in a name.
 */
void kvet_usyms_describe(struct kvet_usyms *usyms, const struct kvet_usyms_task *task,
			 const struct kvet_user_frame *frame, bool innermost, char *buf,
			 size_t size);

#ifdef __cplusplus
}
#endif

#endif
