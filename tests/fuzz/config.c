/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's configuration, packed or not, with anything in it. */
#include <sys/utsname.h>

#include "tests/fuzz/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "/proc/config.gz", NULL };
	const struct kvet_host host = tree_host(paths, data, size);
	char evidence[64];
	enum kvet_config value =
		kvet_host_config(&host, "CONFIG_KPROBES", evidence, sizeof(evidence));

	require(memchr(evidence, '\0', sizeof(evidence)) != NULL);
	require((value == KVET_CONFIG_UNKNOWN) == !*evidence);
	return 0;
}
