/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table's inside: arrays by row, names once in an arena, and two orders of the rows. */
#ifndef KVET_KSYMS_TABLE_H
#define KVET_KSYMS_TABLE_H

#include <kvet/ksyms.h>

/* No module: the row belongs to the kernel proper. */
#define KSYMS_NO_MODULE 0

struct kvet_ksyms {
	size_t count, room;
	uint64_t *addresses;
	uint32_t *names;   /* offset of each row's name in the arena */
	uint32_t *modules; /* offset of the module's name in the arena, or KSYMS_NO_MODULE */
	char *types;

	char *arena; /* names, each with its NUL; begins with an empty one */
	size_t arena_used, arena_room;
	uint32_t last_module; /* rows of a module come together: its name is kept once a run */

	uint32_t *by_address; /* rows by (address, row) */
	uint32_t *by_name;    /* rows by (name, address, row) */
	bool hidden;
};

/* Adds a row while the table is built. Errors: -ENOMEM, -E2BIG. */
int kvet_ksyms_add(struct kvet_ksyms *table, uint64_t address, char type, const char *name,
		   size_t name_len, const char *module, size_t module_len, struct kvet_error *err);

/* Ends the building: makes the two orders. The table does not change from here on. */
int kvet_ksyms_finish(struct kvet_ksyms *table, struct kvet_error *err);

#endif
