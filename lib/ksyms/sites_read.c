/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a kprobe can go, according to debugfs and tracefs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "ksyms/table.h"

#define BLACKLIST "/sys/kernel/debug/kprobes/blacklist"
#define FUNCTIONS "available_filter_functions"

struct range {
	uint64_t start, end;
};

struct kvet_ksyms_sites {
	struct range *blacklist;
	size_t blacklist_count;
	uint64_t *functions; /* ascending */
	size_t function_count;
	struct ksyms_names names; /* of the functions */
	uint32_t *entries;        /* by name: how many functions have it */
	size_t entry_count;
	bool has_blacklist, has_functions, has_names;
};

AUTO_DEFINE(kvet_ksyms_sites)

/* Parses one line; returns 0 or -ENOMEM. Ignores a malformed line. */
typedef int (*take_line)(struct kvet_ksyms_sites *sites, const char *line);

/* "0xffffffff81000000-0xffffffff81000040\tname" (kernel: kprobe_blacklist_seq_show()). */
static int take_blacklisted(struct kvet_ksyms_sites *sites, const char *line)
{
	struct range range;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64, &range.start, &range.end) != 2 || !range.end)
		return 0;
	if (!ARRAY_MORE(sites->blacklist, sites->blacklist_count))
		return -ENOMEM;
	sites->blacklist[sites->blacklist_count++] = range;
	return 0;
}

/* Distributions' kernels have 40,000 to 60,000 functions: the table of their names need not grow.
 */
#define NAMES_BITS 17

/* "name [module]" */
static int take_name(struct kvet_ksyms_sites *sites, const char *line)
{
	size_t len = strcspn(line, " \n");
	uint32_t number;

	if (!sites->names.count && kvet_ksyms_names_reserve(&sites->names, NAMES_BITS))
		return -ENOMEM;
	if (!len)
		return 0;
	if (kvet_ksyms_names_add(&sites->names, kvet_hash_string(line, len), line, len, &number,
				 NULL))
		return -ENOMEM;
	if (number == sites->entry_count) {
		if (!ARRAY_MORE(sites->entries, sites->entry_count))
			return -ENOMEM;
		sites->entries[sites->entry_count++] = 0;
	}
	sites->entries[number]++;
	return 0;
}

/* "ffffffff81000000 name [module]" */
static int take_function(struct kvet_ksyms_sites *sites, const char *line)
{
	char *end; /* strtoull() instead of sscanf(), in a third of the time */
	uint64_t address = strtoull(line, &end, 16);

	if (end == line || *end != ' ' || !address)
		return 0;
	if (!ARRAY_MORE(sites->functions, sites->function_count))
		return -ENOMEM;
	sites->functions[sites->function_count++] = address;
	return take_name(sites, end + strspn(end, " "));
}

/* Returns 1 if the file was read to its end, 0 if it cannot be read, or -ENOMEM. */
static int read_lines(struct kvet_ksyms_sites *sites, const struct kvet_host *host,
		      const char *path, take_line take)
{
	char full[PATH_MAX];
	AUTO_FCLOSE FILE *stream = NULL;
	AUTO_FREE char *line = NULL;
	size_t size = 0;

	if (kvet_host_fopen(host, path, full, &stream, NULL))
		return 0;
	while (getline(&line, &size, stream) > 0)
		if (take(sites, line))
			return -ENOMEM;
	return feof(stream) ? 1 : 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

static int read_functions(struct kvet_ksyms_sites *sites, const struct kvet_host *host)
{
	static const char *const folders[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < 2 && !sites->has_functions && !sites->has_names; i++) {
		char path[128];
		int ret;

		snprintf(path, sizeof(path), "%s/" FUNCTIONS "_addrs", folders[i]);
		ret = read_lines(sites, host, path, take_function);
		if (ret < 0)
			return ret;
		/* If addresses are hidden from this reader, all are 0. */
		sites->has_functions = ret && sites->function_count;
		if (sites->has_functions)
			continue;
		snprintf(path, sizeof(path), "%s/" FUNCTIONS, folders[i]);
		ret = read_lines(sites, host, path, take_name);
		if (ret < 0)
			return ret;
		sites->has_names = ret && sites->names.count;
	}
	if (sites->function_count)
		qsort(sites->functions, sites->function_count, sizeof(*sites->functions), compare);
	return 0;
}

int kvet_ksyms_sites_read(struct kvet_ksyms_sites **out, const struct kvet_host *host,
			  struct kvet_cause *err)
{
	AUTO(kvet_ksyms_sites) *sites = calloc(1, sizeof(*sites));
	int ret;

	if (!sites)
		return kvet_fail_memory(err);
	ret = read_lines(sites, host, BLACKLIST, take_blacklisted);
	/* A list with hidden addresses has no usable line. */
	sites->has_blacklist = ret > 0 && sites->blacklist_count;
	if (ret >= 0)
		ret = read_functions(sites, host);
	if (ret < 0)
		return kvet_fail_memory(err);
	*out = TAKE(sites);
	return 0;
}

void kvet_ksyms_sites_free(struct kvet_ksyms_sites *sites)
{
	if (!sites)
		return;
	free(sites->blacklist);
	free(sites->functions);
	free(sites->entries);
	kvet_ksyms_names_free(&sites->names);
	free(sites);
}

static bool is_blacklisted(const struct kvet_ksyms_sites *sites, uint64_t address)
{
	for (size_t i = 0; i < sites->blacklist_count; i++)
		if (address >= sites->blacklist[i].start && address < sites->blacklist[i].end)
			return true;
	return false;
}

/* Whether ftrace has a site in the function, possibly some bytes after its start. */
static bool is_traced(const struct kvet_ksyms_sites *sites, const struct kvet_symbol *symbol)
{
	size_t low = 0, high = sites->function_count;

	if (sites->has_names)
		return kvet_ksyms_names_find(&sites->names, symbol->name, strlen(symbol->name)) !=
		       KSYMS_NO_NAME;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sites->functions[mid] < symbol->address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sites->function_count &&
	       sites->functions[low] - symbol->address < symbol->extent;
}

void kvet_ksyms_sites_look(const struct kvet_ksyms_sites *sites, const char *name, uint64_t start,
			   uint64_t extent, uint64_t address, int *blacklisted, int *traceable)
{
	const struct kvet_symbol symbol = { .name = name, .address = start, .extent = extent };

	*blacklisted = sites->has_blacklist ? is_blacklisted(sites, address) : -1;
	*traceable = sites->has_functions || sites->has_names ? is_traced(sites, &symbol) : -1;
}

int kvet_ksyms_sites_named(const struct kvet_ksyms_sites *sites, const char *name, size_t len)
{
	if (!sites->has_functions && !sites->has_names)
		return -1;
	return kvet_ksyms_names_find(&sites->names, name, len) != KSYMS_NO_NAME;
}

uint32_t kvet_ksyms_sites_entries(const struct kvet_ksyms_sites *sites, const char *name)
{
	uint32_t number = sites->has_names
				  ? kvet_ksyms_names_find(&sites->names, name, strlen(name))
				  : KSYMS_NO_NAME;

	return number == KSYMS_NO_NAME ? 0 : sites->entries[number];
}
