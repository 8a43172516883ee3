/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What bpf/ksym.bpf.c writes for a symbol: this header, the name in whole words, and the module's
 * name, if there is one, in whole words; or only the header, if only the address matters; or
 * nothing. And the markers that its loader replaces.
 */
#ifndef KVET_KSYM_RECORD_H
#define KVET_KSYM_RECORD_H

#include <linux/types.h>

struct ksym_record {
	__u64 address;
	__u32 number;      /* of the symbol, counted from 0 */
	__u8 name_words;   /* of eight bytes, with the NUL; 0: only the address matters */
	__u8 module_words; /* 0: the kernel proper */
	__u8 exported;
	char type;
};

/* The longest in any kernel, with their NULs: KSYM_NAME_LEN, MODULE_NAME_LEN. */
#define KSYM_NAME_MAX   512
#define KSYM_MODULE_MAX 64
/* Before a symbol with names there may be the address of another one. */
#define KSYM_RECORD_MAX (2 * 16 + KSYM_NAME_MAX + KSYM_MODULE_MAX)

/*
 * The names that are asked for, as a set of bits: the bit that a name's first eight bytes hash to.
 * Rows of other names pass now and then, which the reader skips.
 */
#define KSYM_ASKED_BITS  12
#define KSYM_ASKED_WORDS (1 << (KSYM_ASKED_BITS - 6))

/*
 * Where the records are written: the value of a map that user space has mapped too, so that nothing
 * is copied. When it is full, the program writes a word into the file, so that the read(2) that
 * runs it returns; the reader then takes the records and sets used to 0.
 */
#define KSYM_AREA_SIZE (64 << 10)

struct ksym_area {
	__u64 open;    /* the last symbol that was written whole begins at address, and its */
	__u64 address; /* extent has no end yet */
	__u64 passed;  /* the address of the last symbol that was not */
	__u64 used;
	__u64 asked[KSYM_ASKED_WORDS];
	char records[KSYM_AREA_SIZE];
};

/*
 * The layout of struct kallsym_iter differs between kernels, and libbpf would read all of the
 * kernel's BTF to find it, which takes as long as the whole answer. So the program has impossible
 * offsets for its members, and the loader, which has looked up this one struct, replaces them.
 */
#define KSYM_AT_VALUE     0x4000
#define KSYM_AT_TYPE      0x4100
#define KSYM_AT_EXPORTED  0x4200
#define KSYM_AT_SHOW      0x4300
#define KSYM_AT_MODULE    0x4400
#define KSYM_AT_NAME      0x5000 /* to KSYM_AT_NAME_LAST: the words of the name have their own */
#define KSYM_AT_NAME_LAST (KSYM_AT_NAME + KSYM_NAME_MAX - 1)

/* The same for the query: constants of 64 bits. */
#define KSYM_ASK_ALL     0x6b766574a5100000ULL /* whether all names are asked for; if not, the set; */
#define KSYM_ASK_ALIASES 0x6b766574a5200000ULL /* whether also what is at the same address; */
#define KSYM_ASK_LOW     0x6b766574a5500000ULL /* addresses from here */
#define KSYM_ASK_HIGH    0x6b766574a5600000ULL /* to here, both included; */
#define KSYM_ASK_MANY    0x6b766574a5800000ULL /* whether there are many of these */

/* And for the address of the area. */
#define KSYM_ASK_AREA 0x6b766574a5700000ULL

/* The bits of a word whose first byte comes lowest, up to the first byte that is 0. */
static inline __attribute__((always_inline)) __u64 ksym_until_nul(__u64 word)
{
	__u64 nul = (word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL;

	return word & ((nul & -nul) - 1);
}

/* The bit of the set that a name with this first word has. */
static inline __attribute__((always_inline)) __u64 ksym_asked_bit(__u64 word)
{
	return ksym_until_nul(word) * 0x9e3779b97f4a7c15ULL >> (64 - KSYM_ASKED_BITS);
}

#endif
