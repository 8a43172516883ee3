/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/securityfs_read.h"
#include "host/sys_read.h"
#include "object/target_read.h"

void kvet_targets_deinit(struct kvet_targets *targets)
{
	for (size_t i = 0; i < 2; i++)
		kvet_kprobe_ways_close(targets->ways[i]);
	if (targets->has_facts)
		kvet_kprobe_facts_deinit(&targets->facts);
	kvet_ksyms_sites_free(targets->sites);
	kvet_ksyms_free(targets->table);
}

static void answer_is(struct kvet_target_answer *answer, enum kvet_verdict verdict,
		      enum kvet_object_reason reason)
{
	answer->verdict = verdict;
	answer->reason = reason;
}

/* --- security modules ------------------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (strcspn(at, ",") == len && !strncmp(at, word, len))
			return true;
	return false;
}

void kvet_target_lsm(struct kvet_targets *targets, struct kvet_target_answer *answer)
{
	if (!*targets->lsm && !targets->lsm_cause.source[0])
		(void)kvet_securityfs_read(targets->host, "lsm", targets->lsm, sizeof(targets->lsm),
					   &targets->lsm_cause);
	if (!*targets->lsm) {
		answer_is(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN);
		answer->cause = targets->lsm_cause;
		kvet_cause_add(&answer->cause, "so it is unknown whether BPF is active");
	} else if (!has_word(targets->lsm, "bpf")) {
		answer_is(answer, KVET_NO, KVET_OBJECT_TARGET_INACTIVE);
		kvet_cause_fill(&answer->cause, 0, "/sys/kernel/security/lsm",
				"the kernel never calls it: bpf is not among the active security "
				"modules (%s)",
				targets->lsm);
		kvet_cause_remedy(&answer->cause, "boot with lsm=%s,bpf", targets->lsm);
	}
}

/* --- tracepoints ------------------------------------------------------------------------------ */

uint32_t kvet_target_format_end(const char *format)
{
	uint32_t end = 0;

	for (const char *at = format; (at = strstr(at, "offset:")); at++) {
		const char *size = strstr(at, "size:");
		uint32_t last;

		if (!size || memchr(at, '\n', (size_t)(size - at)))
			continue;
		last = (uint32_t)strtoul(at + 7, NULL, 10) + (uint32_t)strtoul(size + 5, NULL, 10);
		if (last > end)
			end = last;
	}
	return end;
}

static int read_event(const struct kvet_host *host, const char *event, const char *file, char *buf,
		      size_t size, struct kvet_cause *err)
{
	static const char *const folders[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[400];
	int ret = -1;

	for (size_t i = 0; i < 2 && ret; i++) {
		snprintf(path, sizeof(path), "%s/events/%s", folders[i], file);
		if (event)
			snprintf(path, sizeof(path), "%s/events/%s/%s", folders[i], event, file);
		ret = kvet_host_read(host, path, buf, size, err);
	}
	return ret;
}

/* The longest formats of the kernel have some thousand bytes. */
#define FORMAT_SIZE (1 << 16)

void kvet_target_tracepoint(struct kvet_targets *targets, const char *text, uint32_t context_end,
			    struct kvet_target_answer *answer)
{
	AUTO_FREE char *format = calloc(1, FORMAT_SIZE);
	struct kvet_cause err;
	uint32_t end;

	if (!format)
		return;
	if (strchr(text, '.') || !strchr(text, '/')) {
		answer_is(answer, KVET_NO, KVET_OBJECT_TARGET_ABSENT);
		kvet_cause_fill(&answer->cause, 0, "section",
				"a tracepoint is written GROUP/NAME, not '%s'", text);
		return;
	}
	if (read_event(targets->host, NULL, "header_page", format, FORMAT_SIZE, &err)) {
		answer_is(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN);
		answer->cause = err;
		kvet_cause_add(&answer->cause,
			       "so it is unknown whether there is a tracepoint "
			       "'%s'",
			       text);
		kvet_cause_remedy(&answer->cause, "mount -t tracefs nodev /sys/kernel/tracing");
		return;
	}
	if (read_event(targets->host, text, "format", format, FORMAT_SIZE, &err)) {
		answer_is(answer, KVET_NO, KVET_OBJECT_TARGET_ABSENT);
		kvet_cause_fill(&answer->cause, 0, "tracefs", "this kernel has no tracepoint '%s'",
				text);
		return;
	}
	end = kvet_target_format_end(format);
	if (end && context_end > end) {
		answer_is(answer, KVET_NO, KVET_OBJECT_ACCESS);
		kvet_cause_fill(&answer->cause, 0, "tracefs",
				"it reads %u bytes of the context, and the format of %s ends at %u",
				context_end, text, end);
	}
}

/* --- raw tracepoints, iterators --------------------------------------------------------------- */

static void look_in_btf(const struct kvet_target_hint *hint, const char *text,
			struct kvet_target_answer *answer)
{
	if (!hint->has_btf) {
		answer_is(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN);
		kvet_cause_fill(&answer->cause, 0, "BTF", "the kernel's BTF cannot be read");
	} else if (!hint->in_btf) {
		answer_is(answer, KVET_NO, KVET_OBJECT_TARGET_ABSENT);
		kvet_cause_fill(&answer->cause, 0, "BTF",
				"this kernel has no raw tracepoint '%s': its BTF has no "
				"btf_trace_%s",
				text, text);
	} else if (hint->context_end > hint->arguments * 8) {
		answer_is(answer, KVET_NO, KVET_OBJECT_ACCESS);
		kvet_cause_fill(&answer->cause, 0, "BTF",
				"it reads %u bytes of the context, and raw tracepoint '%s' has %u "
				"argument%s of 8 bytes",
				hint->context_end, text, hint->arguments,
				hint->arguments == 1 ? "" : "s");
	}
}

/* Over what only the loader can name. */
static void look_at_iterator(const char *text, struct kvet_target_answer *answer)
{
	static const char *const asking[] = { "bpf_map_elem", "bpf_sk_storage_map", "sockmap",
					      "cgroup" };

	for (size_t i = 0; i < sizeof(asking) / sizeof(*asking); i++)
		if (!strcmp(text, asking[i])) {
			answer_is(answer, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER);
			kvet_cause_fill(&answer->cause, 0, "section",
					"the loader says which %s the iterator is for",
					strcmp(text, "cgroup") ? "map" : "cgroup");
		}
}

static bool has_uprobes(const struct kvet_host *host, struct kvet_target_answer *answer)
{
	char evidence[160];

	if (kvet_host_config(host, "CONFIG_UPROBE_EVENTS", evidence, sizeof(evidence)) !=
	    KVET_CONFIG_NO)
		return true;
	answer_is(answer, KVET_NO, KVET_OBJECT_TARGET_UNSUPPORTED);
	kvet_cause_fill(&answer->cause, 0, "configuration",
			"this kernel is built without uprobes: %s", evidence);
	return false;
}

/* Whether the kernel has what the section's attach type is for, where the load does not tell. */
static bool has_links(const struct kvet_host *host, const struct kvet_section *section,
		      struct kvet_target_answer *answer)
{
	enum kvet_verdict verdict =
		kvet_target_link_is_asked(section->attach)
			? kvet_target_link_check(host, section->attach, &answer->cause)
			: KVET_YES;

	if (verdict != KVET_YES)
		answer_is(answer, verdict,
			  verdict == KVET_NO ? KVET_OBJECT_TARGET_UNSUPPORTED
					     : KVET_OBJECT_TARGET_UNKNOWN);
	return verdict == KVET_YES;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Returns false if there is nothing to say of its target. */
static bool vet(struct kvet_targets *targets, const struct kvet_section *section,
		const struct kvet_target_hint *hint, struct kvet_target_answer *answer)
{
	const char *text = section->target;

	switch (section->kind) {
	case KVET_TARGET_KPROBE:
		kvet_target_kprobe(targets, text, section->returns, answer);
		return true;
	case KVET_TARGET_SYSCALL: {
		char name[300];

#if defined(__x86_64__)
		snprintf(name, sizeof(name), "__x64_sys_%s", text);
#elif defined(__aarch64__)
		snprintf(name, sizeof(name), "__arm64_sys_%s", text);
#elif defined(__s390x__)
		snprintf(name, sizeof(name), "__s390x_sys_%s", text);
#elif defined(__riscv)
		snprintf(name, sizeof(name), "__riscv_sys_%s", text);
#else
		snprintf(name, sizeof(name), "__se_sys_%s", text);
#endif
		kvet_target_kprobe(targets, name, section->returns, answer);
		return true;
	}
	case KVET_TARGET_KPROBE_MULTI:
		kvet_target_multi(targets, text, section->attach, answer);
		return true;
	case KVET_TARGET_UPROBE:
	case KVET_TARGET_USDT:
		if (has_uprobes(targets->host, answer) && has_links(targets->host, section, answer))
			kvet_target_file(text, section->kind == KVET_TARGET_USDT, answer);
		return true;
	case KVET_TARGET_TRACEPOINT:
		kvet_target_tracepoint(targets, text, hint->context_end, answer);
		return true;
	case KVET_TARGET_RAW_TRACEPOINT:
		look_in_btf(hint, text, answer);
		if (hint->buffer_end && answer->verdict == KVET_YES)
			kvet_target_buffer(targets, text, hint, answer);
		return true;
	case KVET_TARGET_FUNCTION:
		kvet_target_function(targets, text, hint->arguments, answer);
		return true;
	case KVET_TARGET_LSM:
		kvet_target_lsm(targets, answer);
		return true;
	case KVET_TARGET_ITER:
		look_at_iterator(text, answer);
		return true;
	case KVET_TARGET_BTF_TRACEPOINT:
		return true; /* the load says it */
	case KVET_TARGET_NONE:
		(void)has_links(targets->host, section, answer);
		return true;
	case KVET_TARGET_PROGRAM:
	case KVET_TARGET_STRUCT_OPS:
	default:
		return false;
	}
}

void kvet_target_read(struct kvet_targets *targets, const struct kvet_target_hint *hint,
		      struct kvet_object_program *program)
{
	struct kvet_target_answer answer = { .verdict = KVET_YES, .reason = KVET_OBJECT_LOADED };
	struct kvet_section section;

	kvet_section_parse(program->section + (*program->section == '?'), &section);
	if (!section.target && !kvet_target_link_is_asked(section.attach))
		return;
	if (section.target)
		snprintf(program->target, sizeof(program->target), "%s", section.target);
	/* What the kernel's BTF lacks, or the loader sets, is no place to look at. */
	if (program->reason == KVET_OBJECT_BTF_TARGET) {
		if (section.kind == KVET_TARGET_FUNCTION)
			kvet_target_absent(targets, section.target, &program->cause);
		return;
	}
	if (program->reason == KVET_OBJECT_PLACEHOLDER || !vet(targets, &section, hint, &answer))
		return;
	if (answer.reason == KVET_OBJECT_TARGET_ABSENT && section.target &&
	    kvet_section_is_placeholder(section.target)) {
		answer_is(&answer, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER);
		kvet_cause_fill(&answer.cause, 0, "section",
				"'%s' stands for a target that the loader sets", section.target);
	}
	program->has_target = true;
	program->target_verdict = answer.verdict;
	/* One no is enough for a no, whatever cannot be found out of the other. */
	program->verdict = program->load == KVET_NO || answer.verdict == KVET_NO
				   ? KVET_NO
				   : kvet_verdict_worst(program->load, answer.verdict);
	/* A no is the target's, whatever is unknown of the load. */
	if (program->load == KVET_YES ||
	    (program->load == KVET_UNDETERMINED && answer.verdict == KVET_NO)) {
		program->reason = answer.reason;
		program->cause = answer.cause;
	}
}
