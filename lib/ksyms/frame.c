/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "ksyms/frame.h"

#define LLVM ".llvm."

/* Words before a colon and a function that are no module. */
static const char *const labels[] = {
	"pc",
	"lr",
	"ra",
	"ip",
	"nip",
	"epc",
	"eip",
	"rip",
	"kprobe",
	"kretprobe",
	"k",
	"kr",
	"p",
	"r",
	"fentry",
	"fexit",
	"kfunc",
	"kretfunc",
	"rawtracepoint",
};

/* Module files may have dashes in their names where the kernel writes underscores. */
static bool same_module(const char *module, const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < len && module[i]; i++)
		if (module[i] != (word[i] == '-' ? '_' : word[i]))
			return false;
	return i == len && !module[i];
}

static bool in_module(const struct kvet_ksyms *table, uint32_t row, const char *word, size_t len)
{
	const char *module = ksyms_row_module(table, row);

	return module ? same_module(module, word, len) : ksyms_is_kernel(word, len);
}

static bool is_module(const struct kvet_ksyms *table, const char *word, size_t len)
{
	if (ksyms_is_kernel(word, len))
		return true;
	for (size_t i = 0; i < table->module_count; i++)
		if (same_module(ksyms_name(&table->strings, table->module_names[i]), word, len))
			return true;
	return false;
}

static bool is_label(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strlen(labels[i]) == len && !strncasecmp(labels[i], word, len))
			return true;
	return false;
}

/* If a table has "NAME" and ".NAME", NAME is a function descriptor, and .NAME the code. */
static bool is_descriptor(const struct kvet_ksyms *table, uint32_t row)
{
	const char *name = ksyms_row_name(table, row);
	char dotted[512];
	size_t len = strlen(name);

	if (ksyms_is_text(table->types[row]) || len + 1 > sizeof(dotted))
		return false;
	dotted[0] = '.';
	memcpy(dotted + 1, name, len);
	return kvet_ksyms_by_bytes(table, dotted, len + 1).count > 0;
}

static bool can_be(const struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
		   uint32_t row, bool kernel_only)
{
	const struct kvet_ksyms *table = found->table;

	return !ksyms_is_absolute(table->types[row]) && !(kernel_only && table->modules[row]) &&
	       kvet_ksyms_printed(table, row, frame->offset, frame->has_size, frame->size) &&
	       (!frame->module || in_module(table, row, frame->module, frame->module_len)) &&
	       (!frame->has_label || in_module(table, row, frame->label, frame->label_len)) &&
	       kvet_ksyms_counts(table, row, &found->filter) && !is_descriptor(table, row);
}

static int add(struct ksyms_frame_rows *found, uint32_t row)
{
	if (!ARRAY_MORE(found->rows, found->count))
		return -ENOMEM;
	found->rows[found->count++] = row;
	return 0;
}

static int add_range(struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
		     struct kvet_ksyms_range range, bool kernel_only)
{
	int ret = 0;

	for (size_t i = 0; i < range.count && !ret; i++)
		if (can_be(found, frame, range.rows[i], kernel_only))
			ret = add(found, range.rows[i]);
	return ret;
}

static int add_name(struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
		    const char *name, size_t len, bool kernel_only)
{
	return add_range(found, frame, kvet_ksyms_by_bytes(found->table, name, len), kernel_only);
}

/* ".vfs_read" for "vfs_read" and the reverse. "...vfs_read" has dots that lockdep puts in front. */
static int add_dots(struct ksyms_frame_rows *found, const struct ksyms_frame *frame,
		    bool kernel_only)
{
	size_t dots = 0;
	char dotted[512];
	int ret;

	while (dots < frame->name_len && frame->name[dots] == '.')
		dots++;
	if (dots == frame->name_len || frame->name_len - dots + 1 > sizeof(dotted))
		return 0;
	ret = dots ? add_name(found, frame, frame->name + dots, frame->name_len - dots, kernel_only)
		   : 0;
	if (ret || found->count || dots == 1)
		return ret;
	dotted[0] = '.';
	memcpy(dotted + 1, frame->name + dots, frame->name_len - dots);
	return add_name(found, frame, dotted, frame->name_len - dots + 1, kernel_only);
}

static int by_name(const void *a, const void *b, void *context)
{
	const struct kvet_ksyms *table = context;

	return strcmp(ksyms_name(&table->strings, *(const uint32_t *)a),
		      ksyms_name(&table->strings, *(const uint32_t *)b));
}

static int sort_dotted(struct ksyms_frame_rows *found)
{
	const struct ksyms_names *names = &found->table->strings;

	for (uint32_t n = 0; n < names->count; n++) {
		const char *name = ksyms_name(names, n);

		if (!*name || !strchr(name + 1, '.'))
			continue;
		if (!ARRAY_MORE(found->dotted, found->dotted_count))
			return -ENOMEM;
		found->dotted[found->dotted_count++] = n;
	}
	if (found->dotted_count)
		qsort_r(found->dotted, found->dotted_count, sizeof(*found->dotted), by_name,
			(void *)(uintptr_t)found->table);
	found->has_dotted = true;
	return 0;
}

/* Whether name sorts before "STEM.". */
static bool is_before(const char *name, const char *stem, size_t len)
{
	int order = strncmp(name, stem, len);

	return order < 0 || (!order && (unsigned char)name[len] < '.');
}

/* Rows whose name is the frame's with a suffix: any of a compiler, or only LLVM's. */
static int add_suffixed(struct ksyms_frame_rows *found, const struct ksyms_frame *frame, bool any,
			bool kernel_only)
{
	const struct kvet_ksyms *table = found->table;
	const char *stem = frame->name;
	size_t len = frame->name_len, low = 0, high;
	int ret = found->has_dotted ? 0 : sort_dotted(found);

	for (high = found->dotted_count; low < high && !ret;) {
		size_t middle = low + (high - low) / 2;

		if (is_before(ksyms_name(&table->strings, found->dotted[middle]), stem, len))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < found->dotted_count && !ret; low++) {
		uint32_t number = found->dotted[low];
		const char *name = ksyms_name(&table->strings, number);

		if (strncmp(name, stem, len) != 0 || name[len] != '.')
			break;
		if (any ? kvet_ksyms_copy_suffix(name + len)
			: !strncmp(name + len, LLVM, strlen(LLVM)))
			ret = add_name(found, frame, name, strlen(name), kernel_only);
	}
	return ret;
}

int kvet_ksyms_frame_find(struct ksyms_frame_rows *found, const struct ksyms_frame *wanted,
			  bool kernel_only)
{
	const struct kvet_ksyms *table = found->table;
	struct ksyms_frame frame = *wanted;
	int ret;

	found->count = 0;
	if (table->hidden || frame.foreign)
		return 0;
	if (frame.has_label && !is_module(table, frame.label, frame.label_len)) {
		/* A frame with SIZE is the kernel's own, which never has a module in front. */
		if (!frame.has_size && !is_label(frame.label, frame.label_len))
			return 0;
		frame.has_label = false;
	}
	ret = add_name(found, &frame, frame.name, frame.name_len, kernel_only);
	if (!ret && !found->count)
		ret = add_dots(found, &frame, kernel_only);
	if (!ret && (found->filter.suffixes || (!found->count && frame.has_size)))
		ret = add_suffixed(found, &frame, found->filter.suffixes, kernel_only);
	return ret;
}

void kvet_ksyms_frame_rows_free(struct ksyms_frame_rows *found)
{
	free(found->rows);
	free(found->dotted);
}
