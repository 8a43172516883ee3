/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The oracle of kvet ksyms lookup --symbolize: what the kernel prints for addresses in and around
 * its symbols, and whether kvet has completed all of it rightly.
 *
 *   symbols print [EVERY]     of every symbol of modules and of BPF, and of every EVERY-th of the
 *                             kernel proper: its first two bytes, its middle, its last, and the
 *                             one behind it; for each a line with %pS (or, before Linux 5.13, %pB
 *                             of the next byte), one with %pB, one with the bare number
 *   symbols file              /proc/kallsyms as the kernel's System.map has it: without modules,
 * where the kernel was linked to, per-CPU offsets as variables symbols check             what kvet
 * has made of that: counts, and the first that are wrong
 *
 * The address itself is in each line in decimal, where nothing is to be completed.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tests/vm/symbols/symbols.skel.h"

#define LINE_SIZE 4096

struct symbol {
	uint64_t address;
	bool core;
};

static struct symbol *symbols;
static uint64_t *addresses;
static size_t symbol_count, address_count;

static int by_address(const void *a, const void *b)
{
	const struct symbol *one = a, *other = b;

	return (one->address > other->address) - (one->address < other->address);
}

static void *grow(void *array, size_t count, size_t size)
{
	/* At powers of two alone. */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? count * 2 : 1) * size);
	if (!array)
		exit(3);
	return array;
}

static void read_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[LINE_SIZE], module[64];

	while (file && fgets(line, sizeof(line), file)) {
		struct symbol symbol;
		int fields;

		fields = sscanf(line, "%" SCNx64 " %*c %*s [%63[^]]]", &symbol.address, module);
		if (fields < 1 || !symbol.address)
			continue;
		symbol.core = fields == 1;
		symbols = grow(symbols, symbol_count, sizeof(*symbols));
		symbols[symbol_count++] = symbol;
	}
	if (file)
		fclose(file);
	qsort(symbols, symbol_count, sizeof(*symbols), by_address);
}

static void add(uint64_t address)
{
	addresses = grow(addresses, address_count, sizeof(*addresses));
	addresses[address_count++] = address;
}

static void choose(size_t every)
{
	for (size_t i = 0; i + 1 < symbol_count; i++) {
		uint64_t address = symbols[i].address, size = symbols[i + 1].address - address;

		if (!size || (symbols[i].core && i % every))
			continue;
		/* Not a distance to what is far away, but a size. */
		if (size > 1 << 20)
			size = 64;
		add(address);
		if (size > 1)
			add(address + 1);
		if (size > 3)
			add(address + size / 2);
		if (size > 2)
			add(address + size - 1);
		add(address + size);
	}
}

/* Opens the iterator over the addresses that one of the programs prints; -1 if it cannot. */
static int open_printer(struct symbols_bpf *skel, struct bpf_program *program)
{
	union bpf_iter_link_info info = { .map.map_fd = (__u32)bpf_map__fd(skel->maps.addresses) };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(program, &opts);

	return link ? bpf_iter_create(bpf_link__fd(link)) : -1;
}

static int print(size_t every)
{
	struct symbols_bpf *skel = symbols_bpf__open();
	char buf[64 << 10];
	ssize_t got = 0;
	int fd;

	read_symbols();
	choose(every);
	if (!skel || bpf_map__set_max_entries(skel->maps.addresses, (__u32)address_count) ||
	    symbols_bpf__load(skel))
		return 3;
	for (uint32_t i = 0; i < address_count; i++)
		if (bpf_map__update_elem(skel->maps.addresses, &i, sizeof(i), &addresses[i],
					 sizeof(addresses[i]), BPF_ANY))
			return 3;
	fd = open_printer(skel, skel->progs.print_plain);
	got = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	/* Where %pS is not known, nothing has been printed. */
	if (got <= 0) {
		fd = open_printer(skel, skel->progs.print_older);
		got = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	}
	for (; got > 0; got = read(fd, buf, sizeof(buf)))
		if (fwrite(buf, 1, (size_t)got, stdout) != (size_t)got)
			return 3;
	return got < 0 ? 3 : 0;
}

/* Where x86-64 is linked to. */
#define LINKED 0xffffffff81000000ULL

static int print_file(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[LINE_SIZE], name[1024], type;
	uint64_t address, moved = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%" SCNx64 " %*c %1023s", &address, name) == 2 &&
		    !strcmp(name, "_text"))
			moved = address - LINKED;
	if (!file || fseek(file, 0, SEEK_SET))
		return 3;
	while (fgets(line, sizeof(line), file)) {
		if (strchr(line, '[') ||
		    sscanf(line, "%" SCNx64 " %c %1023s", &address, &type, name) != 3)
			continue;
		if (address >= LINKED)
			address -= moved;
		else if (type == 'A')
			type = 'D';
		printf("%016" PRIx64 " %c %s\n", address, type, name);
	}
	fclose(file);
	return 0;
}

/* --- what has become of it ------------------------------------------------------------------ */

static size_t right, bare, wrong, named, unknown;

static void complain(const char *what, const char *line)
{
	static int said;

	if (said++ < 20)
		printf("%s: %.200s\n", what, line);
}

/* Whether the addresses or names in angle brackets at the end of the line hold this word. */
static bool holds(const char *line, const char *word)
{
	const char *list = strrchr(line, '<'), *at = list ? strstr(list, word) : NULL;
	char next = at ? at[strlen(word)] : '\0';

	return at && (at[-1] == '<' || at[-1] == ' ') &&
	       (next == ',' || next == '>' || next == '/');
}

/* "S ADDRESS SYM+0xOFF/0xSIZE [MODULE] <0xADDRESS>", or "S ADDRESS 0xADDRESS". */
static void check_frame(const char *line, uint64_t address, const char *text)
{
	char word[32];

	snprintf(word, sizeof(word), "0x%" PRIx64, address);
	if (!strncmp(text, "0x", 2)) {
		unknown++;
		return;
	}
	if (!strchr(text, '<')) {
		bare++;
		complain("bare", line);
	} else if (!holds(text, word)) {
		wrong++;
		complain("wrong", line);
	} else {
		right++;
	}
}

/* "N ADDRESS 0xADDRESS <SYM+0xOFF/0xSIZE [MODULE]>", where the kernel has printed symbol for it. */
static void check_number(const char *line, const char *text, const char *symbol)
{
	bool is_named = strchr(text, '<');

	/* These the kernel lists, and does not look up. */
	if (!*symbol && is_named && !strstr(text, "[__builtin__")) {
		wrong++;
		complain("the kernel knows none", line);
	} else if (*symbol && is_named && !holds(text, symbol)) {
		wrong++;
		complain(symbol, line);
	} else {
		named += is_named;
	}
}

/* "SYM+0xOFF" of "SYM+0xOFF/0xSIZE", less so many bytes; "" if the kernel found none. */
static void set_symbol(char *symbol, const char *text, uint64_t less)
{
	char name[960];
	uint64_t offset;

	*symbol = '\0';
	if (!strncmp(text, "0x", 2))
		return;
	if (sscanf(text, "%959[^+]+0x%" SCNx64 "/", name, &offset) == 2 && offset >= less)
		snprintf(symbol, 1024, "%s+0x%" PRIx64, name, offset - less);
}

static int check(void)
{
	char *line = NULL, symbol[1024] = "", kind;
	uint64_t address;
	size_t room = 0;
	int at;

	/* A name of thousands of symbols has as many addresses. */
	while (getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%c %" SCNu64 " %n", &kind, &address, &at) < 2)
			return 3;
		if (kind == 'N')
			check_number(line, line + at, symbol);
		else
			check_frame(line, address + (kind == 'T'), line + at);
		if (kind == 'S' || kind == 'T')
			set_symbol(symbol, line + at, kind == 'T');
	}
	free(line);
	printf("right %zu, bare %zu, wrong %zu; numbers named %zu; unknown to the kernel %zu\n",
	       right, bare, wrong, named, unknown);
	return !right || !named || bare || wrong;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "print"))
		return print(argc > 2 ? strtoul(argv[2], NULL, 10) : 1);
	if (argc == 2 && !strcmp(argv[1], "file"))
		return print_file();
	if (argc == 2 && !strcmp(argv[1], "check"))
		return check();
	return 2;
}
