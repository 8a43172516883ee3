// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sections that libbpf 1.1 does not know, for links that only later kernels have. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define LATER(section, name)           \
	SEC(section) int name(void *c) \
	{                              \
		return 0;              \
	}

LATER("kprobe.session/vfs_read", session)
LATER("kprobe.session/no_such_function", session_absent)
LATER("uprobe.multi//bin/kvet:main", uprobe_many)
LATER("uprobe.multi//bin/kvet:mai?", uprobe_glob)
LATER("uprobe.multi//bin/kvet:no_such*", uprobe_many_absent)
LATER("uprobe.session//bin/kvet:main", uprobe_session)
