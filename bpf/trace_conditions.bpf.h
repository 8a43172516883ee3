/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_WHERE: conditions on a hit. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_CONDITIONS_BPF_H
#define KVET_BPF_TRACE_CONDITIONS_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "moment.bpf.h"
#include "trace_arguments.bpf.h"
#include "trace_calls.bpf.h"
#include "trace_event.h"

/* For each site, a term for each condition. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_term);
} terms SEC(".maps");

/* For each condition, the pattern that a text must match. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_pattern);
} patterns SEC(".maps");

/* Where a text is read to, as in drafts. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_text);
} texts SEC(".maps");

enum condition_verdict {
	CONDITION_FALSE,
	CONDITION_TRUE,
	CONDITION_UNREAD, /* what it asks could not be read */
};

/* What conditions are asked of. */
struct condition_hit {
	__u64 returned; /* at a return */
	__u64 ns;       /* at a return: the duration, or NEVER */
	int wrapper;    /* at an entry: of a system call's wrapper */
};

/* Matches a text of this size, with its NUL. */
static __always_inline enum condition_verdict match_text(const struct trace_pattern *pattern,
							 const struct trace_text *text, long size)
{
	__u64 state = 1;

	for (__u32 i = 0; i < TRACE_TEXT - 1; i++) {
		const struct trace_cell *cell;

		/* Keeps the compiler from counting by the address, which the verifier cannot. */
		asm volatile("" : "+r"(i));
		if (!text->bytes[i])
			break;
		cell = &pattern->cells[(__u8)text->bytes[i]];
		state = (state & cell->step) << 1 | (state & cell->stay);
	}
	if (state & pattern->open)
		return CONDITION_TRUE;
	/* The text may go on. */
	if (size >= TRACE_TEXT && state)
		return CONDITION_UNREAD;
	return state & pattern->accept ? CONDITION_TRUE : CONDITION_FALSE;
}

/* Reads a text; returns its size with the NUL, or a negative errno. */
static __always_inline long read_text(struct trace_text *text, const struct trace_path *path,
				      __u64 at)
{
	__u64 value = 0;
	long size;

	if (!follow_path(path, &at) || !read_end(path, &at, &value))
		return -1;
	size = path->user ? -1 : bpf_probe_read_kernel_str(text->bytes, TRACE_TEXT, (void *)value);
	if (size < 0 && (path->user || path->form == TRACE_PATH_STRING))
		size = bpf_probe_read_user_str(text->bytes, TRACE_TEXT, (void *)value);
	return size;
}

static __always_inline enum condition_verdict ask_text(const struct trace_question *question,
						       __u32 number, const struct trace_path *path,
						       __u64 at, __u32 room, int reads)
{
	struct trace_pattern *pattern = bpf_map_lookup_elem(&patterns, &number);
	struct trace_text *text = bpf_map_lookup_elem(&texts, &room);
	enum condition_verdict verdict;
	long size;

	if (!pattern || !text)
		return CONDITION_UNREAD;
	if (question->subject == TRACE_SUBJECT_COMM)
		size = bpf_get_current_comm(text->bytes, TRACE_COMM_SIZE);
	else
		size = reads ? read_text(text, path, at) : -1;
	if (size < 0)
		return CONDITION_UNREAD;
	verdict = match_text(pattern, text, size);
	if (question->operation == TRACE_IS_UNEQUAL && verdict != CONDITION_UNREAD)
		return verdict == CONDITION_TRUE ? CONDITION_FALSE : CONDITION_TRUE;
	return verdict;
}

/* The bits of a number at the end of a path, or in the register. */
static __always_inline int read_number(const struct trace_term *term, __u64 at, int reads,
				       __u64 *number)
{
	__u32 unused = 64 - term->width, size = term->path.size;

	*number = at;
	if (size || term->path.pointers) {
		if (!reads || !follow_path(&term->path, &at) || !read_end(&term->path, &at, number))
			return 0;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		if (size)
			*number >>= (64 - 8 * size) & 63;
#endif
	}
	*number = *number >> (term->shift & 63) << (unused & 63);
	if (term->is_signed)
		*number = (__s64)*number >> (unused & 63);
	else
		*number >>= unused & 63;
	return 1;
}

static __always_inline enum condition_verdict compare(__u32 operation, __u64 a, __u64 b,
						      int is_signed)
{
	int less = is_signed ? (__s64)a < (__s64)b : a < b;

	switch (operation) {
	case TRACE_IS_EQUAL:
		return a == b;
	case TRACE_IS_UNEQUAL:
		return a != b;
	case TRACE_IS_LESS:
		return less;
	case TRACE_IS_MOST:
		return less || a == b;
	case TRACE_IS_GREATER:
		return !less && a != b;
	case TRACE_IS_LEAST:
		return !less;
	default:
		return (a & b) != 0;
	}
}

/* The errno that is returned; 0: none is. */
static __always_inline __u64 errno_of(__u64 value)
{
	return value >= -(__u64)TRACE_ERRNO_MOST ? -value : 0;
}

static __always_inline enum condition_verdict ask_number(const struct trace_question *question,
							 const struct trace_term *term, __u64 at,
							 const struct condition_hit *hit, int reads)
{
	__u64 number = 0;

	switch (question->subject) {
	case TRACE_SUBJECT_DURATION:
		number = hit->ns;
		if (number == NEVER)
			return CONDITION_UNREAD;
		break;
	case TRACE_SUBJECT_PID:
		number = bpf_get_current_pid_tgid() >> 32;
		break;
	case TRACE_SUBJECT_UID:
		number = (__u32)bpf_get_current_uid_gid();
		break;
	case TRACE_SUBJECT_CPU:
		number = bpf_get_smp_processor_id();
		break;
	default:
		if (!read_number(term, at, reads, &number))
			return CONDITION_UNREAD;
	}
	if (question->subject == TRACE_SUBJECT_ERRNO)
		number = errno_of(number);
	return compare(question->operation, number, term->value, term->is_signed);
}

static __always_inline enum condition_verdict ask(const struct trace_config *config, __u32 number,
						  const struct moment *at,
						  const struct condition_hit *hit)
{
	const struct trace_question question = { .subject = config->questions[number].subject,
						 .operation = config->questions[number].operation,
						 .is_text = config->questions[number].is_text };
	int reads = (config->flags & TRACE_WHERE_READS) != 0;
	__u32 key = at->site * config->conditions + number;
	struct trace_term *term = bpf_map_lookup_elem(&terms, &key);
	__u64 value = hit->returned;

	if (!term || term->path.form == TRACE_PATH_NONE)
		return CONDITION_FALSE;
	if (question.subject == TRACE_SUBJECT_ARGUMENT)
		value = read_register(at, term->path.place, hit->wrapper);
	if (question.is_text)
		return ask_text(&question, number, &term->path, value, own_room(at), reads);
	return ask_number(&question, term, value, hit, reads);
}

static __always_inline int is_at_return(__u32 subject)
{
	return subject == TRACE_SUBJECT_RETURN || subject == TRACE_SUBJECT_ERRNO ||
	       subject == TRACE_SUBJECT_DURATION;
}

/* Whether all conditions of this kind hold. All are asked: one that is false decides, whether or
 * not another could be read. */
static __always_inline enum condition_verdict ask_all(const struct trace_config *config,
						      const struct moment *at,
						      const struct condition_hit *hit,
						      int at_return)
{
	enum condition_verdict all = CONDITION_TRUE;

	for (__u32 i = 0; i < TRACE_CONDITIONS; i++) {
		enum condition_verdict one;

		asm volatile("" : "+r"(i));
		if (i >= config->conditions)
			break;
		if (is_at_return(config->questions[i].subject) != at_return)
			continue;
		one = ask(config, i, at, hit);
		if (one == CONDITION_FALSE)
			return one;
		if (one == CONDITION_UNREAD)
			all = one;
	}
	return all;
}

/* Whether the conditions that can be asked at the entry hold. */
static __always_inline enum condition_verdict ask_entry(const struct trace_config *config,
							const struct moment *at)
{
	const struct condition_hit hit = {
		.ns = NEVER, .wrapper = is_wrapper(at->site, config->flags & TRACE_SYSCALLS)
	};

	return ask_all(config, at, &hit, 0);
}

/* Those that can be asked only at the return. */
static __always_inline enum condition_verdict ask_return(const struct trace_config *config,
							 const struct moment *at, __u64 ns)
{
	const struct condition_hit hit = { .returned = value_of(at), .ns = ns };

	return ask_all(config, at, &hit, 1);
}

#endif
