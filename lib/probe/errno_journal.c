/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "probe/errno_journal.h"
#include "probe/syscall_names.h"

int kvet_errno_journal_add(struct kvet_probe_journal *journal, const struct kvet_errno_entry *entry)
{
	if (!ARRAY_MORE(journal->entries, journal->count))
		return -ENOMEM;
	journal->entries[journal->count++] = *entry;
	return 0;
}

void kvet_errno_journal_deinit(struct kvet_probe_journal *journal)
{
	free(journal->entries);
	memset(journal, 0, sizeof(*journal));
}

void kvet_probe_journal_free(struct kvet_probe_journal *journal)
{
	if (journal)
		kvet_errno_journal_deinit(journal);
	free(journal);
}

/* The first entry of the question: entries are in the order of the questions. */
static size_t first_of(const struct kvet_probe_journal *journal, size_t question)
{
	size_t low = 0, high = journal->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (journal->entries[middle].question < question)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t kvet_probe_journal_count(const struct kvet_probe_journal *journal, size_t question)
{
	size_t first = first_of(journal, question), end = first;

	while (end < journal->count && journal->entries[end].question == question)
		end++;
	return end - first;
}

const char *kvet_probe_journal_describe(const struct kvet_probe_journal *journal, size_t question,
					size_t nth, char *buf, size_t size)
{
	char call[KVET_JOURNAL_PATH_MAX + 96], errnum[32];
	const struct kvet_errno_entry *entry;

	buf[0] = '\0';
	if (nth >= kvet_probe_journal_count(journal, question))
		return buf;
	entry = &journal->entries[first_of(journal, question) + nth];
	kvet_errno_entry_describe(entry, call, sizeof(call));
	snprintf(buf, size, "%s: %s", call, kvet_errno_name(entry->errnum, errnum, sizeof(errnum)));
	return buf;
}

void kvet_errno_entry_describe(const struct kvet_errno_entry *entry, char *buf, size_t size)
{
	const char *name = kvet_syscall_name(entry->number);
	const char *command =
		kvet_syscall_is_bpf(entry->number) ? kvet_bpf_command_name(entry->argument) : NULL;
	const char *type = kvet_probe_type_name(entry->load.type);
	char errnum[32];

	if (!name)
		snprintf(buf, size, "system call %ld", entry->number);
	else if (command)
		snprintf(buf, size, "%s(%s%s%s)%s", name, command, type ? " " : "",
			 type ? type : "", entry->aside ? ": libbpf's own probe" : "");
	else if (entry->path[0])
		snprintf(buf, size, "%s(\"%s\")", name, entry->path);
	else if (entry->unreadable)
		snprintf(buf, size, "%s(path unknown: process_vm_readv: %s)", name,
			 kvet_errno_name(entry->unreadable, errnum, sizeof(errnum)));
	else
		snprintf(buf, size, "%s", name);
}

bool kvet_errno_entry_asks(const struct kvet_errno_entry *entry,
			   const struct kvet_probe_question *question)
{
	return kvet_syscall_is_bpf(entry->number) && entry->argument == BPF_PROG_LOAD &&
	       entry->load.type == question->type && entry->load.helper == question->helper &&
	       entry->load.logged;
}

/* What is known of an errno before the journal is searched for it. */
static void attribute_alone(struct kvet_probe_libbpf *answer, const char *gap)
{
	answer->source[0] = '\0';
	if (answer->errnum == 0) {
		answer->origin = KVET_ORIGIN_NONE;
	} else if (gap[0]) {
		answer->origin = KVET_ORIGIN_UNKNOWN;
		snprintf(answer->source, sizeof(answer->source), "unknown: %s", gap);
	} else {
		answer->origin = KVET_ORIGIN_USER;
		snprintf(answer->source, sizeof(answer->source), "set in user space");
	}
}

void kvet_errno_journal_attribute(const struct kvet_probe_journal *journal, const char *gap,
				  struct kvet_probe_libbpf *answers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (answers[i].answered)
			attribute_alone(&answers[i], gap);
	if (gap[0])
		return;
	for (size_t i = 0; i < journal->count; i++) {
		const struct kvet_errno_entry *entry = &journal->entries[i];
		struct kvet_probe_libbpf *answer;

		if (entry->question >= count)
			continue;
		answer = &answers[entry->question];
		if (!answer->answered || answer->errnum == 0 || answer->errnum != entry->errnum)
			continue;
		/* A later entry overwrites: the errno comes from the last call that returned it. */
		answer->origin = KVET_ORIGIN_SYSCALL;
		kvet_errno_entry_describe(entry, answer->source, sizeof(answer->source));
	}
}
