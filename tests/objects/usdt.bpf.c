// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs at USDTs of tests/vm/oracle/attach.c, with what libbpf requires of their object. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define USDT(section, name)                        \
	SEC(section) int name(struct pt_regs *ctx) \
	{                                          \
		return bpf_usdt_arg_cnt(ctx);      \
	}

USDT("usdt//bin/attach:kvet:here", usdt_plain)
USDT("usdt//bin/attach:kvet:nowhere", usdt_absent)
USDT("usdt//bin/attach:other:here", usdt_provider)
USDT("usdt//bin/no_such_file:kvet:here", usdt_no_file)
USDT("usdt//bin/attach:kvet", usdt_short)
USDT("usdt", usdt_by_hand)
