// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Every symbol of the kernel, in the order of /proc/kallsyms, as binary records: what costs
 * time there is the text. Filters, so that only what can matter is copied. Its loader is
 * lib/ksyms/iterator_load.c; see ksym_record.h for the markers that it replaces.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "ksym_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__ksym {
	struct bpf_iter_meta *meta;
	void *ksym;
};

/* One instruction each, which the loader finds and changes. */
#define ASK(marker)                                                     \
	({                                                              \
		__u64 asked;                                            \
		asm volatile("%0 = %1 ll" : "=r"(asked) : "i"(marker)); \
		asked;                                                  \
	})
#define MEMBER(type, base, marker)                         \
	({                                                 \
		__u64 member;                              \
		asm volatile("%0 = *(" type " *)(%1 + %2)" \
			     : "=r"(member)                \
			     : "r"(base), "i"(marker));    \
		member;                                    \
	})
#define MEMBER_ADDRESS(base, marker)                                  \
	({                                                            \
		void *place = (base);                                 \
		asm volatile("%0 += %1" : "+r"(place) : "i"(marker)); \
		place;                                                \
	})

struct piece {
	struct ksym_record record;
	char text[KSYM_NAME_PIECE];
};

SEC("iter/ksym")
int kvet_ksym(struct bpf_iter__ksym *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	void *ksym = ctx->ksym;
	struct ksym_state *state = (struct ksym_state *)ASK(KSYM_ASK_STATE);
	struct piece piece;
	char module[KSYM_MODULE_MAX];
	__u64 address, first, second, in_module;
	long size, module_size = 0, rest;

	if (!ksym)
		return 0;
	/* Whom the kernel does not trust with addresses, it does not trust here either. */
	address = MEMBER("u32", ksym, KSYM_AT_SHOW) ? MEMBER("u64", ksym, KSYM_AT_VALUE) : 0;
	in_module = MEMBER("u8", ksym, KSYM_AT_MODULE);
	first = MEMBER("u64", ksym, KSYM_AT_NAME);
	second = MEMBER("u64", ksym, KSYM_AT_NAME + 8);
	if (!((first & ASK(KSYM_ASK_FIRST_MASK)) == ASK(KSYM_ASK_FIRST) &&
	      (second & ASK(KSYM_ASK_SECOND_MASK)) == ASK(KSYM_ASK_SECOND)) &&
	    !(address >= ASK(KSYM_ASK_LOW) && address <= ASK(KSYM_ASK_HIGH)) &&
	    /* Where a module begins counts too; _text is what distances are from. */
	    !in_module && (first & 0xffffffffffffULL) != 0x747865745fULL && address != KSYM_WHOLE) {
		/*
		 * The kernel proper is sorted, or its own search would fail: the first greater
		 * address ends the extent.
		 */
		if (!state->open || address <= state->address)
			return 0;
		state->open = 0;
		bpf_seq_write(seq, &address, sizeof(address));
		return 0;
	}

	state->address = address;
	state->open = 1;
	size = bpf_probe_read_kernel_str(piece.text, sizeof(piece.text),
					 MEMBER_ADDRESS(ksym, KSYM_AT_NAME));
	/* Nearly all are of the kernel proper: for them, a call less here and one at the end. */
	if (in_module)
		module_size = bpf_probe_read_kernel_str(module, sizeof(module),
							MEMBER_ADDRESS(ksym, KSYM_AT_MODULE));
	if (size <= 0 || size > KSYM_NAME_PIECE || module_size < 0 || module_size > KSYM_MODULE_MAX)
		return 0;
	piece.record.whole = KSYM_WHOLE;
	piece.record.address = address;
	piece.record.number = ctx->meta->seq_num;
	piece.record.name_size = (__u16)size;
	piece.record.module_size = (__u16)module_size;
	piece.record.exported = MEMBER("u32", ksym, KSYM_AT_EXPORTED) != 0;
	piece.record.type = (char)MEMBER("u8", ksym, KSYM_AT_TYPE);
	piece.record.reserved = 0;
	if (size < KSYM_NAME_PIECE) {
		bpf_seq_write(seq, &piece, sizeof(piece.record) + size);
	} else {
		/* How long the rest is stands in the record: it has to be read twice. */
		rest = bpf_probe_read_kernel_str(piece.text, sizeof(piece.text),
						 MEMBER_ADDRESS(ksym, KSYM_AT_NAME_REST));
		if (rest <= 0 || rest > KSYM_NAME_PIECE)
			return 0;
		piece.record.name_size = (__u16)(size - 1 + rest);
		bpf_probe_read_kernel_str(piece.text, sizeof(piece.text),
					  MEMBER_ADDRESS(ksym, KSYM_AT_NAME));
		bpf_seq_write(seq, &piece, sizeof(piece) - 1);
		bpf_probe_read_kernel_str(piece.text, sizeof(piece.text),
					  MEMBER_ADDRESS(ksym, KSYM_AT_NAME_REST));
		bpf_seq_write(seq, piece.text, rest);
	}
	if (module_size > 0)
		bpf_seq_write(seq, module, module_size);
	return 0;
}
