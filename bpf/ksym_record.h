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
#define KSYM_RECORD_MAX (16 + KSYM_NAME_MAX + KSYM_MODULE_MAX)

/*
 * Where the records are written: the value of a map that user space has mapped too, so that nothing
 * is copied. When it is full, the program writes a word into the file, so that the read(2) that
 * runs it returns; the reader then takes the records and sets used to 0.
 */
#define KSYM_AREA_SIZE (64 << 10)

struct ksym_area {
	__u64 open;    /* the last symbol that was written whole begins at address, and its */
	__u64 address; /* extent has no end yet */
	__u64 used;
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
#define KSYM_ASK_FIRST       0x6b766574a5100000ULL /* names whose first eight bytes, with the */
#define KSYM_ASK_FIRST_MASK  0x6b766574a5200000ULL /* mask, are these, */
#define KSYM_ASK_SECOND      0x6b766574a5300000ULL /* and the next eight likewise; */
#define KSYM_ASK_SECOND_MASK 0x6b766574a5400000ULL
#define KSYM_ASK_LOW         0x6b766574a5500000ULL /* addresses from here */
#define KSYM_ASK_HIGH        0x6b766574a5600000ULL /* to here, both included; */
#define KSYM_ASK_MANY        0x6b766574a5800000ULL /* whether there are many of these */

/* And for the address of the area. */
#define KSYM_ASK_AREA 0x6b766574a5700000ULL

#endif
