/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "object/child.h"

/* --- what the parent gets --------------------------------------------------------------------- */

_Noreturn void kvet_child_end(int status)
{
	_exit(status);
}

static void write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t done = write(fd, at, size);
		int errnum = errno;

		if (done < 0 && errnum != EINTR)
			kvet_child_end(1);
		if (done > 0) {
			at += done;
			size -= (size_t)done;
		}
	}
}

void kvet_child_send(const struct kvet_child *child, enum kvet_message kind, const void *value,
		     size_t size)
{
	write_all(child->out, &kind, sizeof(kind));
	write_all(child->out, value, size);
}

struct kvet_child_program *kvet_child_program_named(const struct kvet_child *child,
						    const char *name)
{
	for (size_t i = 0; i < child->program_count; i++)
		if (!strcmp(child->programs[i].function->name, name))
			return &child->programs[i];
	return NULL;
}

void kvet_child_decide(const struct kvet_child *child, struct kvet_child_program *program,
		       struct kvet_object_evidence *evidence)
{
	const char *whole = kvet_elf_section_name(&child->elf, program->function->section);

	memset(evidence, 0, sizeof(*evidence));
	snprintf(evidence->program.name, sizeof(evidence->program.name), "%s",
		 program->function->name);
	snprintf(evidence->program.section, sizeof(evidence->program.section), "%s", whole);
	evidence->program.autoload = *whole != '?';
	evidence->hint.has_btf = child->has_btf;
	evidence->hint.in_btf = program->btf_id != 0;
	evidence->hint.arguments = program->btf_arguments;
	program->decided = true;
}

void kvet_child_block(const struct kvet_child *child, struct kvet_child_program *program,
		      enum kvet_object_reason reason, int errnum, const char *symbol,
		      const char *words)
{
	struct kvet_object_evidence evidence;

	kvet_child_decide(child, program, &evidence);
	evidence.outcome = KVET_OUTCOME_BLOCKED;
	evidence.reason = reason;
	evidence.errnum = errnum;
	snprintf(evidence.symbol, sizeof(evidence.symbol), "%s", symbol);
	snprintf(evidence.words, sizeof(evidence.words), "%s", words);
	kvet_child_send(child, KVET_MESSAGE_PROGRAM, &evidence, sizeof(evidence));
}

/* --- what libbpf writes ----------------------------------------------------------------------- */

/* The kernel's log of BTF that it refuses has all types of the object before its cause. */
static const char *without_types(char *text)
{
	static const char end[] = "\n-- END BTF LOAD LOG";
	char *stop = strstr(text, "-- BEGIN BTF LOAD LOG") ? strstr(text, end) : NULL;

	if (!stop)
		return text;
	while (stop > text && stop[-1] == '\n')
		stop--;
	stop[0] = '\n';
	stop[1] = '\0';
	while (stop > text && stop[-1] != '\n')
		stop--;
	return stop;
}

/* libbpf's own hook writes to stderr, but the caller's may be set; debug lines are not for it. */
__attribute__((format(printf, 2, 0))) static int hear(enum libbpf_print_level level,
						      const char *format, va_list args)
{
	const char *said;
	char *text;
	int len;

	if (level == LIBBPF_DEBUG)
		return 0;
	len = vasprintf(&text, format, args);
	if (len < 0)
		return len;
	said = without_types(text);
	write_all(2, said, strlen(said));
	free(text);
	return len;
}

void kvet_child_words_open(struct kvet_child *child)
{
	child->words = memfd_create("kvet", MFD_CLOEXEC);
	if (child->words < 0 || dup2(child->words, 2) < 0)
		kvet_child_end(1);
	libbpf_set_print(hear);
}

void kvet_child_words_read(const struct kvet_child *child, struct kvet_child_words *words)
{
	ssize_t got = pread(child->words, words->text, sizeof(words->text) - 1, 0);

	words->text[got > 0 ? got : 0] = '\0';
}

void kvet_child_words_forget(const struct kvet_child *child)
{
	if (!ftruncate(child->words, 0))
		lseek(child->words, 0, SEEK_SET);
}

void kvet_child_tell(const struct kvet_child_words *words, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (const char *line = words->text; *line && used < size;) {
		size_t len = strcspn(line, "\n");
		const char *text = len > 8 && !strncmp(line, "libbpf: ", 8) ? line + 8 : line;
		int rest = (int)(len - (size_t)(text - line));

		if (rest && strncmp(text, "failed to load object", 21) != 0 &&
		    strncmp(text, "elf: skipping", 13) != 0 && !strstr(text, "Retrying without"))
			used += (size_t)snprintf(buf + used, size - used, "%s%.*s",
						 used ? "; " : "", rest, text);
		line += len + (line[len] == '\n');
	}
}
