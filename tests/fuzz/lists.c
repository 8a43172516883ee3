/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's lists about kprobes: the blacklist, what ftrace can trace, what is armed. */
#include <stdbool.h>

#include <kvet/kprobe.h>
#include <kvet/ksyms.h>

#include "tests/fuzz/tree.h"

static void look(const struct kvet_host *host)
{
	struct kvet_ksyms_sites *sites = NULL;
	int blacklisted, traceable;

	require(!kvet_ksyms_sites_read(&sites, host, NULL));
	kvet_ksyms_sites_look(sites, "vfs_read", 0xffffffff81000000, 0x100, 0xffffffff81000010,
			      &blacklisted, &traceable);
	require(blacklisted >= -1 && blacklisted <= 1 && traceable >= -1 && traceable <= 1);
	kvet_ksyms_sites_free(sites);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {
		"/sys/kernel/debug/kprobes/blacklist",
		"/sys/kernel/debug/kprobes/list",
		"/sys/kernel/tracing/available_filter_functions_addrs",
		"/sys/kernel/tracing/available_filter_functions",
		NULL,
	};
	const struct kvet_host host = tree_host(paths, data, size);
	const struct kvet_kprobe_site site = { .symbol = "vfs_read",
					       .address = 0xffffffff81000000 };
	const struct kvet_kprobe_site *const sites[] = { &site };
	struct kvet_kprobe_armed armed;

	look(&host);
	require(!kvet_kprobe_armed_read(&host, sites, 1, size & 1, &armed, NULL));
	require(!armed.known || armed.address);
	return 0;
}
