/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "trace/decode.h"

static_assert(KVET_TRACE_COMM_SIZE == TRACE_COMM_SIZE, "the task name fits as it is");

static_assert(KVET_TRACE_STACK_MOST == TRACE_STACK_MOST, "and so do all frames");
static_assert(KVET_TRACE_ARGS == TRACE_ARGS && KVET_TRACE_STRING == TRACE_STRING &&
		      KVET_TRACE_REGISTERS == TRACE_REGISTERS,
	      "and what registers hold");
static_assert((int)KVET_TRACE_ENTRY_COUNT == TRACE_ENTRY_COUNT, "what is known of an entry");
static_assert(KVET_TRACE_PRINTS == TRACE_PRINTS && KVET_KPROBE_STEPS == TRACE_STEPS,
	      "expressions are as long");
static_assert(KVET_BUILD_ID_SIZE == BPF_BUILD_ID_SIZE, "and build ids");
static_assert(KVET_TRACE_NEST_MOST == TRACE_NEST_MOST, "a nest is as deep");
static_assert(KVET_TRACE_SLOTS == TRACE_SLOTS, "a histogram is read as it is");

static size_t size_of(uint32_t flags)
{
	bool full = flags & (TRACE_ARGUMENTS | TRACE_REGS);

	if (flags & TRACE_USER_STACK)
		return full ? sizeof(struct trace_full_user_event)
			    : sizeof(struct trace_user_event);
	if (flags & TRACE_NEST)
		return sizeof(struct trace_nest_event);
	if (full)
		return flags & TRACE_PRINT ? sizeof(struct trace_full_event)
					   : TRACE_FULL_WITHOUT_PRINTS;
	return flags & TRACE_STACK ? sizeof(struct trace_stack_event) : sizeof(struct trace_event);
}

static bool has_strings(const struct trace_full_event *wire, uint32_t flags)
{
	return (flags & TRACE_STRINGS) && wire->entry == TRACE_ENTRY_SEEN;
}

/* Whether each part fits into its array. */
static bool fits(const struct trace_full_event *wire, uint32_t flags)
{
	const struct trace_event *hit = &wire->event;

	if (hit->stack_size > (int)sizeof(wire->frames) ||
	    (hit->stack_size > 0 && !(flags & TRACE_STACK)))
		return false;
	if (!(flags & TRACE_ARGUMENTS))
		return true;
	if (wire->entry >= TRACE_ENTRY_COUNT)
		return false;
	for (size_t i = 0; i < TRACE_ARGS && has_strings(wire, flags); i++)
		if (wire->arguments.string_sizes[i] > TRACE_STRING)
			return false;
	for (size_t i = 0; i < TRACE_PRINTS && (flags & TRACE_PRINT); i++)
		if (wire->arguments.prints[i].size > TRACE_STRING)
			return false;
	return true;
}

/* Copies a text of a size that fits; it is empty if there is none. */
static void copy_text(char to[KVET_TRACE_STRING], const char *from, __s32 size)
{
	*to = '\0';
	if (size <= 0)
		return;
	memcpy(to, from, (size_t)size);
	to[size - 1] = '\0';
}

static void decode_print(const struct trace_print *wire, struct kvet_trace_print *print)
{
	print->failed = wire->failed;
	print->value = wire->value;
	print->size = wire->size;
	copy_text(print->text, wire->text, wire->size);
}

static void decode_args(const struct trace_full_event *wire, uint32_t flags,
			struct kvet_trace_event *event)
{
	const struct trace_arguments *arguments = &wire->arguments;

	event->entry = (enum kvet_trace_entry)wire->entry;
	event->has_args = event->entry == KVET_TRACE_ENTRY_SEEN;
	for (size_t i = 0; i < TRACE_PRINTS && (flags & TRACE_PRINT); i++)
		decode_print(&arguments->prints[i], &event->prints[i]);
	if (!event->has_args)
		return;
	memcpy(event->args, arguments->values, sizeof(event->args));
	for (size_t i = 0; i < TRACE_ARGS && has_strings(wire, flags); i++) {
		__s32 size = arguments->string_sizes[i];

		event->string_sizes[i] = size;
		copy_text(event->strings[i], arguments->strings[i], size);
	}
}

void kvet_trace_decode_user(const struct bpf_stack_build_id *wire, size_t count,
			    struct kvet_user_frame *frames)
{
	for (size_t i = 0; i < count; i++) {
		frames[i].in_file = wire[i].status == BPF_STACK_BUILD_ID_VALID;
		frames[i].at = wire[i].offset;
		memset(frames[i].build_id, 0, sizeof(frames[i].build_id));
		if (frames[i].in_file)
			memcpy(frames[i].build_id, wire[i].build_id, sizeof(wire[i].build_id));
	}
}

/* The stack of the process is the end of the record. Returns whether it fits into its array. */
static bool find_user_stack(const void *data, size_t size, struct trace_user_stack *stack)
{
	memcpy(stack, (const char *)data + size - sizeof(*stack), sizeof(*stack));
	return stack->size <= (__s64)sizeof(stack->frames);
}

static void decode_user_stack(const struct trace_user_stack *stack, struct kvet_trace_event *event)
{
	if (stack->size > 0)
		event->user_frame_count = (size_t)stack->size / sizeof(*stack->frames);
	kvet_trace_decode_user(stack->frames, event->user_frame_count, event->user_frames);
}

static void decode_nest(const void *data, uint32_t flags, struct kvet_trace_event *event)
{
	struct trace_nest_event wire;

	memcpy(&wire, data, sizeof(wire));
	event->root = wire.root;
	event->depth = wire.depth;
	event->order = wire.order;
	event->calls = wire.calls;
	event->cut = wire.cut;
	event->has_args = flags & TRACE_ARGUMENTS;
	if (event->has_args)
		memcpy(event->args, wire.arguments, sizeof(event->args));
}

int kvet_trace_decode(const void *data, size_t size, size_t sites, uint32_t flags,
		      struct kvet_trace_event *event)
{
	struct trace_full_event wire;
	struct trace_user_stack user;
	const struct trace_event *hit = &wire.event;
	bool nest = flags & TRACE_NEST;

	/* Calls of a nest have neither. */
	if (size != size_of(flags) ||
	    (nest && (flags & (TRACE_STACK | TRACE_USER_STACK | TRACE_REGS))))
		return -EPROTO;
	memcpy(&wire, data, size < sizeof(wire) ? size : sizeof(wire));
	if (hit->site >= sites || (nest ? hit->stack_size != 0 : !fits(&wire, flags)) ||
	    ((flags & TRACE_USER_STACK) && !find_user_stack(data, size, &user)))
		return -EPROTO;
	memset(event, 0, offsetof(struct kvet_trace_event, frames));
	event->boot_ns = hit->boot_ns;
	event->mono_ns = hit->mono_ns;
	event->ip = hit->ip;
	event->site = hit->site;
	event->cpu = hit->cpu;
	event->pid = hit->pid;
	event->tid = hit->tid;
	event->unnumbered = (flags & TRACE_NUMBERS) && !hit->pid;
	event->uid = hit->uid;
	event->cgroup = hit->cgroup;
	event->value = hit->value;
	event->has_duration = hit->duration_ns != UINT64_MAX;
	if (event->has_duration)
		event->duration_ns = hit->duration_ns;
	if (hit->stack_size > 0)
		event->frame_count = (size_t)hit->stack_size / sizeof(*wire.frames);
	memcpy(event->frames, wire.frames, event->frame_count * sizeof(*wire.frames));
	memcpy(event->comm, hit->comm, sizeof(event->comm));
	event->comm[sizeof(event->comm) - 1] = '\0';
	event->has_registers = flags & TRACE_REGS;
	if (event->has_registers)
		memcpy(event->registers, wire.registers, sizeof(event->registers));
	if (nest)
		decode_nest(data, flags, event);
	else if (flags & TRACE_ARGUMENTS)
		decode_args(&wire, flags, event);
	if (flags & TRACE_USER_STACK)
		decode_user_stack(&user, event);
	return 0;
}

void kvet_trace_sum(const struct trace_counters *cpus, size_t count, struct kvet_trace_site *site)
{
	site->hits = site->counted = site->filtered = site->limited = site->lost = site->own = 0;
	site->unread = 0;
	for (size_t i = 0; i < count; i++) {
		site->hits += cpus[i].hits;
		site->counted += cpus[i].counted;
		site->filtered += cpus[i].filtered;
		site->limited += cpus[i].limited;
		site->lost += cpus[i].lost;
		site->own += cpus[i].own;
		site->unread += cpus[i].unread;
	}
}

void kvet_trace_trim(const struct kvet_kprobe_site *site, uint64_t *frames, size_t *count)
{
	size_t first = 0;

	while (first < *count &&
	       (frames[first] < site->address || frames[first] - site->address > site->extent))
		first++;
	if (first == *count)
		return;
	*count -= first;
	memmove(frames, frames + first, *count * sizeof(*frames));
}

size_t kvet_trace_patch(struct bpf_insn *insns, size_t count, uint32_t site)
{
	size_t marks = 0;

	for (size_t i = 0; i < count; i++) {
		/* A 64-bit immediate takes two instructions: the second has no opcode. */
		if (insns[i].code == (BPF_LD | BPF_DW | BPF_IMM)) {
			i++;
			continue;
		}
		if (BPF_OP(insns[i].code) != BPF_MOV || BPF_SRC(insns[i].code) != BPF_K ||
		    (BPF_CLASS(insns[i].code) != BPF_ALU64 &&
		     BPF_CLASS(insns[i].code) != BPF_ALU) ||
		    insns[i].imm != TRACE_SITE_MARK)
			continue;
		insns[i].imm = (__s32)site;
		marks++;
	}
	return marks;
}
