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

#define WORD(ksym, n) MEMBER("u64", ksym, KSYM_AT_NAME + 8 * (n))

/* Whether one of its bytes is 0. */
static __always_inline int ends(__u64 word)
{
	return ((word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL) != 0;
}

/* Copies a string that the kernel ends with a NUL; returns its words. */
static __always_inline __u8 copy(void *to, __u32 size, const void *from)
{
	long copied = bpf_probe_read_kernel_str(to, size, from);

	return copied > 0 ? (copied + 7) >> 3 : 0;
}

/* Nearly all names have less than 48 bytes: for them, no call, if there are many. For a few, the
 * verifier is spared all that. */
static __always_inline __u8 copy_name(__u64 *to, void *ksym, __u64 first)
{
	__u64 word;

	if (!ASK(KSYM_ASK_MANY))
		return copy(to, KSYM_NAME_MAX, MEMBER_ADDRESS(ksym, KSYM_AT_NAME));
	to[0] = first;
	if (ends(first))
		return 1;
	to[1] = word = WORD(ksym, 1);
	if (ends(word))
		return 2;
	to[2] = word = WORD(ksym, 2);
	if (ends(word))
		return 3;
	to[3] = word = WORD(ksym, 3);
	if (ends(word))
		return 4;
	to[4] = word = WORD(ksym, 4);
	if (ends(word))
		return 5;
	to[5] = word = WORD(ksym, 5);
	if (ends(word))
		return 6;
	return copy(to, KSYM_NAME_MAX, MEMBER_ADDRESS(ksym, KSYM_AT_NAME));
}

/* Whether the name is the one that is asked for; no longer than it differs from it. */
static __always_inline int is_asked(void *ksym, __u64 first)
{
	return (first & ASK(KSYM_ASK_FIRST_MASK)) == ASK(KSYM_ASK_FIRST) &&
	       (!ASK(KSYM_ASK_SECOND_MASK) ||
		(WORD(ksym, 1) & ASK(KSYM_ASK_SECOND_MASK)) == ASK(KSYM_ASK_SECOND));
}

/* Where no address is asked for, the verifier sees that, and nothing is left of this. */
static __always_inline int is_near(void *ksym)
{
	__u64 value;

	if (ASK(KSYM_ASK_LOW) > ASK(KSYM_ASK_HIGH))
		return 0;
	value = MEMBER("u64", ksym, KSYM_AT_VALUE);
	return value >= ASK(KSYM_ASK_LOW) && value <= ASK(KSYM_ASK_HIGH);
}

/*
 * Nearly all symbols end at the first return. What is not needed to get there is read after it:
 * the kernel checks the address of every word.
 */
SEC("iter/ksym")
int kvet_ksym(struct bpf_iter__ksym *ctx)
{
	void *ksym = ctx->ksym;
	struct ksym_area *area = (struct ksym_area *)ASK(KSYM_ASK_AREA);
	struct ksym_record *record;
	__u64 address, first, in_module, used;
	int whole;

	if (!ksym)
		return 0;
	in_module = MEMBER("u8", ksym, KSYM_AT_MODULE);
	first = WORD(ksym, 0);
	/* Where a module begins counts too; _text is what distances are from. */
	whole = in_module || is_asked(ksym, first) || is_near(ksym) ||
		(first & 0xffffffffffffULL) == 0x747865745fULL;
	if (!whole && !area->open)
		return 0;
	/* Whom the kernel does not trust with addresses, it does not trust here either. */
	address = MEMBER("u32", ksym, KSYM_AT_SHOW) ? MEMBER("u64", ksym, KSYM_AT_VALUE) : 0;
	/*
	 * The kernel proper is sorted, or its own search would fail: the first greater address
	 * ends the extent.
	 */
	if (!whole && address <= area->address)
		return 0;
	area->open = whole;
	area->address = address;

	used = area->used;
	if (used > KSYM_AREA_SIZE - KSYM_RECORD_MAX)
		return 0; /* for the verifier alone: see the end */
	record = (struct ksym_record *)(area->records + used);
	record->address = address;
	record->number = ctx->meta->seq_num;
	record->name_words = 0;
	record->module_words = 0;
	record->exported = MEMBER("u32", ksym, KSYM_AT_EXPORTED) != 0;
	record->type = (char)MEMBER("u8", ksym, KSYM_AT_TYPE);
	used += sizeof(*record);
	if (whole) {
		record->name_words = copy_name((__u64 *)(record + 1), ksym, first);
		used += record->name_words * 8;
	}
	if (whole && in_module) {
		if (used > KSYM_AREA_SIZE - KSYM_MODULE_MAX)
			return 0; /* likewise */
		record->module_words = copy(area->records + used, KSYM_MODULE_MAX,
					    MEMBER_ADDRESS(ksym, KSYM_AT_MODULE));
		used += record->module_words * 8;
	}
	area->used = used;
	/* Of an address alone, all is known now: who reads may stop. */
	if (used > KSYM_AREA_SIZE - KSYM_RECORD_MAX ||
	    (!whole && ASK(KSYM_ASK_LOW) <= ASK(KSYM_ASK_HIGH)))
		bpf_seq_write(ctx->meta->seq, &used, sizeof(used));
	return 0;
}
