/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a system call takes: its wrapper takes registers, and the function in it is inlined, so that
 * BTF has neither names nor types. tracefs has them as text. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "kprobe/syscall.h"

#define PARAMETERS_MOST 6
#define NAME_SIZE       64
#define STARS_MOST      4

/* The words of types as programs write them, and as BTF does. */
static const char *const spellings[][2] = {
	{ "unsigned", "unsigned int" },
	{ "long", "long int" },
	{ "unsigned long", "long unsigned int" },
	{ "short", "short int" },
	{ "unsigned short", "short unsigned int" },
	{ "long long", "long long int" },
	{ "unsigned long long", "long long unsigned int" },
};

struct parameter {
	char name[NAME_SIZE];
	uint32_t base; /* id in the kernel's BTF; 0: void */
	bool is_const;
	unsigned int stars;
};

/* What is written: words of types, and strings. */
struct making {
	const struct kvet_btf *kernel;
	struct parameter parameters[PARAMETERS_MOST];
	uint32_t count;
	uint32_t types[256];
	size_t words;
	char strings[1024];
	size_t used;
	uint32_t next; /* id */
};

static uint32_t base_of(const struct kvet_btf *kernel, const char *words)
{
	static const struct {
		const char *word;
		uint32_t kind;
	} tags[] = { { "struct ", BTF_KIND_STRUCT },
		     { "union ", BTF_KIND_UNION },
		     { "enum ", BTF_KIND_ENUM } };
	uint32_t id;

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (!strncmp(words, tags[i].word, strlen(tags[i].word)))
			return kvet_btf_find(kernel, tags[i].kind, words + strlen(tags[i].word));
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
		if (!strcmp(words, spellings[i][0]))
			words = spellings[i][1];
	id = kvet_btf_find(kernel, BTF_KIND_INT, words);
	return id ? id : kvet_btf_find(kernel, BTF_KIND_TYPEDEF, words);
}

/* Adds a word of a type, unless it only qualifies it. */
static void add_word(struct parameter *parameter, char type[NAME_SIZE], const char *word,
		     size_t size)
{
	size_t used = strlen(type);

	if (size == strlen("const") && !memcmp(word, "const", size)) {
		parameter->is_const = true;
		return;
	}
	if ((size == strlen("__user") && !memcmp(word, "__user", size)) ||
	    used + size + 2 > NAME_SIZE)
		return;
	if (used)
		type[used++] = ' ';
	memcpy(type + used, word, size);
	type[used + size] = '\0';
}

/* Parses "const char * filename"; false if there is no name. */
static bool take_parameter(const struct kvet_btf *kernel, const char *text, size_t size,
			   struct parameter *parameter)
{
	char type[NAME_SIZE] = "";
	size_t end = size, start;

	*parameter = (struct parameter){ 0 };
	while (end && isspace((unsigned char)text[end - 1]))
		end--;
	for (start = end;
	     start && (isalnum((unsigned char)text[start - 1]) || text[start - 1] == '_');)
		start--;
	if (start == end || end - start >= NAME_SIZE)
		return false;
	memcpy(parameter->name, text + start, end - start);
	for (size_t i = 0, word; i < start; i = word) {
		for (word = i;
		     word < start && (isalnum((unsigned char)text[word]) || text[word] == '_');)
			word++;
		if (word > i)
			add_word(parameter, type, text + i, word - i);
		else
			parameter->stars += text[word++] == '*';
	}
	if (parameter->stars > STARS_MOST)
		return false;
	parameter->base = base_of(kernel, type);
	if (!parameter->base && !parameter->stars)
		parameter->base = kvet_btf_find(kernel, BTF_KIND_INT, "long int");
	return true;
}

/* Whether a field is one of the call's: not the event's own, nor a copy of the text at a pointer.
 */
static bool is_argument(const char *field)
{
	return strncmp(field, "__data_loc ", strlen("__data_loc ")) != 0 &&
	       !strstr(field, "common_") && !strstr(field, "__syscall_nr");
}

static void take_format(struct making *making, const char *format)
{
	static const char start[] = "\tfield:";

	for (const char *line = format; line; line = strchr(line, '\n')) {
		char field[128];
		size_t size;

		line += *line == '\n';
		if (strncmp(line, start, strlen(start)) != 0)
			continue;
		line += strlen(start);
		size = strcspn(line, ";\n");
		if (line[size] != ';' || size >= sizeof(field))
			continue;
		memcpy(field, line, size);
		field[size] = '\0';
		if (is_argument(field) && making->count < PARAMETERS_MOST &&
		    take_parameter(making->kernel, field, size, &making->parameters[making->count]))
			making->count++;
	}
}

/* --- writing --------------------------------------------------------------------------------- */

static void put(struct making *making, uint32_t word)
{
	making->types[making->words++] = word;
}

static uint32_t put_string(struct making *making, const char *text)
{
	size_t at = making->used, size = strlen(text) + 1;

	memcpy(making->strings + at, text, size);
	making->used += size;
	return (uint32_t)(making->kernel->strings_size + at);
}

/* A type that refers to another; returns its id. */
static uint32_t put_reference(struct making *making, uint32_t name, uint32_t kind, uint32_t to)
{
	put(making, name);
	put(making, kind << 24);
	put(making, to);
	return making->next++;
}

static void put_all(struct making *making)
{
	uint32_t ids[PARAMETERS_MOST], proto;

	for (uint32_t i = 0; i < making->count; i++) {
		const struct parameter *parameter = &making->parameters[i];

		ids[i] = parameter->base;
		if (parameter->is_const)
			ids[i] = put_reference(making, 0, BTF_KIND_CONST, ids[i]);
		for (unsigned int star = 0; star < parameter->stars; star++)
			ids[i] = put_reference(making, 0, BTF_KIND_PTR, ids[i]);
	}
	put(making, 0);
	put(making, (uint32_t)BTF_KIND_FUNC_PROTO << 24 | making->count);
	put(making, kvet_btf_find(making->kernel, BTF_KIND_INT, "long int"));
	proto = making->next++;
	for (uint32_t i = 0; i < making->count; i++) {
		put(making, put_string(making, making->parameters[i].name));
		put(making, ids[i]);
	}
	put_reference(making, put_string(making, KVET_SYSCALL_FUNCTION), BTF_KIND_FUNC, proto);
}

char *kvet_syscall_btf(const struct kvet_btf *kernel, const char *format, size_t *size)
{
	AUTO_FREE struct making *making = calloc(1, sizeof(*making));
	struct btf_header header = { .magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(header) };
	char *bytes = NULL;

	if (!making)
		return NULL;
	making->kernel = kernel;
	making->next = kernel->end;
	making->used = 1;
	take_format(making, format);
	put_all(making);
	header.type_len = (uint32_t)(making->words * sizeof(*making->types));
	header.str_off = header.type_len;
	header.str_len = (uint32_t)making->used;
	*size = sizeof(header) + header.type_len + header.str_len;
	bytes = malloc(*size);
	if (!bytes)
		return NULL;
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), making->types, header.type_len);
	memcpy(bytes + sizeof(header) + header.type_len, making->strings, header.str_len);
	return bytes;
}
