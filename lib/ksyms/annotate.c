/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Completes the addresses and the frames of a log. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "ksyms/log.h"

/* A kernel is moved by whole pages, so the offset within a page never changes. */
#define PAGE_MASK 4095ULL

void kvet_ksyms_log_wonder(struct kvet_ksyms_log *log, const char *format, ...)
{
	va_list args;

	if (log->doubted)
		return;
	log->doubted = true;
	log->doubt = (struct kvet_cause){ .source = "kallsyms" };
	va_start(args, format);
	vsnprintf(log->doubt.evidence, sizeof(log->doubt.evidence), format, args);
	va_end(args);
}

static int append(struct kvet_ksyms_log *log, const char *bytes, size_t len)
{
	return text_add(&log->text, bytes, len) ? 0 : -ENOMEM;
}

static int append_words(struct kvet_ksyms_log *log, const char *words)
{
	return append(log, words, strlen(words));
}

int kvet_ksyms_log_copy(struct kvet_ksyms_log *log, const char *end)
{
	int ret = append(log, log->copied, (size_t)(end - log->copied));

	log->copied = end;
	return ret;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Each module is moved by its own distance, so its addresses of another boot are unknown. */
static bool knows_modules(const struct kvet_ksyms_log *log)
{
	return !log->delta;
}

/* Whether the next symbol of the module is text like the row: then only text lies between them. */
static bool is_followed(const struct kvet_ksyms *table, uint32_t row)
{
	struct kvet_ksyms_range range =
		kvet_ksyms_at(table, table->addresses[row] + table->extents[row]);

	for (size_t i = 0; i < range.count && ksyms_is_text(table->types[row]); i++)
		if (table->modules[range.rows[i]] == table->modules[row] &&
		    ksyms_is_text(table->types[range.rows[i]]))
			return true;
	return false;
}

/*
 * Whether the address may be past the end of its symbol. The last symbol of a module's text or data
 * ends at a page end that the table does not show, and a BPF program ends somewhere before the next
 * symbol. Such a symbol names addresses only within the page where it begins. A BPF program does
 * not name even those if the log has "0x" in front: the kernel prints an address so if it is in
 * none of its programs.
 */
static bool is_doubtful(const struct kvet_ksyms_log *log, uint32_t row, uint64_t place)
{
	const struct kvet_ksyms *table = log->table;
	const char *module = ksyms_row_module(table, row);
	bool same_page = !((place ^ table->addresses[row]) & ~PAGE_MASK);

	if (!module)
		return false;
	if (ksyms_is_image(table, row))
		return !same_page || (log->number.prefixed && !strcmp(module, "bpf") &&
				      place != table->addresses[row]);
	return !same_page && !is_followed(table, row);
}

static bool can_name(const struct kvet_ksyms_log *log, uint32_t row, uint64_t place)
{
	const struct kvet_ksyms *table = log->table;

	return (knows_modules(log) || !table->modules[row]) &&
	       kvet_ksyms_in_areas(table, &log->areas, row) && !is_doubtful(log, row, place) &&
	       kvet_ksyms_counts(table, row, &log->found.filter);
}

/* The rows that may name an address of the log. *place is that address in the table. */
static struct kvet_ksyms_range rows_at(const struct kvet_ksyms_log *log, uint64_t address,
				       uint64_t *place)
{
	*place = address - log->delta;
	if (*place < log->areas.lowest)
		return (struct kvet_ksyms_range){ NULL, 0 };
	return kvet_ksyms_containing(log->table, *place);
}

static bool is_named(const struct kvet_ksyms_log *log, uint64_t address)
{
	uint64_t place;
	struct kvet_ksyms_range range = rows_at(log, address, &place);

	for (size_t i = 0; i < range.count; i++)
		if (can_name(log, range.rows[i], place))
			return true;
	return false;
}

/* Whether the address can only belong to a process, not to the kernel of this table. */
static bool is_of_process(const struct kvet_ksyms_log *log, uint64_t address)
{
	uint64_t lowest = log->areas.lowest;

	if (lowest == UINT64_MAX)
		return false;
	/* A kernel in the upper half has its stacks and its heap there too. */
	return lowest >> 63 ? !(address >> 63) : address < lowest;
}

static int append_row(struct kvet_ksyms_log *log, uint32_t row, uint64_t place, bool first)
{
	struct kvet_symbol symbol = kvet_ksyms_row(log->table, row);
	AUTO_FREE char *source = log->demangle ? kvet_ksyms_demangle(symbol.name) : NULL;
	char words[64];

	snprintf(words, sizeof(words), "+0x%" PRIx64 "/0x%" PRIx64, place - symbol.address,
		 symbol.extent);
	if (append_words(log, first ? " <" : ", ") ||
	    append_words(log, source ? source : symbol.name) || append_words(log, words))
		return -ENOMEM;
	if (!symbol.module)
		return 0;
	return append_words(log, " [") || append_words(log, symbol.module) || append_words(log, "]")
		       ? -ENOMEM
		       : 0;
}

int kvet_ksyms_log_number(struct kvet_ksyms_log *log)
{
	struct ksyms_number number = log->number;
	struct kvet_ksyms_range range;
	uint64_t place;
	size_t count = 0;
	int ret = 0;

	if (!number.end)
		return 0;
	log->number.end = NULL;
	if (log->elsewhere)
		return 0;
	range = rows_at(log, number.address, &place);
	for (size_t i = 0; i < range.count && !ret; i++) {
		if (!can_name(log, range.rows[i], place))
			continue;
		if (!count)
			ret = kvet_ksyms_log_copy(log, number.end);
		if (!ret)
			ret = append_row(log, range.rows[i], place, !count++);
	}
	log->places += count > 0;
	return ret || !count ? ret : append_words(log, ">");
}

/* --- frames ----------------------------------------------------------------------------------- */

static uint64_t frame_address(const struct kvet_ksyms_log *log, uint32_t row, uint64_t offset)
{
	return log->table->addresses[row] + offset + (log->table->modules[row] ? 0 : log->delta);
}

/* Without the dots and suffixes that compilers and 64-bit PowerPC add. */
static bool is_one_name(const char *name, const char *other, size_t len)
{
	for (; len && *other == '.'; other++)
		len--;
	name += strspn(name, ".");
	for (size_t i = 0;; i++) {
		bool name_ends = !name[i] || name[i] == '.',
		     other_ends = i >= len || other[i] == '.';

		if (name_ends || other_ends)
			return name_ends && other_ends;
		if (name[i] != other[i])
			return false;
	}
}

/* Whether the table has a different symbol than the log at the address. */
static bool is_other_name(const struct kvet_ksyms_log *log, const struct ksyms_frame *frame)
{
	uint64_t place;
	struct kvet_ksyms_range range = rows_at(log, log->number.address, &place);

	for (size_t i = 0; i < range.count; i++)
		if (is_one_name(ksyms_row_name(log->table, range.rows[i]), frame->name,
				frame->name_len))
			return false;
	return is_named(log, log->number.address);
}

/* Suggests the offset that makes the table fit the log. */
static void offer_offset(struct kvet_ksyms_log *log, uint64_t delta)
{
	bool back = (int64_t)delta < 0;

	if (!log->said && !*log->doubt.remedy)
		snprintf(log->doubt.remedy, sizeof(log->doubt.remedy), "--offset %s0x%" PRIx64,
			 back ? "-" : "", back ? -delta : delta);
}

/*
 * Compares a number with the frame right after it. A number that differs from the frame's address
 * within the page and points to no symbol is a hashed pointer or the frame's place on the stack.
 */
static void compare(struct kvet_ksyms_log *log, const struct ksyms_frame *frame)
{
	const struct ksyms_frame_rows *found = &log->found;
	uint64_t address = log->number.address, away = 0;
	bool moved = false;
	uint32_t row = 0;

	if (!log->number.end || frame->foreign)
		return;
	for (size_t i = 0; i < found->count && !moved; i++) {
		row = found->rows[i];
		away = address - frame_address(log, row, frame->offset);
		if (!away)
			return;
		moved = !(away & PAGE_MASK) && address >= KSYMS_NULL_END;
	}
	if (!moved && (log->elsewhere ||
		       !(found->count ? is_named(log, address) : is_other_name(log, frame))))
		return;
	log->number.end = NULL;
	kvet_ksyms_log_wonder(log,
			      "%.*s+0x%" PRIx64 " is at 0x%" PRIx64 " in the log, but not in the "
			      "table: the table is of another boot or another kernel",
			      (int)frame->name_len, frame->name, frame->offset, address);
	if (!moved || log->table->modules[row])
		return;
	log->elsewhere = true;
	offer_offset(log, away + log->delta);
}

/* Whether only punctuation lies between a number and a frame. */
static bool is_one_place(const char *s, const char *end)
{
	for (; s < end; s++)
		if (!*s || !strchr(" \t[]<>():?", *s))
			return false;
	return true;
}

void kvet_ksyms_log_wait(struct kvet_ksyms_log *log, const char *s,
			 const struct ksyms_number *number)
{
	const struct ksyms_frame *frame = &log->frame;
	const char *after = frame->name + frame->len;

	log->number = *number;
	if (!frame->len)
		return;
	if (s - after >= 4 && !memcmp(after, " at ", 4))
		after += 4;
	if (is_one_place(after, s))
		compare(log, frame);
	log->frame.len = 0;
}

static int append_address(struct kvet_ksyms_log *log, uint32_t row, uint64_t offset, bool first)
{
	AUTO_FREE char *source =
		log->demangle ? kvet_ksyms_demangle(ksyms_row_name(log->table, row)) : NULL;
	char words[32];

	snprintf(words, sizeof(words), "%s0x%" PRIx64, first ? " <" : ", ",
		 frame_address(log, row, offset));
	if (append_words(log, words))
		return -ENOMEM;
	return source && (append_words(log, " ") || append_words(log, source)) ? -ENOMEM : 0;
}

/* perf writes "_text+0x1801aa" where it does not name the function. */
static bool is_relative(const struct kvet_ksyms_log *log, const struct ksyms_frame *frame,
			uint64_t *address)
{
	struct kvet_ksyms_range range;

	if (frame->has_size || frame->foreign || !ksyms_is_origin(frame->name, frame->name_len))
		return false;
	range = kvet_ksyms_by_bytes(log->table, frame->name, frame->name_len);
	for (size_t i = 0; i < range.count; i++) {
		*address = frame_address(log, range.rows[i], frame->offset);
		if (!log->table->modules[range.rows[i]] && is_named(log, *address))
			return true;
	}
	return false;
}

int kvet_ksyms_log_frame(struct kvet_ksyms_log *log, struct ksyms_frame *frame)
{
	const struct ksyms_frame_rows *found = &log->found;
	const char *end = frame->name + frame->len;
	bool is_behind =
		log->number.end &&
		is_one_place(log->number.end, frame->has_label ? frame->label : frame->name);
	uint64_t address;
	int ret;

	/* A number before a frame with SIZE may be a hashed pointer of the kernel; debuggers and
	 * profilers print neither. */
	if (is_behind && !frame->has_size && is_of_process(log, log->number.address))
		frame->foreign = true;
	ret = kvet_ksyms_frame_find(&log->found, frame, !knows_modules(log));
	if (ret)
		return ret;
	if (is_behind)
		compare(log, frame);
	log->frame = *frame;
	ret = kvet_ksyms_log_number(log);
	if (!ret && !found->count && is_relative(log, frame, &address)) {
		log->number = (struct ksyms_number){ end, address, false };
		return kvet_ksyms_log_number(log);
	}
	if (ret || !found->count)
		return ret;
	ret = kvet_ksyms_log_copy(log, end);
	for (size_t i = 0; i < found->count && !ret; i++)
		ret = append_address(log, found->rows[i], frame->offset, !i);
	log->places++;
	return ret ? ret : append_words(log, ">");
}
