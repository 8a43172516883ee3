/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records: a command's output before it has a format. A schema is a static table. It is the one
 * source of text columns and JSON keys, of the fields in the help, and of what the manual page is
 * checked against. A record is an array of values, one for each field of its schema, in its order.
 */
#ifndef CMD_OUTPUT_SCHEMA_H
#define CMD_OUTPUT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_STRING,  /* any bytes; the renderers make them safe */
	FIELD_INTEGER, /* a number */
	FIELD_ADDRESS, /* a kernel address; JSON: a hex string, because jq loses digits past 2^53 */
	FIELD_TIME,    /* an absolute time in ns; JSON: a decimal string, for the same reason */
	FIELD_DURATION, /* a difference of times in ns; JSON: a number */
	FIELD_BOOLEAN,
	FIELD_LIST,   /* strings; JSON: an array; text: joined with ";" */
	FIELD_SERIES, /* numbers, the newest last; JSON: an array; text: a sparkline */
	FIELD_MAP,    /* names with values of any kind; JSON: an object; text: name=value;... */
	FIELD_LINE,   /* any bytes, copied through; must be the first field, and is all that text
			 shows */
	FIELD_TYPE_COUNT
};

enum field_flag {
	FIELD_DETAIL = 1 << 0,  /* text shows it only under --verbose */
	FIELD_HEX = 1 << 1,     /* text shows the number in hexadecimal */
	FIELD_VERDICT = 1 << 2, /* text colours it by its word */
	FIELD_SPARSE = 1 << 3,  /* text leaves out a column without values, and a summary's zero */
	FIELD_TEXT = 1 << 4,    /* only text has it: other formats have it in another field */
	FIELD_COUNTS = 1 << 7,  /* BOOLEAN: if false, the record's verdict does not count */
	FIELD_REASON = 1 << 6,  /* says why the record's verdict is not a yes */
	FIELD_SHORT = 1 << 5,   /* its values are short: a live table reserves less room for it */
};

/* If a terminal's line is too short for all columns, those with the largest number (1 to 6, among
 * the flags) are dropped first, and those without one last. */
#define FIELD_LEAVES(number)   ((unsigned int)(number) << 8)
/* A terminal shows it only under --verbose or if --columns names it. */
#define FIELD_ASIDE            FIELD_LEAVES(7)
#define FIELD_LEAVES_OF(flags) ((flags) >> 8 & 7)
/* If a terminal's line is too short for all columns, it is shown in a line of its own below each
 * record that has it, and the last column that remains is wrapped. At most one field of a schema.
 */
#define FIELD_BELOW            (1U << 11)
/* Its value is a number for a monitoring system: an INTEGER, a DURATION, a BOOLEAN or a verdict. */
#define FIELD_METRIC           (1U << 12)
/* STRING or BOOLEAN: says which thing a record's metrics are about. Two records never have all of
 * them equal. */
#define FIELD_LABEL            (1U << 13)

struct field {
	const char *name;
	enum field_type type;
	const char *help;
	unsigned int flags;
};

enum schema_flag {
	SCHEMA_DETAIL = 1 << 0, /* text shows such records only under --verbose */
	SCHEMA_WORD =
		1
		<< 1, /* text without --verbose: only the first field's value, without a heading */
	SCHEMA_AT_END = 1 << 2, /* such records come together, even in a live output */
};

/* The mark that a grid's cell shows for a record whose field, a STRING, has this value. */
struct grid_mark {
	size_t field;
	const char *value; /* NULL ends a list */
	char mark;
	const char *legend;
};

/* Two STRING fields whose values are the rows and columns of a grid; each cell shows the first mark
 * that matches its record. */
struct grid {
	size_t row;
	size_t column;
	const struct grid_mark *marks;
};

struct schema {
	const char *record; /* the kind of record: "symbol", "summary" */
	const struct field *fields;
	size_t count;
	unsigned int flags;
	const struct grid *grid; /* text shows a grid, unless it is verbose; may be NULL */
};

struct named_value;

/* A value may be absent: text shows "-", JSON null. The caller owns the strings. */
struct value {
	bool present;
	union {
		const char *string;
		int64_t integer;
		uint64_t address;
		uint64_t time_ns;
		bool boolean;
		struct {
			const char *const *items;
			size_t count;
		} list;
		struct {
			const int64_t *items;
			size_t count;
		} series;
		struct {
			const struct named_value *items;
			size_t count;
		} map;
		struct {
			const char *bytes;
			size_t len;
			bool open; /* no line break follows */
		} line;
	};
};

/* A member of a map; not itself a map or series. */
struct named_value {
	const char *name;
	enum field_type type;
	struct value value;
};

static inline struct value value_absent(void)
{
	return (struct value){ .present = false };
}

/* NULL and "" are absent. */
static inline struct value value_string(const char *string)
{
	return (struct value){ .present = string && *string, .string = string };
}

static inline struct value value_integer(int64_t integer)
{
	return (struct value){ .present = true, .integer = integer };
}

static inline struct value value_address(uint64_t address)
{
	return (struct value){ .present = true, .address = address };
}

static inline struct value value_time(uint64_t time_ns)
{
	return (struct value){ .present = true, .time_ns = time_ns };
}

static inline struct value value_boolean(bool boolean)
{
	return (struct value){ .present = true, .boolean = boolean };
}

static inline struct value value_list(const char *const *items, size_t count)
{
	return (struct value){ .present = true, .list = { items, count } };
}

/* Only for records: a summary does not copy the numbers. */
static inline struct value value_series(const int64_t *items, size_t count)
{
	return (struct value){ .present = true, .series = { items, count } };
}

/* For records alone, likewise. */
static inline struct value value_map(const struct named_value *items, size_t count)
{
	return (struct value){ .present = count > 0, .map = { items, count } };
}

/* For records alone, likewise. */
static inline struct value value_line(const char *bytes, size_t len, bool open)
{
	return (struct value){ .present = true, .line = { bytes, len, open } };
}

/* SCHEMA("symbol", symbol_fields) */
#define SCHEMA(kind, table) SCHEMA_FLAGGED(kind, table, 0)

/* SCHEMA_FLAGGED("context", context_fields, SCHEMA_DETAIL) */
#define SCHEMA_FLAGGED(kind, table, bits)                                                       \
	{                                                                                       \
		.record = (kind), .fields = (table), .count = sizeof(table) / sizeof(*(table)), \
		.flags = (bits),                                                                \
	}

#endif
