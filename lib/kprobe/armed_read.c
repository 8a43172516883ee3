/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's own list of all registered kprobes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"

#include <kvet/kprobe.h>

/* A probe at a function's entry goes after its ENDBR instruction, if it has one (x86, 5.18). */
#define ENDBR_SIZE 4

/* "ffffffff812a6b40  k  vfs_read+0x0  [ext4] [GONE][DISABLED][OPTIMIZED][FTRACE]" */
bool kvet_kprobe_list_parse(const char *line, struct kvet_kprobe_armed *armed, bool *returns)
{
	uint64_t address;
	char kind;

	if (sscanf(line, "%" SCNx64 " %c ", &address, &kind) != 2 || (kind != 'k' && kind != 'r'))
		return false;
	*returns = kind == 'r';
	*armed = (struct kvet_kprobe_armed){
		.known = address != 0, /* 0: hidden from the reader */
		.address = address,
		.ftrace = strstr(line, "[FTRACE]") != NULL,
		.optimized = strstr(line, "[OPTIMIZED]") != NULL,
		.disabled = strstr(line, "[DISABLED]") != NULL,
		.gone = strstr(line, "[GONE]") != NULL,
	};
	return true;
}

bool kvet_kprobe_is_at(const struct kvet_kprobe_armed *armed, const struct kvet_kprobe_site *site)
{
	return armed->known &&
	       (armed->address == site->address ||
		(site->offset == 0 && armed->address == site->address + ENDBR_SIZE));
}

int kvet_kprobe_armed_read(const struct kvet_host *host,
			   const struct kvet_kprobe_site *const *sites, size_t count, bool returns,
			   struct kvet_kprobe_armed *armed, struct kvet_cause *err)
{
	struct kvet_cause refused = { 0 };
	char full[PATH_MAX];
	AUTO_FCLOSE FILE *stream = NULL;
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	int ret;

	memset(armed, 0, count * sizeof(*armed));
	ret = kvet_host_fopen(host, "/sys/kernel/debug/kprobes/list", full, &stream, &refused);
	if (ret) {
		kvet_host_fail_file(&refused, full, err);
		kvet_remedy_here(host, KVET_NEED_DEBUGFS, err);
		return ret;
	}
	while (getline(&line, &size, stream) > 0) {
		struct kvet_kprobe_armed entry;
		bool is_return;

		if (!kvet_kprobe_list_parse(line, &entry, &is_return) || is_return != returns)
			continue;
		for (size_t i = 0; i < count; i++)
			if (!armed[i].known && kvet_kprobe_is_at(&entry, sites[i]))
				armed[i] = entry;
	}
	return 0;
}
