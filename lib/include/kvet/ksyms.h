/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's symbol table: every address of a name, every name at an address.
 *
 * Names and addresses are many-to-many. A static name occurs once a compilation unit, a
 * compiler's own name ("__func__.0") thousands of times, and an address may bear several
 * names. So every lookup returns a range of rows, never one.
 *
 * A table is loaded whole, once, and never changes: any number of threads may query it
 * without a lock, and lookups allocate nothing.
 */
#ifndef KVET_KSYMS_H
#define KVET_KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <kvet/error.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kvet_ksyms;

/*
 * One symbol. The strings belong to the table. address is 0 where the kernel hides it
 * (see kvet_ksyms_hidden()). type is the letter of nm(1); for a module's symbol, upper
 * case means exported (kernel: kernel/kallsyms.c, s_show()). module is NULL for the
 * kernel proper; pseudo-modules such as "bpf" and "__builtin__kprobes" are named as the
 * kernel does. extent is the distance to the next distinct address, or to the end of the
 * page where the next one belongs to another module or does not exist; kallsyms holds no
 * sizes, so that padding counts into it. It is 0 for what contains no address: a hidden
 * symbol, or an absolute one ('a', 'A', among them the per-CPU offsets of kernels before
 * 6.15).
 */
struct kvet_symbol {
	uint64_t address;
	uint64_t extent;
	const char *name;
	const char *module;
	char type;
};

/* Rows that answer a lookup: kvet_ksyms_row() for each of rows[0 .. count-1]. Belongs to
 * the table, lives as long as it. */
struct kvet_ksyms_range {
	const uint32_t *rows;
	size_t count;
};

/*
 * Loads the running kernel's table, /proc/kallsyms below the host's sysroot.
 * Loads a saved copy of one if path is not NULL (the sysroot does not apply to it).
 * The caller frees *table with kvet_ksyms_free(). Errors: of open(2) and read(2); -EINVAL
 * for a line that is not "ADDRESS TYPE NAME [MODULE]", a cut last line or an empty file,
 * with the line's number in the evidence; -ENOMEM; -E2BIG past 2^32 rows or bytes of names.
 */
int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_error *err);

/* The same from a stream, which stays the caller's. label names it in errors. */
int kvet_ksyms_parse(struct kvet_ksyms **table, FILE *stream, const char *label,
		     struct kvet_error *err);

void kvet_ksyms_free(struct kvet_ksyms *table);

/* How many symbols the table holds. */
size_t kvet_ksyms_count(const struct kvet_ksyms *table);

/* One symbol, row < kvet_ksyms_count(). */
struct kvet_symbol kvet_ksyms_row(const struct kvet_ksyms *table, uint32_t row);

/* Whether every address is 0: the kernel hid them from the reader. One symbol at address
 * 0 is legitimate (the first per-CPU symbol). */
bool kvet_ksyms_hidden(const struct kvet_ksyms *table);

/*
 * Why addresses are hidden: fills cause with kernel.kptr_restrict,
 * kernel.perf_event_paranoid and CAP_SYSLOG as they are now. The kernel decides at
 * open(2): visible if kptr_restrict is 0 and perf_event_paranoid <= 1, or with CAP_SYSLOG
 * in the initial user namespace if kptr_restrict is 0 or 1; never if it is 2 (kernel:
 * kallsyms_show_value()). path as given to kvet_ksyms_load().
 */
void kvet_ksyms_hidden_cause(const struct kvet_host *host, const char *path,
			     struct kvet_cause *cause);

/* Every row of a name, in the order of their addresses. */
struct kvet_ksyms_range kvet_ksyms_by_name(const struct kvet_ksyms *table, const char *name);

/* Every row at exactly this address, in the table's order; none at address 0 of a table
 * that is hidden. */
struct kvet_ksyms_range kvet_ksyms_at(const struct kvet_ksyms *table, uint64_t address);

/* Every row of the nearest address at or below this one whose extent reaches it. Absolute
 * symbols never contain an address. */
struct kvet_ksyms_range kvet_ksyms_containing(const struct kvet_ksyms *table, uint64_t address);

#ifdef __cplusplus
}
#endif

#endif
