/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What bpf/ksym.bpf.c writes for a symbol: this header, the name with its NUL, and the
 * module's name, if it has one, with its NUL; or a word that is its address, if the address alone
 * matters; or nothing. And what its loader puts in place of the markers.
 */
#ifndef KVET_KSYM_RECORD_H
#define KVET_KSYM_RECORD_H

#include <linux/types.h>

/* The first word of a header. A symbol at this address would be written whole. */
#define KSYM_WHOLE (~0ULL)

struct ksym_record {
	__u64 whole; /* KSYM_WHOLE */
	__u64 address;
	__u64 number;      /* of the symbol, from 0 on */
	__u16 name_size;   /* with its NUL */
	__u16 module_size; /* 0: of the kernel proper */
	__u8 exported;
	char type;
	__u16 reserved;
};

/* Names are copied in two pieces: a program has 512 bytes of stack, and so has a name. */
#define KSYM_NAME_PIECE 320
#define KSYM_MODULE_MAX 64

/*
 * The layout of struct kallsym_iter differs from kernel to kernel, and libbpf would read all
 * of the kernel's BTF to find it, which takes as long as the whole answer. So the program
 * names its members by offsets that cannot be true, and the loader, which has looked up this
 * one struct, puts the true ones in their place.
 */
#define KSYM_AT_VALUE     0x4000
#define KSYM_AT_TYPE      0x4100
#define KSYM_AT_EXPORTED  0x4200
#define KSYM_AT_SHOW      0x4300
#define KSYM_AT_MODULE    0x4400
#define KSYM_AT_NAME      0x5000 /* to 0x57ff: its bytes too are named */
#define KSYM_AT_NAME_REST (KSYM_AT_NAME + KSYM_NAME_PIECE - 1)

/* The same for what is asked: constants of 64 bits. */
#define KSYM_ASK_FIRST       0x6b766574a5100000ULL /* names whose first eight bytes, under the */
#define KSYM_ASK_FIRST_MASK  0x6b766574a5200000ULL /* mask, are these, */
#define KSYM_ASK_SECOND      0x6b766574a5300000ULL /* and the next eight likewise; */
#define KSYM_ASK_SECOND_MASK 0x6b766574a5400000ULL
#define KSYM_ASK_LOW         0x6b766574a5500000ULL /* addresses from here */
#define KSYM_ASK_HIGH        0x6b766574a5600000ULL /* to here, both included */

/* And for the place where the program keeps its state, the value of a map. */
#define KSYM_ASK_STATE 0x6b766574a5700000ULL

struct ksym_state {
	__u64 address; /* of the last symbol that was written whole */
	__u64 open;    /* whether its extent's end has still to come */
};

#endif
