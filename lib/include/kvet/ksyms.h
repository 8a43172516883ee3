/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's symbol table: every address of a name, every name at an address.
 *
 * Names and addresses are many-to-many. A static name occurs once a compilation unit, a
 * compiler's own name ("__func__.0") thousands of times, and an address may bear several
 * names. So every lookup returns a range of rows, never one.
 *
 * A table is loaded whole, once, and never changes: any number of threads may query it
 * without a lock, and lookups allocate nothing. Tables know nothing of one another: open
 * as many as you like.
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
 * page where the next one belongs to another module, is 4 GiB away or does not exist;
 * kallsyms holds no sizes, so that padding counts into it. It is 0 for what contains no
 * address: a hidden symbol, or an absolute one ('a', 'A', among them the per-CPU offsets of
 * kernels before 6.15). size is the true one, where the source has sizes (ELF), else 0.
 * relative is the distance from _text, the same at every boot of a kernel; only symbols of
 * the kernel proper have one, and only where _text is known.
 */
struct kvet_symbol {
	uint64_t address;
	uint64_t extent;
	const char *name;
	const char *module;
	char type;
	bool has_relative;
	uint64_t size;
	int64_t relative;
};

/* Rows that answer a lookup: kvet_ksyms_row() for each of rows[0 .. count-1]. Belongs to
 * the table, lives as long as it. */
struct kvet_ksyms_range {
	const uint32_t *rows;
	size_t count;
};

/* --- what is asked ------------------------------------------------------------------------ */

enum kvet_ksyms_query_kind {
	KVET_KSYMS_NAME,    /* NAME, MODULE:NAME, either with +OFF or +OFF/SIZE; _text+OFF and
			       _stext+OFF mean the place there, whatever symbol it is in */
	KVET_KSYMS_ADDRESS, /* 0xADDRESS */
	KVET_KSYMS_RANGE,   /* FIRST-END, hexadecimal; END is not in it */
	KVET_KSYMS_GLOB,    /* a name with * ? or [ */
	KVET_KSYMS_REGEX,   /* an extended regular expression, found anywhere in the name */
	KVET_KSYMS_QUERY_KIND_COUNT
};

struct kvet_ksyms_pattern;

/*
 * A query taken apart. text is the caller's and must outlive it; name points into it.
 * Several meanings may be possible, "add" is a name and an address, "a:b" may be a name: the
 * first that has a match is meant, in the order whole name, MODULE:NAME, address.
 */
struct kvet_ksyms_query {
	enum kvet_ksyms_query_kind kind;
	const char *text;
	const char *name;
	size_t name_len;   /* without +OFF */
	size_t module_len; /* the part of name before a colon; 0: there is none */
	bool has_address;  /* it could be an address */
	bool has_offset;
	bool has_size;
	uint64_t address; /* of ADDRESS, of a NAME that could be one, the first of RANGE */
	uint64_t end;     /* of RANGE */
	uint64_t offset;
	uint64_t size;
	struct kvet_ksyms_pattern *pattern; /* of GLOB and REGEX; owned */
};

/*
 * Takes a query apart; regex: every text is an extended regular expression. The caller
 * frees with kvet_ksyms_query_deinit(). Errors: -EINVAL with what is wrong in the evidence;
 * -ENOMEM.
 */
int kvet_ksyms_query_parse(struct kvet_ksyms_query *query, const char *text, bool regex,
			   struct kvet_error *err);
void kvet_ksyms_query_deinit(struct kvet_ksyms_query *query);

/* Whether memory ran out while regexec(3) searched for it: matches may be missing from what was
 * found. To be asked when a search has come to its end. */
bool kvet_ksyms_query_failed(const struct kvet_ksyms_query *query);

/* --- loading ------------------------------------------------------------------------------ */

/* Where a table came from. */
enum kvet_ksyms_kind {
	KVET_KSYMS_TEXT,     /* the text of /proc/kallsyms */
	KVET_KSYMS_ITERATOR, /* the kernel's BPF iterator over ksyms (Linux 6.0) */
	KVET_KSYMS_FILE,     /* a copy of that text, a System.map or what nm(1) prints */
	KVET_KSYMS_ELF,      /* vmlinux or a module; with sizes */
	KVET_KSYMS_KIND_COUNT
};

/* "text", "iter", "file", "elf"; a static string. */
const char *kvet_ksyms_kind_name(enum kvet_ksyms_kind kind);

struct kvet_ksyms_options {
	/* A file to read instead of the running kernel's table; the sysroot does not apply to
	 * it. NULL: the running kernel. It is opened and read once, so that it may be a pipe. With
	 * has_fd it is open already, is read from where it stands and stays the caller's; path is
	 * then what errors call it. */
	const char *path;
	bool has_fd;
	int fd;
	/* Read from there and nowhere else; without it, a file is what its first bytes say,
	 * and of the running kernel's two sources the iterator is taken where it may be. */
	bool has_kind;
	enum kvet_ksyms_kind kind;
	/* What will be asked. A few names, addresses and patterns are then looked for in one pass,
	 * and the table holds the rows that answer them and no others. NULL: anything. */
	const struct kvet_ksyms_query *queries;
	size_t query_count;
};

/*
 * Loads a table. The caller frees *table with kvet_ksyms_free(). options may be NULL. What
 * cannot be read from the iterator is read from the text, and kvet_ksyms_not_iterator() says
 * why. Errors: of open(2), read(2) and, where the iterator alone will do, bpf(2); -EINVAL
 * for a line that is not "ADDRESS TYPE NAME [MODULE]", a cut last line, an empty file or a
 * damaged archive or ELF file, with the place in the evidence; -ENOMEM; -E2BIG past 2^32
 * rows or bytes of names.
 */
int kvet_ksyms_open(struct kvet_ksyms **table, const struct kvet_host *host,
		    const struct kvet_ksyms_options *options, struct kvet_error *err);

/* The whole table from the text of /proc/kallsyms, or from the file at path if that is not
 * NULL. */
int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_error *err);

/* The same from a stream, which stays the caller's. label names it in errors. */
int kvet_ksyms_parse(struct kvet_ksyms **table, FILE *stream, const char *label,
		     struct kvet_error *err);

void kvet_ksyms_free(struct kvet_ksyms *table);

/* --- what a table is ---------------------------------------------------------------------- */

/* How many symbols the table holds; how many its source had, or 0 if it was not read to its end.
 * They differ where kvet_ksyms_open() knew what would be asked. */
size_t kvet_ksyms_count(const struct kvet_ksyms *table);
size_t kvet_ksyms_seen(const struct kvet_ksyms *table);

/* Where it came from; why not from the iterator, or NULL where that was not tried. */
enum kvet_ksyms_kind kvet_ksyms_source(const struct kvet_ksyms *table);
const struct kvet_cause *kvet_ksyms_not_iterator(const struct kvet_ksyms *table);

/* Whether every address is 0: the kernel hid them from the reader. One symbol at address
 * 0 is legitimate (the first per-CPU symbol), and in an ELF file all of them are. */
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

/* --- lookups: they allocate nothing, and any thread may call them ------------------------- */

/* One symbol, row < kvet_ksyms_count(). */
struct kvet_symbol kvet_ksyms_row(const struct kvet_ksyms *table, uint32_t row);

/* Every row of a name, in the order of their addresses. */
struct kvet_ksyms_range kvet_ksyms_by_name(const struct kvet_ksyms *table, const char *name);

/* Every row at exactly this address, in the table's order; none at address 0 of a table
 * that is hidden. */
struct kvet_ksyms_range kvet_ksyms_at(const struct kvet_ksyms *table, uint64_t address);

/* Every row of the nearest address at or below this one whose extent (or size, in a table
 * that has them) reaches it. Absolute symbols never contain an address. */
struct kvet_ksyms_range kvet_ksyms_containing(const struct kvet_ksyms *table, uint64_t address);

/* Every row at an address of first .. end-1, in the order of their addresses; none if the
 * addresses are hidden. */
struct kvet_ksyms_range kvet_ksyms_between(const struct kvet_ksyms *table, uint64_t first,
					   uint64_t end);

/* Every row, in the order of their addresses; mapping symbols behind all others. */
struct kvet_ksyms_range kvet_ksyms_all(const struct kvet_ksyms *table);

/*
 * Whether a row is what the compiler puts before a function for tracers and call checks:
 * its name is "__pfx_" (Linux 6.2, CONFIG_PREFIX_SYMBOLS) or "__cfi_" and the name of a
 * symbol of the same module that starts within 64 bytes behind it. The name alone proves
 * nothing.
 */
bool kvet_ksyms_is_prefix(const struct kvet_ksyms *table, uint32_t row);

/*
 * Whether a name marks a place for assembler and linker, and is no function's: "$x", "$d.12",
 * "$xrv64i2p1", ".L12", and "L0" with a byte 1 behind it. The modules of arm64 and RISC-V have
 * thousands (kernel: is_mapping_symbol()). Such a symbol stands at no address: lookups by address
 * and kvet_ksyms_between() pass over it, and it ends no extent. Its name finds it. Of the kernel
 * proper only "$x" and its like are so: in its own table the kernel looks up all that it has.
 */
bool kvet_ksyms_is_mapping(const char *name);

/* --- a query against a table -------------------------------------------------------------- */

/* Which rows count. All zero: all of them but prefix and mapping symbols. */
struct kvet_ksyms_filter {
	const char *module; /* of this one alone; "vmlinux" and "kernel" are the kernel proper;
			       NULL: any */
	const char *types;  /* of one of these letters alone; NULL: any */
	bool suffixes;      /* "foo" matches what the compiler made of it, "foo.constprop.0" */
	/* Patterns and ranges show prefix symbols, patterns mapping symbols too. Names always do.
	 */
	bool prefix_symbols;
};

struct kvet_ksyms_match {
	uint32_t row;
	uint64_t offset; /* of the address meant, from the symbol's */
};

/* A search under way: a plain value, no clean-up. What it was given must outlive it. */
struct kvet_ksyms_search {
	const struct kvet_ksyms *table;
	const struct kvet_ksyms_query *query;
	const struct kvet_ksyms_filter *filter;
	struct kvet_ksyms_range range;
	uint64_t address; /* that is looked for */
	size_t next;
	int step;
};

/* Starts a search; filter may be NULL. */
void kvet_ksyms_search_init(struct kvet_ksyms_search *search, const struct kvet_ksyms *table,
			    const struct kvet_ksyms_query *query,
			    const struct kvet_ksyms_filter *filter);

/* Its next match, in the order of their addresses. Returns false if there is none left. */
bool kvet_ksyms_search_next(struct kvet_ksyms_search *search, struct kvet_ksyms_match *match);

/* The caller frees items. */
struct kvet_ksyms_matches {
	struct kvet_ksyms_match *items;
	size_t count;
};

/*
 * The matches of many queries, added to those that are there already, each query's behind those of
 * the one before: those of query i end before ends[i], which counts all of matches. The same as a
 * search for each, and faster: a table is larger than the processor's caches, and what the next
 * queries will look at is brought in while the ones before are answered. Some dozens at a time are
 * enough. Returns 0 or -ENOMEM; then the matches are not all there.
 */
int kvet_ksyms_search_many(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
			   size_t count, const struct kvet_ksyms_filter *filter,
			   struct kvet_ksyms_matches *matches, size_t *ends,
			   struct kvet_error *err);

/* kvet_ksyms_row() of many matches, for the same reason; symbols has room for count. */
void kvet_ksyms_rows(const struct kvet_ksyms *table, const struct kvet_ksyms_match *matches,
		     size_t count, struct kvet_symbol *symbols);

/*
 * Why a query has no match in a whole table: fills cause with what is known, the evidence
 * empty if that is nothing: a module that is not loaded, an offset past the end, a filter
 * that hides rows, names that compilers made of this one, names that are like it (in the
 * remedy), the symbols around an address, and, of a running kernel, a configuration that
 * leaves variables out. filter may be NULL.
 */
void kvet_ksyms_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			     const struct kvet_ksyms_query *query,
			     const struct kvet_ksyms_filter *filter, struct kvet_cause *cause);

/* --- where a kprobe can go ---------------------------------------------------------------- */

struct kvet_ksyms_sites;

/*
 * Reads what debugfs and tracefs say of it: kprobes/blacklist, and
 * available_filter_functions_addrs (Linux 6.5) or else available_filter_functions. What
 * cannot be read is not known, and no error. The caller frees. Errors: -ENOMEM.
 */
int kvet_ksyms_sites_read(struct kvet_ksyms_sites **sites, const struct kvet_host *host,
			  struct kvet_error *err);
void kvet_ksyms_sites_free(struct kvet_ksyms_sites *sites);

/* What the lists say of an address in a function (its name, where it starts, how far it reaches):
 * whether it is on the blacklist, whether ftrace can trace the function. Each is 1 yes, 0 no, -1
 * not readable. Where the kernel lists names alone, one of several functions of a name counts for
 * all. What follows from it: kvet_kprobe_judge() of <kvet/kprobe.h>. */
void kvet_ksyms_sites_look(const struct kvet_ksyms_sites *sites, const char *name, uint64_t start,
			   uint64_t extent, uint64_t address, int *blacklisted, int *traceable);

/* Whether ftrace can trace a function of this name: 1 yes, 0 no, -1 not readable. */
int kvet_ksyms_sites_named(const struct kvet_ksyms_sites *sites, const char *name, size_t len);

/* --- names and addresses that are not one-to-one ------------------------------------------- */

enum kvet_ksyms_name_kind {
	KVET_KSYMS_GENERIC,  /* the compiler's own: "__func__.0", "__key.3" */
	KVET_KSYMS_COPY,     /* what the compiler made of a function: "foo.constprop.0" */
	KVET_KSYMS_ORDINARY, /* a name that looks as if it were the only one */
	KVET_KSYMS_NAME_KIND_COUNT
};

enum kvet_ksyms_name_kind kvet_ksyms_name_kind(const char *name);
/* "generic", "copy", "ordinary"; a static string. */
const char *kvet_ksyms_name_kind_name(enum kvet_ksyms_name_kind kind);

/* Rows that count: of this module alone ("vmlinux" or "kernel": the kernel proper) if it is not
 * NULL, prefix symbols only if asked for, and mapping symbols never. */
bool kvet_ksyms_counts(const struct kvet_ksyms *table, uint32_t row,
		       const struct kvet_ksyms_filter *filter);

/*
 * The next name with several rows that count, or the next address: range holds all its rows,
 * *count those that count. *cursor starts at 0. Returns false if there is none left. Names
 * come in the order of their first addresses.
 */
bool kvet_ksyms_next_name(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			  size_t *cursor, struct kvet_ksyms_range *range, size_t *count);
bool kvet_ksyms_next_address(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			     size_t *cursor, struct kvet_ksyms_range *range, size_t *count);

/* --- two tables ---------------------------------------------------------------------------- */

enum kvet_ksyms_change {
	KVET_KSYMS_ADDED,   /* only in the second */
	KVET_KSYMS_REMOVED, /* only in the first */
	KVET_KSYMS_MOVED,   /* in both, elsewhere */
	KVET_KSYMS_CHANGE_COUNT
};

/* "added", "removed", "moved"; a static string. */
const char *kvet_ksyms_change_name(enum kvet_ksyms_change change);

struct kvet_ksyms_difference {
	enum kvet_ksyms_change change;
	uint32_t before; /* row of the first table; not of ADDED */
	uint32_t after;  /* row of the second; not of REMOVED */
	/* Distances from the anchor: of the kernel proper, or of the module. */
	bool has_before_relative, has_after_relative;
	int64_t before_relative, after_relative;
};

struct kvet_ksyms_comparison {
	struct kvet_ksyms_difference *differences; /* the caller frees them with free(3) */
	size_t count;
	/* From where the distances of the kernel proper are: "_text"; NULL if there is no such
	 * symbol. The string belongs to the first table. */
	const char *anchor;
	/* Pairs that no anchor tells the places of: whether they have moved is not known. */
	size_t unplaced;
	/* Rows of both tables that the filter lets through: of none, nothing can be said. */
	size_t compared;
};

/*
 * What differs: rows of one name, type and module are compared as a set, by their distance from an
 * anchor: _text, or else _stext, or else the first function that both tables have once. Functions
 * of a module are compared by their distance from the first of them that both have. The rest of a
 * module, what the kernel makes at run time, a module against its own file, and hidden tables have
 * no places that can be compared: of these the number counts. Letters of a module against its file
 * are compared without their case, which means "exported" in the one and "global" in the other.
 * Errors: -ENOMEM.
 */
int kvet_ksyms_diff(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
		    const struct kvet_ksyms_filter *filter, struct kvet_ksyms_comparison *out,
		    struct kvet_error *err);

/* --- text that names symbols ----------------------------------------------------------------- */

/*
 * The name as its programming language has it (Rust and C++), or NULL if it is not mangled
 * or memory is out. The caller frees it with free(3).
 */
char *kvet_ksyms_demangle(const char *name);

/*
 * A log or a stack trace, completed line by line: " <NAME+0xOFF/0xEXTENT [MODULE]>" behind each
 * address that a symbol contains, " <0xADDRESS>" behind each SYM+OFF and SYM+OFF/SIZE, all of them
 * where there are several. All else is copied as it is, byte for byte.
 *
 * A number is an address only if it points to where code or data of the kernel or of a module can
 * be: what stands in a per-CPU area, in the first 64 KiB or below the lowest text of the kernel
 * names no number. A frame is completed where the kernel would print it so: its module, if one is
 * named, and its SIZE, if there is one, have to agree, and OFF may be SIZE.
 *
 * One log is for one thread, and the table must outlive it.
 */
struct kvet_ksyms_log;

struct kvet_ksyms_log_options {
	/* Which rows count; prefix symbols always do. With suffixes, a name also means what
	 * compilers made of it. NULL: all of them. */
	const struct kvet_ksyms_filter *filter;
	bool demangle; /* names of Rust and C++ are written as their source has them */
	/* The log's addresses of the kernel proper, less the table's. Without it, what the log
	 * itself says counts ("Kernel Offset: 0x... from 0x..."), and else they are taken to be the
	 * same. */
	bool has_offset;
	int64_t offset;
};

/* A line as it has become; the bytes live until the next one, or are those that were given. */
struct kvet_ksyms_text {
	const char *bytes;
	size_t len;
	size_t places; /* in which it was completed */
};

/* options may be NULL. The caller frees *log with kvet_ksyms_log_free(). Errors: -ENOMEM. */
int kvet_ksyms_log_new(struct kvet_ksyms_log **log, const struct kvet_ksyms *table,
		       const struct kvet_ksyms_log_options *options, struct kvet_error *err);
void kvet_ksyms_log_free(struct kvet_ksyms_log *log);

/*
 * Tells whole lines that are to come, before the first of them is completed: a kernel says how
 * far it was moved when it panics, behind what it has printed until then. Any number of calls, in
 * the order of the lines. Errors: -ENOMEM.
 */
int kvet_ksyms_log_expect(struct kvet_ksyms_log *log, const char *lines, size_t len,
			  struct kvet_error *err);

/*
 * Completes a line, without its line break. A line too long to be kept may come in pieces: goes_on
 * is set for all but its last, and words that span two pieces are left alone. Errors: -ENOMEM.
 */
int kvet_ksyms_log_line(struct kvet_ksyms_log *log, const char *line, size_t len, bool goes_on,
			struct kvet_ksyms_text *text, struct kvet_error *err);

/*
 * Whether the log has shown that the table is of another boot or another kernel: an address and the
 * SYM+OFF right behind it do not belong together. True once, with the cause; such an address is not
 * given another name, and where the whole kernel was moved, no number after it is.
 */
bool kvet_ksyms_log_doubt(struct kvet_ksyms_log *log, struct kvet_cause *cause);

/* A line of text on its own. *found is how many places were completed. The caller frees *text with
 * free(3). Errors: -ENOMEM. */
int kvet_ksyms_annotate(const struct kvet_ksyms *table, const char *line, char **text,
			size_t *found, struct kvet_error *err);

#ifdef __cplusplus
}
#endif

#endif
