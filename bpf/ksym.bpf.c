// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Writes every symbol of the kernel, in the order of /proc/kallsyms, as binary records: formatting
 * and parsing the text is what takes time. Filters, so that only symbols that can matter are
 * copied. lib/ksyms/iterator_load.c loads it; ksym_record.h describes the markers that the loader
 * replaces.
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

/* One instruction each, which the loader finds and replaces. */
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

/* Whether one of the word's bytes is 0. */
static __always_inline int ends(__u64 word)
{
	return ((word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL) != 0;
}

/* Copies a NUL-terminated string of the kernel; returns its length in words. */
static __always_inline __u8 copy(void *to, __u32 size, const void *from)
{
	long copied = bpf_probe_read_kernel_str(to, size, from);

	return copied > 0 ? (copied + 7) >> 3 : 0;
}

/* Nearly all names have fewer than 48 bytes. If there are many, those are copied without a call of
 * a helper; if there are few, that code is left out and the verifier is faster. */
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

/* Whether a name that begins with this word may be asked for. _text always is: it is the base of
 * relative addresses. */
static __always_inline int is_asked(const struct ksym_area *area, __u64 first)
{
	__u64 bit;

	if (ASK(KSYM_ASK_ALL))
		return 1;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	first = __builtin_bswap64(first);
#endif
	bit = ksym_asked_bit(first);
	return area->asked[bit >> 6] >> (bit & 63) & 1;
}

/* If the query asks for no address, the verifier removes this as dead code. */
static __always_inline int is_near(void *ksym)
{
	__u64 value;

	if (ASK(KSYM_ASK_LOW) > ASK(KSYM_ASK_HIGH))
		return 0;
	value = MEMBER("u64", ksym, KSYM_AT_VALUE);
	return value >= ASK(KSYM_ASK_LOW) && value <= ASK(KSYM_ASK_HIGH);
}

static __always_inline void put_head(struct ksym_record *record, __u64 address, __u32 number)
{
	record->address = address;
	record->number = number;
	record->name_words = 0;
	record->module_words = 0;
	record->exported = 0;
	record->type = 0;
}

/*
 * Most symbols end at the first return. What is not required before it is read after it, because
 * the kernel checks the address of every word that is read.
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
	/* A module's first symbol matters too. */
	whole = in_module || is_asked(area, first) || is_near(ksym);
	if (!whole && !area->open) {
		if (ASK(KSYM_ASK_ALIASES))
			area->passed = MEMBER("u64", ksym, KSYM_AT_VALUE);
		return 0;
	}
	/* If the kernel hides addresses from the reader, so does this program. */
	address = MEMBER("u32", ksym, KSYM_AT_SHOW) ? MEMBER("u64", ksym, KSYM_AT_VALUE) : 0;
	if (ASK(KSYM_ASK_ALIASES) && area->open && address == area->address)
		whole = 1;
	/* The kernel proper is sorted: the first greater address ends the extent. */
	if (!whole && address <= area->address)
		return 0;
	area->open = whole;
	area->address = address;

	used = area->used;
	if (used > KSYM_AREA_SIZE - KSYM_RECORD_MAX)
		return 0; /* only for the verifier: cannot happen, see the end */
	record = (struct ksym_record *)(area->records + used);
	/* The name of the one before is over: the reader sees that it misses one. */
	if (ASK(KSYM_ASK_ALIASES) && whole && address == area->passed) {
		put_head(record, address, 0);
		used += sizeof(*record);
		record++;
	}
	area->passed = whole ? 0 : address;
	put_head(record, address, ctx->meta->seq_num);
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
	/* If only an address was asked for, its extent is now known: the reader may stop. */
	if (used > KSYM_AREA_SIZE - KSYM_RECORD_MAX ||
	    (!whole && ASK(KSYM_ASK_LOW) <= ASK(KSYM_ASK_HIGH)))
		bpf_seq_write(ctx->meta->seq, &used, sizeof(used));
	return 0;
}
