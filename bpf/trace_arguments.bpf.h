/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_ARGUMENTS: the arguments of a call, and with TRACE_RETURN, those of calls under way.
 * Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_ARGUMENTS_BPF_H
#define KVET_BPF_TRACE_ARGUMENTS_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "moment.bpf.h"
#include "trace_calls.bpf.h"
#include "trace_event.h"

/* For each site, a bit for each argument that is a string. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} string_args SEC(".maps");

/* For each site, a path for each expression. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_path);
} paths SEC(".maps");

/* The arguments of calls under way. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct trace_kept_key);
	__type(value, struct trace_kept);
} kept SEC(".maps");

/* Where they are put together: the stack has no room for strings. Programs do not nest on a CPU,
 * but those of different trampolines do: there, each site has its own. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_kept);
} drafts SEC(".maps");

/* With TRACE_SYSCALLS, for each site: whether it is a system call's wrapper. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} wrappers SEC(".maps");

/* Copies a string from the process or, if it may be there, from the kernel. */
static __always_inline __s32 copy_string(char to[TRACE_STRING], __u64 from, int user)
{
	long size = user ? -1 : bpf_probe_read_kernel_str(to, TRACE_STRING, (void *)from);

	return size >= 0 ? size : bpf_probe_read_user_str(to, TRACE_STRING, (void *)from);
}

static __always_inline long read_memory(void *to, __u32 size, __u64 from, int user)
{
	return user ? bpf_probe_read_user(to, size, (void *)from)
		    : bpf_probe_read_kernel(to, size, (void *)from);
}

/* Follows the pointers of a path; returns false if one cannot be read, with its address. */
static __always_inline int follow_path(const struct trace_path *path, __u64 *at)
{
	for (__u32 i = 0; i < TRACE_STEPS; i++) {
		__u64 next = 0;

		if (i >= path->pointers)
			break;
		*at += path->offsets[i];
		if (read_memory(&next, sizeof(next), *at, path->user))
			return 0;
		*at = next;
	}
	return 1;
}

/* Reads what is at the end of a path. */
static __always_inline int read_end(const struct trace_path *path, __u64 *at, __u64 *value)
{
	__u32 last = path->pointers, size = path->size;
	long failed = 0;

	asm volatile("" : "+r"(last));
	if (last > TRACE_STEPS)
		return 0;
	*at += path->offsets[last];
	*value = *at;
	if (size)
		*value = 0;
	if (size == 8)
		failed = read_memory(value, 8, *at, path->user);
	else if (size == 4)
		failed = read_memory(value, 4, *at, path->user);
	else if (size == 2)
		failed = read_memory(value, 2, *at, path->user);
	else if (size == 1)
		failed = read_memory(value, 1, *at, path->user);
	return !failed;
}

static __always_inline void read_print(__u64 at, const struct trace_path *path,
				       struct trace_print *print)
{
	__u64 value = 0;

	print->failed = !follow_path(path, &at) || !read_end(path, &at, &value);
	print->value = print->failed ? at : value;
	if (print->failed)
		return;
	if (path->form == TRACE_PATH_STRING)
		print->size = copy_string(print->text, value, path->user);
	else if (path->form == TRACE_PATH_TEXT && path->user)
		print->size = bpf_probe_read_user_str(print->text, TRACE_STRING, (void *)value);
	else if (path->form == TRACE_PATH_TEXT)
		print->size = bpf_probe_read_kernel_str(print->text, TRACE_STRING, (void *)value);
}

static __always_inline void read_nothing(struct trace_print *print)
{
	print->size = 0;
	print->failed = 1;
	print->value = 0;
}

/* The path of an expression at a site; NULL: there is none. */
static __always_inline const struct trace_path *path_of(__u32 site, __u32 number, __u32 prints)
{
	__u32 key = site * TRACE_PRINTS + number;
	struct trace_path *path = number < prints ? bpf_map_lookup_elem(&paths, &key) : 0;

	return path && path->form != TRACE_PATH_NONE ? path : 0;
}

/* At a function's entry: what is returned is not known yet. */
static __always_inline void read_prints(struct trace_arguments *arguments, __u32 site, __u32 prints)
{
#pragma unroll
	for (__u32 i = 0; i < TRACE_PRINTS; i++) {
		const struct trace_path *path = path_of(site, i, prints);
		__u64 at = 0;

		read_nothing(&arguments->prints[i]);
		if (!path || path->place == TRACE_RETURNED)
			continue;
#pragma unroll
		for (__u32 n = 0; n < TRACE_ARGS; n++)
			if (path->place == n)
				at = arguments->values[n];
		read_print(at, path, &arguments->prints[i]);
	}
}

/* At its return: adds what is returned, to what is known of the entry. */
static __always_inline void read_returned(const struct moment *at, struct trace_full_event *full,
					  __u32 prints)
{
#pragma unroll
	for (__u32 i = 0; i < TRACE_PRINTS; i++) {
		const struct trace_path *path = path_of(at->site, i, prints);

		if (prints && full->entry != TRACE_ENTRY_SEEN)
			read_nothing(&full->arguments.prints[i]);
		if (path && path->place == TRACE_RETURNED)
			read_print(value_of(at), path, &full->arguments.prints[i]);
	}
}

/* Whether a site is a system call's wrapper, whose argument points to the registers that user space
 * called it with. */
static __always_inline int is_wrapper(__u32 site, int syscalls)
{
	__u32 *wrapper = syscalls ? bpf_map_lookup_elem(&wrappers, &site) : 0;

	return wrapper && *wrapper;
}

static __always_inline void read_inner(const struct pt_regs *regs, __u64 values[TRACE_ARGS])
{
	bpf_probe_read_kernel(&values[0], sizeof(*values), SYSCALL_ARGUMENT_1(regs));
	bpf_probe_read_kernel(&values[1], sizeof(*values), &PT_REGS_PARM2(regs));
	bpf_probe_read_kernel(&values[2], sizeof(*values), &PT_REGS_PARM3(regs));
	bpf_probe_read_kernel(&values[3], sizeof(*values), SYSCALL_ARGUMENT_4(regs));
	bpf_probe_read_kernel(&values[4], sizeof(*values), &PT_REGS_PARM5(regs));
	bpf_probe_read_kernel(&values[5], sizeof(*values), SYSCALL_ARGUMENT_6(regs));
}

/* One of them. */
static __always_inline __u64 read_inner_one(const struct pt_regs *regs, __u32 place)
{
	const void *from = place == 0   ? (const void *)SYSCALL_ARGUMENT_1(regs)
			   : place == 1 ? (const void *)&PT_REGS_PARM2(regs)
			   : place == 2 ? (const void *)&PT_REGS_PARM3(regs)
			   : place == 3 ? (const void *)SYSCALL_ARGUMENT_4(regs)
			   : place == 4 ? (const void *)&PT_REGS_PARM5(regs)
					: (const void *)SYSCALL_ARGUMENT_6(regs);
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), from);
	return value;
}

static __always_inline __u64 read_register(const struct moment *at, __u32 place, int wrapper)
{
	return wrapper ? read_inner_one((const struct pt_regs *)argument_of(at, 0), place)
		       : argument_of(at, place);
}

/* At a function's entry. */
static __always_inline void read_registers(const struct moment *at, __u64 values[TRACE_ARGS],
					   int wrapper)
{
	arguments_of(at, values);
	if (wrapper)
		read_inner((const struct pt_regs *)values[0], values);
}

static __always_inline void read_arguments(const struct moment *at,
					   struct trace_arguments *arguments, int strings,
					   __u32 prints, int syscalls)
{
	__u32 site = at->site, *mask;
	int wrapper = is_wrapper(site, syscalls);

	read_registers(at, arguments->values, wrapper);
	if (prints)
		read_prints(arguments, site, prints);
	if (!strings)
		return;
	mask = bpf_map_lookup_elem(&string_args, &site);
#pragma unroll
	for (int i = 0; i < TRACE_ARGS; i++)
		arguments->string_sizes[i] =
			mask && (*mask & 1 << i)
				? copy_string(arguments->strings[i], arguments->values[i], wrapper)
				: 0;
}

/* Keeps the arguments of a call that has just been noted. If the map has no room, what remains of
 * an earlier call in that slot does not have this call's time. */
static __always_inline void keep_arguments(const struct moment *at, const struct call_note *note,
					   int strings, __u32 prints, int syscalls)
{
	const __u32 own = own_room(at);
	struct trace_kept *draft = bpf_map_lookup_elem(&drafts, &own);

	if (!draft)
		return;
	draft->began = note->began;
	read_arguments(at, &draft->arguments, strings, prints, syscalls);
	bpf_map_update_elem(&kept, &note->key, draft, BPF_ANY);
}

/* Copies what was kept of a call; returns what is known of it. */
static __always_inline __u32 recall_arguments(const struct call_note *note,
					      struct trace_arguments *arguments, int strings,
					      __u32 prints)
{
	struct trace_kept *call;

	if (note->entry != TRACE_ENTRY_SEEN)
		return note->entry;
	call = bpf_map_lookup_elem(&kept, &note->key);
	if (!call || call->began != note->began)
		return TRACE_ENTRY_UNKEPT;
	__builtin_memcpy(arguments->values, call->arguments.values, sizeof(arguments->values));
	if (strings) {
		__builtin_memcpy(arguments->string_sizes, call->arguments.string_sizes,
				 sizeof(arguments->string_sizes));
		__builtin_memcpy(arguments->strings, call->arguments.strings,
				 sizeof(arguments->strings));
	}
	if (prints)
		__builtin_memcpy(arguments->prints, call->arguments.prints,
				 sizeof(arguments->prints));
	return TRACE_ENTRY_SEEN;
}

static __always_inline void forget_arguments(const struct call_note *note)
{
	if (note->entry == TRACE_ENTRY_SEEN)
		bpf_map_delete_elem(&kept, &note->key);
}

#endif
