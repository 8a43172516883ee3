/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "object/live_code.h"
#include "object/register.h"

#define REGISTERS 11

/* Memory for the states of one function. Past it, all of the function counts as live. */
#define STATES_MOST ((size_t)1 << 20)

#define WIDE_MOVE (BPF_LD | BPF_IMM | BPF_DW)

struct state {
	struct kvet_register registers[REGISTERS];
};

/* One function. States are kept where jumps lead to, and at its start. */
struct walk {
	struct kvet_image *image;
	struct kvet_image_code *code;
	size_t start, end; /* instructions */
	uint32_t *places;  /* of each: the number of its state, from 1 */
	struct state *states;
	size_t *waiting; /* instructions from which to go on */
	size_t waiting_count;
	bool *is_waiting; /* by state */
};

/* --- what instructions do --------------------------------------------------------------------- */

/* Bytes of .rodata, as this host's number. */
static struct kvet_register read_data(const struct kvet_image *image, uint32_t section,
				      uint64_t offset, size_t size)
{
	size_t whole;
	const char *bytes = kvet_elf_bytes_of(&image->elf, section, &whole);
	uint64_t number = 0;

	if (!bytes || size > whole || offset > whole - size)
		return kvet_register_any();
	for (size_t i = 0; i < size; i++) {
		bool is_last_high = (BYTE_ORDER == LITTLE_ENDIAN) != image->elf.other_order;
		uint64_t byte = (unsigned char)bytes[offset + i];

		number |= byte << 8 * (is_last_high ? i : size - 1 - i);
	}
	return kvet_register_number(number);
}

static struct kvet_register load(const struct kvet_image *image, const struct bpf_insn *insn,
				 struct kvet_register from)
{
	size_t size = kvet_access_size(insn->code);

	/* Loads that extend the sign, and those of an arena, are of other modes. */
	if (BPF_MODE(insn->code) != BPF_MEM)
		return kvet_register_any();
	if (from.kind == KVET_REGISTER_DATA)
		return read_data(image, from.which, from.number + (uint64_t)(int64_t)insn->off,
				 size);
	if (from.kind == KVET_REGISTER_EXTERN && !insn->off) {
		const struct kvet_image_extern *item = &image->externs[from.which];
		long whole = kvet_image_extern_size(image, item);

		if (item->has_value && whole == (long)size)
			return kvet_register_number(item->value);
	}
	return kvet_register_any();
}

static struct kvet_register extern_address(const struct kvet_image *image, const char *name)
{
	const struct kvet_image_extern *item = kvet_image_extern_named(image, name);

	if (!item || item->kind == KVET_EXTERN_OTHER)
		return kvet_register_any();
	if (item->kind == KVET_EXTERN_KCONFIG)
		return (struct kvet_register){ KVET_REGISTER_EXTERN,
					       (uint32_t)(item - image->externs), 0 };
	if (item->present == KVET_YES)
		return (struct kvet_register){ KVET_REGISTER_POINTER, 0, 0 };
	return item->present == KVET_NO ? kvet_register_number(0) : kvet_register_any();
}

/* A number of 64 bits, or the address of something. */
static struct kvet_register wide_move(const struct kvet_image *image,
				      const struct kvet_image_code *code, size_t index)
{
	const struct kvet_elf_reference *reference = code->references[index];
	const struct bpf_insn *insn = &code->insns[index];
	const char *section;

	if (code->marks[index] & KVET_MARK_INVALID)
		return kvet_register_any();
	if (!reference && !insn->src_reg)
		return kvet_register_number((uint32_t)insn->imm | (uint64_t)(uint32_t)insn[1].imm
									  << 32);
	if (!reference)
		return kvet_register_any();
	if (!reference->symbol_section)
		return extern_address(image, reference->symbol);
	section = kvet_elf_section_name(&image->elf, reference->symbol_section);
	if (!strncmp(section, ".rodata", 7))
		return (struct kvet_register){ KVET_REGISTER_DATA,
					       (uint32_t)reference->symbol_section,
					       reference->value + (uint64_t)(int64_t)insn->imm };
	return (struct kvet_register){ KVET_REGISTER_POINTER, 0, 0 };
}

static struct kvet_register operand(const struct bpf_insn *insn, const struct state *state)
{
	if (BPF_SRC(insn->code) == BPF_X)
		return insn->src_reg < REGISTERS ? state->registers[insn->src_reg]
						 : kvet_register_any();
	return kvet_register_number((uint64_t)(int64_t)insn->imm);
}

/* Calls, and loads of packets, keep r6 to r9 and the frame pointer alone. */
static void forget_called(struct state *state)
{
	for (int i = 0; i <= 5; i++)
		state->registers[i] = kvet_register_any();
}

static void forget_all(struct state *state)
{
	for (int i = 0; i < REGISTERS; i++)
		state->registers[i] = kvet_register_any();
}

static void execute(const struct walk *walk, size_t index, struct state *state)
{
	const struct bpf_insn *insn = &walk->code->insns[index];
	struct kvet_register *target = &state->registers[insn->dst_reg % REGISTERS];

	if (insn->dst_reg >= REGISTERS || insn->src_reg >= REGISTERS ||
	    (walk->code->marks[index] & KVET_MARK_INVALID && insn->code != WIDE_MOVE)) {
		forget_all(state);
		return;
	}
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		*target = BPF_OP(insn->code) == BPF_END
				  ? kvet_register_any()
				  : kvet_register_compute(insn, *target, operand(insn, state));
		break;
	case BPF_LD:
		if (insn->code == WIDE_MOVE)
			*target = wide_move(walk->image, walk->code, index);
		else
			forget_called(state);
		break;
	case BPF_LDX:
		*target = load(walk->image, insn, state->registers[insn->src_reg]);
		break;
	case BPF_STX:
		/* Atomic ones may fetch. */
		if (BPF_MODE(insn->code) != BPF_MEM) {
			state->registers[insn->src_reg] = kvet_register_any();
			state->registers[0] = kvet_register_any();
			*target = kvet_register_any();
		}
		break;
	case BPF_JMP:
		if (BPF_OP(insn->code) == BPF_CALL)
			forget_called(state);
		break;
	default:
		break;
	}
}

/* --- where they lead -------------------------------------------------------------------------- */

static bool is_jump(const struct bpf_insn *insn)
{
	uint8_t operation = BPF_OP(insn->code);

	return (BPF_CLASS(insn->code) == BPF_JMP || BPF_CLASS(insn->code) == BPF_JMP32) &&
	       operation != BPF_CALL && operation != BPF_EXIT;
}

static bool is_always(const struct bpf_insn *insn)
{
	return BPF_OP(insn->code) == BPF_JA;
}

/* Returns false for a jump out of the function, which the verifier refuses. */
static bool jump_target(const struct walk *walk, size_t index, size_t *target)
{
	const struct bpf_insn *insn = &walk->code->insns[index];
	/* The long jump of ISA v4 has its distance in imm. */
	int64_t distance = insn->code == (BPF_JMP32 | BPF_JA) ? insn->imm : insn->off;
	int64_t to = (int64_t)index + 1 + distance;

	if (to < (int64_t)walk->start || to >= (int64_t)walk->end)
		return false;
	*target = (size_t)to;
	return true;
}

static void reach(struct walk *walk, size_t target, const struct state *state)
{
	uint32_t place = walk->places[target - walk->start];
	struct state *known = &walk->states[place];
	bool changed = false;

	for (int i = 0; i < REGISTERS; i++) {
		struct kvet_register before = known->registers[i];

		known->registers[i] = kvet_register_join(before, state->registers[i]);
		changed = changed || known->registers[i].kind != before.kind;
	}
	if (!changed || walk->is_waiting[place])
		return;
	walk->is_waiting[place] = true;
	walk->waiting[walk->waiting_count++] = target;
}

/* Executes until the path ends or meets a place that jumps lead to. */
static void follow(struct walk *walk, size_t index, struct state *state)
{
	struct kvet_image_code *code = walk->code;
	bool first = true;

	while (index < walk->end) {
		const struct bpf_insn *insn = &code->insns[index];
		size_t target;
		int taken;

		if (!first && walk->places[index - walk->start]) {
			reach(walk, index, state);
			return;
		}
		first = false;
		code->marks[index] |= KVET_MARK_LIVE;
		if (insn->code == (BPF_JMP | BPF_EXIT))
			return;
		if (!is_jump(insn)) {
			execute(walk, index, state);
			index += insn->code == WIDE_MOVE ? 2 : 1;
			continue;
		}
		taken = is_always(insn) ? 1
			: insn->dst_reg < REGISTERS
				? kvet_register_jumps(insn, state->registers[insn->dst_reg],
						      operand(insn, state))
				: -1;
		if (taken && jump_target(walk, index, &target))
			reach(walk, target, state);
		if (taken == 1)
			return;
		index++;
	}
}

/* --- functions -------------------------------------------------------------------------------- */

/* Numbers the places of states, from 1. Returns how many there are. */
static size_t find_places(struct walk *walk)
{
	size_t count = 1, target;

	walk->places[0] = 1;
	for (size_t i = walk->start; i < walk->end; i++) {
		if (is_jump(&walk->code->insns[i]) && jump_target(walk, i, &target) &&
		    !walk->places[target - walk->start])
			walk->places[target - walk->start] = (uint32_t)++count;
		if (walk->code->insns[i].code == WIDE_MOVE)
			i++;
	}
	return count;
}

static void mark_all(struct walk *walk)
{
	for (size_t i = walk->start; i < walk->end; i++)
		walk->code->marks[i] |= KVET_MARK_LIVE;
}

static void follow_all(struct walk *walk)
{
	struct state state;

	forget_all(&state);
	reach(walk, walk->start, &state);
	while (walk->waiting_count) {
		size_t index = walk->waiting[--walk->waiting_count];
		uint32_t place = walk->places[index - walk->start];

		walk->is_waiting[place] = false;
		state = walk->states[place];
		follow(walk, index, &state);
	}
}

static bool mark_function(struct kvet_image *image, const struct kvet_elf_function *function)
{
	struct walk walk = { .image = image, .code = kvet_image_code_of(image, function->section) };
	size_t count = 0;
	bool done;

	if (!walk.code)
		return true;
	walk.start = function->start / sizeof(struct bpf_insn);
	walk.end = function->end / sizeof(struct bpf_insn);
	if (walk.end > walk.code->count)
		walk.end = walk.code->count;
	if (walk.start >= walk.end)
		return true;
	walk.places = calloc(walk.end - walk.start, sizeof(*walk.places));
	if (walk.places)
		count = find_places(&walk);
	if (count > STATES_MOST)
		mark_all(&walk);
	walk.states = calloc(count + 1, sizeof(*walk.states));
	walk.waiting = calloc(count + 1, sizeof(*walk.waiting));
	walk.is_waiting = calloc(count + 1, sizeof(*walk.is_waiting));
	done = walk.places && walk.states && walk.waiting && walk.is_waiting;
	if (done && count <= STATES_MOST)
		follow_all(&walk);
	free(walk.places);
	free(walk.states);
	free(walk.waiting);
	free(walk.is_waiting);
	return done;
}

int kvet_live_code_mark(struct kvet_image *image, struct kvet_cause *err)
{
	for (size_t i = 0; i < image->elf.function_count; i++)
		if (!mark_function(image, &image->elf.functions[i]))
			return kvet_fail_memory(err);
	return 0;
}
