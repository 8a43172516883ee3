/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's symbol table: every address of a name, every name at an address.
 *
 * Names and addresses are many-to-many. A static name may occur once in each compilation unit, a
 * name made up by the compiler ("__func__.0") thousands of times, and one address may have
 * several names. So every lookup returns a range of rows, never a single one.
 *
 * A table is loaded once and never changes: any number of threads may query it without a lock,
 * and lookups allocate nothing. Tables are independent of one another: any number may be open.
 */
#ifndef KVET_KSYMS_H
#define KVET_KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <kvet/cause.h>
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
 * page if the next one belongs to another module, is 4 GiB away or does not exist; kallsyms
 * holds no sizes, so extent includes padding. It is 0 for symbols that contain no address:
 * hidden ones, and absolute ones ('a', 'A', such as the per-CPU offsets of kernels before
 * 6.15). size is the true size if the source has sizes (ELF), else 0.
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

/* Rows that answer a lookup: kvet_ksyms_row() for each of rows[0 .. count-1]. The table owns
 * them. */
struct kvet_ksyms_range {
	const uint32_t *rows;
	size_t count;
};

/* --- queries ------------------------------------------------------------------------------- */

enum kvet_ksyms_query_kind {
	KVET_KSYMS_NAME,    /* NAME, MODULE:NAME, either with +OFF or +OFF/SIZE; _text+OFF and
			       _stext+OFF mean the address there, in whatever symbol */
	KVET_KSYMS_ADDRESS, /* 0xADDRESS */
	KVET_KSYMS_RANGE,   /* FIRST-END, hexadecimal; END is not included */
	KVET_KSYMS_GLOB,    /* a name with * ? or [ */
	KVET_KSYMS_REGEX,   /* an extended regular expression, found anywhere in the name */
	KVET_KSYMS_QUERY_KIND_COUNT
};

struct kvet_ksyms_pattern;

/*
 * A parsed query. text is the caller's and must outlive it; name points into it. A text may
 * have several meanings ("add" is a name and an address, "a:b" may be a name): the first that
 * has a match counts, in the order whole name, MODULE:NAME, address.
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
	uint64_t address; /* of ADDRESS, of a NAME that could be one, or FIRST of RANGE */
	uint64_t end;     /* of RANGE */
	uint64_t offset;
	uint64_t size;
	struct kvet_ksyms_pattern *pattern; /* of GLOB and REGEX; owned */
};

/*
 * Parses a query; regex: text is an extended regular expression. The caller frees it with
 * kvet_ksyms_query_deinit(). Errors: -EINVAL, with what is wrong in the evidence; -ENOMEM.
 */
int kvet_ksyms_query_parse(struct kvet_ksyms_query *query, const char *text, bool regex,
			   struct kvet_cause *err);
void kvet_ksyms_query_deinit(struct kvet_ksyms_query *query);

/* Whether regexec(3) ran out of memory, so that matches may be missing. To be checked at the end of
 * a search. */
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
	 * it. NULL: the running kernel. It is opened and read once, so it may be a pipe. With
	 * has_fd it is already open: it is read from its current offset and stays the caller's,
	 * and path is its name in errors. */
	const char *path;
	bool has_fd;
	int fd;
	/* Read this kind of source only. Without it, the first bytes of a file decide what it is,
	 * and the running kernel's table is read from the iterator if that is allowed. */
	bool has_kind;
	enum kvet_ksyms_kind kind;
	/* The queries to come. If they are a few names, addresses and patterns, the table holds
	 * only the rows that answer them, found in one pass. NULL: any query may come. */
	const struct kvet_ksyms_query *queries;
	size_t query_count;
	/* For so many of the queries, the first, which are names: also all other symbols at their
	 * addresses. Of the running kernel only; where that takes more than one pass, the table is
	 * the whole one. */
	size_t aliases;
	/* Load only the symbols of these modules; "vmlinux" and "kernel" are the kernel proper, and
	 * a module that is not loaded has none. Their extents are those of the whole table. The
	 * kernel's iterator leaves the kernel proper out, if it is not named. NULL: all. */
	const char *const *modules;
	size_t module_count;
	/* The table is for a program that runs long: note which modules and BPF programs there are,
	 * for kvet_ksyms_stale() and kvet_ksyms_refresh(). A file has none. */
	bool lasting;
};

/*
 * Loads a table. The caller frees *table with kvet_ksyms_free(). options may be NULL. If the
 * iterator cannot be used, the text is read instead, and kvet_ksyms_not_iterator() says why.
 * Errors: of open(2), read(2) and, if the iterator is required, bpf(2); -EINVAL for a line
 * that is not "ADDRESS TYPE NAME [MODULE]", a truncated last line, an empty file or a damaged
 * archive or ELF file, with the place in the evidence; -ENOMEM; -E2BIG for more than 2^32
 * rows or bytes of names.
 */
int kvet_ksyms_open(struct kvet_ksyms **table, const struct kvet_host *host,
		    const struct kvet_ksyms_options *options, struct kvet_cause *err);

/* Loads the whole table from the text of /proc/kallsyms or, if path is not NULL, from that file. */
int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_cause *err);

/* The same from a stream, which stays the caller's. label names it in errors. */
int kvet_ksyms_parse(struct kvet_ksyms **table, FILE *stream, const char *label,
		     struct kvet_cause *err);

void kvet_ksyms_free(struct kvet_ksyms *table);

/* --- a table that outlives modules and BPF programs ---------------------------------------- */

/*
 * Whether modules or BPF programs came or went since the table was loaded, which makes it stale.
 * No: none did. Yes: cause says which. Undetermined: none is known to have, and cause says what
 * cannot be read; the ids of BPF programs and links require CAP_SYS_ADMIN. The table must have been
 * loaded with options.lasting; that of a file is never stale. cause may be NULL.
 *
 * Compared are /proc/modules without the numbers of references, the inodes of /sys/module/NAME,
 * which tell a module that was loaded again, and the ids of BPF programs and links, with which
 * trampolines come and go. Takes 0.4 ms for 200 modules. Not seen: the pages that kprobes and
 * ftrace allocate for themselves (modules "__builtin__kprobes" and "__builtin__ftrace"), and
 * trampolines without a link. Any thread may call it, at any time.
 */
enum kvet_verdict kvet_ksyms_stale(const struct kvet_host *host, const struct kvet_ksyms *table,
				   struct kvet_cause *cause);

/*
 * Makes a new table of the kernel's symbols as they are now, for the same modules as the old one,
 * which must have been loaded with options.lasting and without queries. The old table is only read
 * and does not change: threads may go on to query it, and symbols, ranges and searches of it stay
 * valid until it is freed. The caller frees both; rows of one mean nothing in the other.
 *
 * The symbols of the kernel proper, which never change, are copied. Those of modules and BPF
 * programs are all read again, whether they changed or not: the kernel gives no part of its table
 * alone, but its iterator leaves the kernel proper out. Of 122,000 symbols that takes 26 ms, where
 * loading takes 32, and from the text 45 instead of 49: most of it is the kernel's walk.
 *
 * Errors: those of kvet_ksyms_open(); -EINVAL for a table of another kind; -EACCES if the kernel
 * hides the addresses now (see kvet_ksyms_hidden_cause()) but did not before.
 */
int kvet_ksyms_refresh(struct kvet_ksyms **fresh, const struct kvet_host *host,
		       const struct kvet_ksyms *old, struct kvet_cause *err);

/* --- properties of a table ----------------------------------------------------------------- */

/* How many symbols the table holds; how many its source had, or 0 if it was not read to its end.
 * They differ if kvet_ksyms_open() was given the queries. */
size_t kvet_ksyms_count(const struct kvet_ksyms *table);
size_t kvet_ksyms_seen(const struct kvet_ksyms *table);

/* Where the table came from; why not from the iterator, or NULL if that was not tried. */
enum kvet_ksyms_kind kvet_ksyms_source(const struct kvet_ksyms *table);
const struct kvet_cause *kvet_ksyms_not_iterator(const struct kvet_ksyms *table);

/* Whether the kernel hid the addresses from the reader: all of them are 0. A single symbol may
 * really be at 0 (the first per-CPU symbol), and in an ELF file all of them may. */
bool kvet_ksyms_hidden(const struct kvet_ksyms *table);

/*
 * Why addresses are hidden: fills cause with kernel.kptr_restrict,
 * kernel.perf_event_paranoid and CAP_SYSLOG as they are now. The kernel decides at
 * open(2): addresses are visible if kptr_restrict is 0 and perf_event_paranoid <= 1, or with
 * CAP_SYSLOG in the initial user namespace if kptr_restrict is 0 or 1; never if it is 2 (kernel:
 * kallsyms_show_value()). path as given to kvet_ksyms_load().
 */
void kvet_ksyms_hidden_cause(const struct kvet_host *host, const char *path,
			     struct kvet_cause *cause);

/* --- lookups: they allocate nothing, and any thread may call them ------------------------- */

/* The symbol of a row; row < kvet_ksyms_count(). */
struct kvet_symbol kvet_ksyms_row(const struct kvet_ksyms *table, uint32_t row);

/* Every row of a name, in the order of their addresses. */
struct kvet_ksyms_range kvet_ksyms_by_name(const struct kvet_ksyms *table, const char *name);

/* Every row at exactly this address, in the table's order; none if addresses are hidden. */
struct kvet_ksyms_range kvet_ksyms_at(const struct kvet_ksyms *table, uint64_t address);

/* Every row of the nearest address at or below this one whose extent (or size, in a table with
 * sizes) contains it. Absolute symbols contain no address. */
struct kvet_ksyms_range kvet_ksyms_containing(const struct kvet_ksyms *table, uint64_t address);

/* Every row at an address of first .. end-1, in the order of their addresses; none if the
 * addresses are hidden. */
struct kvet_ksyms_range kvet_ksyms_between(const struct kvet_ksyms *table, uint64_t first,
					   uint64_t end);

/* Every row, in the order of their addresses; mapping symbols last. */
struct kvet_ksyms_range kvet_ksyms_all(const struct kvet_ksyms *table);

/*
 * Whether a row is a prefix symbol: it marks the padding that the compiler puts before a
 * function for tracers and call checks. Its name is "__pfx_" (Linux 6.2, CONFIG_PREFIX_SYMBOLS)
 * or "__cfi_" and the name of a symbol of the same module that starts at most 64 bytes after it.
 * The name alone is not enough.
 */
bool kvet_ksyms_is_prefix(const struct kvet_ksyms *table, uint32_t row);

/*
 * Whether a name is a mapping symbol, which marks a place for assembler and linker and is no
 * function: "$x", "$d.12", "$xrv64i2p1", ".L12", and "L0" followed by a byte 1. The modules of
 * arm64 and RISC-V have thousands (kernel: is_mapping_symbol()). Lookups by address and
 * kvet_ksyms_between() skip it, and it ends no extent; a lookup by its name finds it. In the
 * kernel proper this is so only for "$x" and the like: the kernel skips no others there.
 */
bool kvet_ksyms_is_mapping(const char *name);

/* --- a query against a table -------------------------------------------------------------- */

/* Which rows count. All zero: every row except prefix and mapping symbols. */
struct kvet_ksyms_filter {
	const char *module; /* only this one; "vmlinux" and "kernel" are the kernel proper;
			       NULL: any */
	const char *types;  /* only these letters; NULL: any */
	bool suffixes;      /* "foo" also matches its variants, such as "foo.constprop.0" */
	/* Patterns and ranges also find prefix symbols, and patterns mapping symbols. Names always
	 * find both. */
	bool prefix_symbols;
};

struct kvet_ksyms_match {
	uint32_t row;
	uint64_t offset; /* of the query's address from the symbol's */
};

/* The state of a search: a plain value that is not freed. Everything given to it must outlive it.
 */
struct kvet_ksyms_search {
	const struct kvet_ksyms *table;
	const struct kvet_ksyms_query *query;
	const struct kvet_ksyms_filter *filter;
	struct kvet_ksyms_range range;
	uint64_t address; /* the one searched for */
	size_t next;
	int step;
};

/* Starts a search; filter may be NULL. */
void kvet_ksyms_search_init(struct kvet_ksyms_search *search, const struct kvet_ksyms *table,
			    const struct kvet_ksyms_query *query,
			    const struct kvet_ksyms_filter *filter);

/* The next match, in the order of their addresses. Returns false at the end. */
bool kvet_ksyms_search_next(struct kvet_ksyms_search *search, struct kvet_ksyms_match *match);

/* The caller frees items. */
struct kvet_ksyms_matches {
	struct kvet_ksyms_match *items;
	size_t count;
};

/*
 * Appends the matches of many queries to matches, in the order of the queries: those of query i end
 * before ends[i], an index into matches. The result is the same as that of one search for each, but
 * faster: a table is larger than the processor's caches, and the rows of later queries are
 * prefetched while earlier ones are answered. Some dozens of queries at a time are enough. Returns
 * 0 or -ENOMEM; then matches are missing.
 */
int kvet_ksyms_search_many(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
			   size_t count, const struct kvet_ksyms_filter *filter,
			   struct kvet_ksyms_matches *matches, size_t *ends,
			   struct kvet_cause *err);

/* kvet_ksyms_row() for many matches, with the same prefetching; symbols has room for count. */
void kvet_ksyms_rows(const struct kvet_ksyms *table, const struct kvet_ksyms_match *matches,
		     size_t count, struct kvet_symbol *symbols);

/*
 * Why a query has no match in a whole table. Fills cause with what is known: a module that is
 * not loaded, an offset past the end, a filter that excludes rows, compiler-generated variants,
 * similar names (in the remedy), the nearest symbol below an address and, for a running kernel, a
 * configuration that leaves variables out. The evidence is empty if nothing is known. filter may be
 * NULL.
 */
void kvet_ksyms_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			     const struct kvet_ksyms_query *query,
			     const struct kvet_ksyms_filter *filter, struct kvet_cause *cause);

/* --- where a kprobe can go ---------------------------------------------------------------- */

struct kvet_ksyms_sites;

/*
 * Reads where kprobes can go from debugfs and tracefs: kprobes/blacklist, and
 * available_filter_functions_addrs (Linux 6.5) or else available_filter_functions. A file that
 * cannot be read is no error: its answers are unknown. The caller frees *sites with
 * kvet_ksyms_sites_free(). Errors: -ENOMEM.
 */
int kvet_ksyms_sites_read(struct kvet_ksyms_sites **sites, const struct kvet_host *host,
			  struct kvet_cause *err);
void kvet_ksyms_sites_free(struct kvet_ksyms_sites *sites);

/* What the lists say about an address in a function, given by its name, start and extent: whether
 * the address is on the blacklist, and whether ftrace can trace the function. Each is 1 yes, 0 no,
 * -1 not readable. If the kernel lists names without addresses, an entry counts for every function
 * of that name. kvet_kprobe_judge() of <kvet/kprobe.h> draws the conclusion. */
void kvet_ksyms_sites_look(const struct kvet_ksyms_sites *sites, const char *name, uint64_t start,
			   uint64_t extent, uint64_t address, int *blacklisted, int *traceable);

/* Whether ftrace can trace a function of this name: 1 yes, 0 no, -1 not readable. */
int kvet_ksyms_sites_named(const struct kvet_ksyms_sites *sites, const char *name, size_t len);

/* How many functions of this name a list without addresses has; 0 if the list has addresses. */
uint32_t kvet_ksyms_sites_entries(const struct kvet_ksyms_sites *sites, const char *name);

/* --- duplicate names and addresses --------------------------------------------------------- */

enum kvet_ksyms_name_kind {
	KVET_KSYMS_GENERIC,  /* made up by the compiler: "__func__.0", "__key.3" */
	KVET_KSYMS_COPY,     /* a variant of a function: "foo.constprop.0" */
	KVET_KSYMS_ORDINARY, /* any other: a name that looks unique */
	KVET_KSYMS_NAME_KIND_COUNT
};

enum kvet_ksyms_name_kind kvet_ksyms_name_kind(const char *name);
/* "generic", "copy", "ordinary"; a static string. */
const char *kvet_ksyms_name_kind_name(enum kvet_ksyms_name_kind kind);

/* Whether a row passes the filter. Prefix symbols pass only with prefix_symbols, mapping symbols
 * never. */
bool kvet_ksyms_counts(const struct kvet_ksyms *table, uint32_t row,
		       const struct kvet_ksyms_filter *filter);

/*
 * The next name, or the next address, with several rows that pass the filter: range holds all its
 * rows, *count is how many of them pass. *cursor starts at 0. Returns false at the end. Names come
 * in the order of their first addresses.
 */
bool kvet_ksyms_next_name(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			  size_t *cursor, struct kvet_ksyms_range *range, size_t *count);
bool kvet_ksyms_next_address(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			     size_t *cursor, struct kvet_ksyms_range *range, size_t *count);

/* --- differences of two tables ------------------------------------------------------------- */

enum kvet_ksyms_change {
	KVET_KSYMS_ADDED,   /* only in the second */
	KVET_KSYMS_REMOVED, /* only in the first */
	KVET_KSYMS_MOVED,   /* in both, at different places */
	KVET_KSYMS_CHANGE_COUNT
};

/* "added", "removed", "moved"; a static string. */
const char *kvet_ksyms_change_name(enum kvet_ksyms_change change);

struct kvet_ksyms_difference {
	enum kvet_ksyms_change change;
	uint32_t before; /* row of the first table; unset if ADDED */
	uint32_t after;  /* row of the second; unset if REMOVED */
	/* Distances from the anchor: of the kernel proper, or of the module. */
	bool has_before_relative, has_after_relative;
	int64_t before_relative, after_relative;
};

struct kvet_ksyms_comparison {
	struct kvet_ksyms_difference *differences; /* the caller frees them with free(3) */
	size_t count;
	/* The symbol that distances in the kernel proper are measured from: "_text"; NULL if there
	 * is none. The string belongs to the first table. */
	const char *anchor;
	/* Pairs without an anchor: whether they have moved is unknown. */
	size_t unplaced;
	/* Rows of both tables that pass the filter: if 0, there is no answer. */
	size_t compared;
};

/*
 * Compares two tables. Rows of one name, type and module are compared as a set, by their distance
 * from an anchor: _text, else _stext, else the first function that both tables have exactly once.
 * Functions of a module are compared by their distance from the first one that both tables have.
 * Only the number is compared of rows without stable places: the rest of a module, what the kernel
 * makes at run time, a module against its own file, and hidden tables. The type letters of a module
 * and its file are compared without their case, which means "exported" in one and "global" in the
 * other. Errors: -ENOMEM.
 */
int kvet_ksyms_diff(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
		    const struct kvet_ksyms_filter *filter, struct kvet_ksyms_comparison *out,
		    struct kvet_cause *err);

/* --- names -------------------------------------------------------------------------------- */

/*
 * The Rust or C++ name behind a mangled one, or NULL if it is not mangled or there is no memory.
 * The caller frees it with free(3).
 */
char *kvet_ksyms_demangle(const char *name);

#ifdef __cplusplus
}
#endif

#endif
