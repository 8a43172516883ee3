/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The grammar is that of glibc's posix/regcomp.c for RE_SYNTAX_POSIX_EXTENDED, with the GNU
 * extensions (\w, \<, \1).
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/expression.h"

/* Past all bounds, and far enough from overflow that two of them can be multiplied. */
#define COUNT_MOST (1U << 24)

/* How much of an expression an error shows: the limit that it breaks is what matters. */
#define SHOWN 40

struct cost {
	uint64_t parts, choices;
	bool filled; /* it matches at least one character */
	bool refers; /* it holds a back-reference that may match nothing */
};

/* Bytes in the literal's buffer. Runs are appended and never overwritten, so that an earlier state
 * can be restored. */
struct run {
	size_t start, len;
};

/* What a match must hold: the longest run that has ended, and the one that may continue. */
struct demand {
	struct run best, run;
};

/* One pair of parentheses, or the outermost level. */
struct level {
	unsigned int group;   /* its number, counted from 1 */
	struct cost done;     /* alternatives before this one */
	struct cost branch;   /* this alternative, without its last part */
	struct cost last;     /* its last part, which a repeat applies to */
	unsigned int repeats; /* of the last part, applied to one another */
	struct demand before; /* the last part */
	bool alternatives;
};

struct reader {
	const char *at;
	char *bytes; /* of the literal */
	size_t used;
	struct demand demand;
	struct level levels[KSYMS_EXPRESSION_DEPTH_MOST + 2];
	unsigned int depth;
	unsigned int groups; /* opened so far */
	bool filled[10];     /* by number: of the groups that have ended */
	bool refers_in_repeat;
};

static uint64_t bounded(uint64_t count)
{
	return count < COUNT_MOST ? count : COUNT_MOST;
}

/* Of one part followed by the other. */
static struct cost sum(struct cost a, struct cost b)
{
	return (struct cost){ .parts = bounded(a.parts + b.parts),
			      .choices = bounded(a.choices + b.choices),
			      .filled = a.filled || b.filled,
			      .refers = a.refers || b.refers };
}

/* Of either part. */
static struct cost either(struct cost a, struct cost b)
{
	struct cost both = sum(a, b);

	both.filled = a.filled && b.filled;
	return both;
}

static struct level *level(struct reader *reader)
{
	return &reader->levels[reader->depth];
}

/* --- what is demanded ------------------------------------------------------------------------ */

static void end_run(struct reader *reader)
{
	struct demand *demand = &reader->demand;

	if (demand->run.len > demand->best.len)
		demand->best = demand->run;
	demand->run = (struct run){ reader->used, 0 };
}

/* Whatever was added after this state may be absent from a match. */
static void go_back(struct reader *reader, struct demand before)
{
	reader->demand = before;
	end_run(reader);
}

static void add_byte(struct reader *reader, char byte)
{
	reader->bytes[reader->used++] = byte;
	reader->demand.run.len++;
}

/* --- the parts ------------------------------------------------------------------------------- */

/* Starts a new part: the previous one can no longer be repeated. */
static void begin_part(struct reader *reader)
{
	struct level *here = level(reader);

	here->branch = sum(here->branch, here->last);
	here->last = (struct cost){ .parts = 1 };
	here->repeats = 0;
	here->before = reader->demand;
}

static void read_byte(struct reader *reader, char byte)
{
	begin_part(reader);
	level(reader)->last.filled = true;
	add_byte(reader, byte);
}

/* A part that is not a fixed character: one of several, or possibly none if it is not filled. */
static void read_unknown(struct reader *reader, bool filled)
{
	begin_part(reader);
	level(reader)->last.filled = filled;
	end_run(reader);
}

/* Returns what follows a bracket expression; s is after its "[". */
static const char *past_bracket(const char *s)
{
	if (*s == '^')
		s++;
	/* A "]" that comes first is an ordinary character. */
	if (*s == ']')
		s++;
	while (*s && *s != ']') {
		char kind = s[0] == '[' ? s[1] : '\0';

		if (kind != ':' && kind != '=' && kind != '.') {
			s++;
			continue;
		}
		/* In "[=]=]" too, it ends with the second. */
		for (s += 2; *s && !(s[0] == kind && s[1] == ']');)
			s++;
		s += *s ? 2 : 0;
	}
	return *s ? s + 1 : s;
}

/* After a backslash, special characters are ordinary, and some ordinary ones are special. */
static void read_escape(struct reader *reader)
{
	char c = *reader->at;

	if (!c)
		return;
	reader->at++;
	if (c >= '1' && c <= '9') {
		read_unknown(reader, reader->filled[c - '0']);
		level(reader)->last.refers = !reader->filled[c - '0'];
	} else if (strchr("wWsSbB<>`'", c)) {
		read_unknown(reader, strchr("wWsS", c) != NULL);
	} else {
		read_byte(reader, c);
	}
}

static bool read_number(const char **s, uint64_t *number)
{
	const char *start = *s;

	for (*number = 0; **s >= '0' && **s <= '9'; ++*s)
		*number = bounded(*number * 10 + (uint64_t)(**s - '0'));
	return *s > start;
}

/* After a "{": "3}", "3,}", ",4}" or "3,4}". Without an upper bound, most is not set. */
static bool read_interval(const char **text, uint64_t *least, uint64_t *most, bool *endless)
{
	const char *s = *text;
	bool number = read_number(&s, least);

	*most = *least;
	*endless = false;
	if (!number && *s != ',')
		return false;
	if (*s == ',') {
		s++;
		*endless = !read_number(&s, most);
	}
	if (*s != '}')
		return false;
	*text = s + 1;
	return true;
}

static void read_repeat(struct reader *reader, uint64_t least, uint64_t most, bool endless)
{
	struct level *here = level(reader);
	uint64_t copies = bounded(endless ? least + 1 : most);
	/* regcomp(3) refuses x{4,3}. */
	uint64_t open = endless ? 1 : most > least ? most - least : 0;

	here->last.parts = bounded(here->last.parts * (copies ? copies : 1));
	here->last.choices = bounded(here->last.choices * copies + 2 * open);
	here->last.filled = here->last.filled && least;
	here->repeats++;
	reader->refers_in_repeat = reader->refers_in_repeat || (open && here->last.refers);
	if (least)
		end_run(reader);
	else
		go_back(reader, here->before);
}

static void read_brace(struct reader *reader)
{
	uint64_t least, most;
	bool endless;

	if (read_interval(&reader->at, &least, &most, &endless))
		read_repeat(reader, least, most, endless);
	else
		read_unknown(reader, false);
}

static void open_level(struct reader *reader)
{
	begin_part(reader);
	end_run(reader);
	reader->depth++;
	*level(reader) = (struct level){ .group = ++reader->groups, .before = reader->demand };
}

static struct cost cost_of(const struct level *here)
{
	struct cost branch = sum(here->branch, here->last);

	return here->alternatives ? either(here->done, branch) : branch;
}

static void next_alternative(struct reader *reader)
{
	struct level *here = level(reader);

	here->done = sum(cost_of(here), (struct cost){ .parts = 1, .choices = 1 });
	here->branch = here->last = (struct cost){ 0 };
	here->repeats = 0;
	here->alternatives = true;
	end_run(reader);
	here->before = reader->demand;
}

static void close_level(struct reader *reader)
{
	const struct level inner = *level(reader);
	struct level *outer;

	reader->depth--;
	outer = level(reader);
	outer->last = sum(outer->last, cost_of(&inner));
	if (inner.group < sizeof(reader->filled) / sizeof(*reader->filled))
		reader->filled[inner.group] = outer->last.filled;
	if (inner.alternatives)
		go_back(reader, outer->before);
	else
		end_run(reader);
}

static void read_part(struct reader *reader)
{
	char c = *reader->at++;

	switch (c) {
	case '\\':
		read_escape(reader);
		break;
	case '[':
		reader->at = past_bracket(reader->at);
		read_unknown(reader, true);
		break;
	case '(':
		open_level(reader);
		break;
	case ')':
		/* Outside of parentheses it is an ordinary character. */
		if (reader->depth)
			close_level(reader);
		else
			read_byte(reader, c);
		break;
	case '|':
		next_alternative(reader);
		break;
	case '*':
		read_repeat(reader, 0, 0, true);
		break;
	case '+':
		read_repeat(reader, 1, 1, true);
		break;
	case '?':
		read_repeat(reader, 0, 1, false);
		break;
	case '{':
		read_brace(reader);
		break;
	case '.':
		read_unknown(reader, true);
		break;
	case '^':
	case '$':
		read_unknown(reader, false);
		break;
	default:
		read_byte(reader, c);
		break;
	}
}

/* The costs so far, on all levels. */
static struct cost cost_so_far(const struct reader *reader)
{
	struct cost cost = { 0 };

	for (size_t i = 0; i <= reader->depth; i++)
		cost = sum(cost, cost_of(&reader->levels[i]));
	return cost;
}

#define DIGITS(number)  #number
#define AT_MOST(number) "an expression may have at most " DIGITS(number) " "

static const char *too_deep(struct reader *reader)
{
	if (reader->depth > KSYMS_EXPRESSION_DEPTH_MOST ||
	    level(reader)->repeats > KSYMS_EXPRESSION_DEPTH_MOST)
		return AT_MOST(KSYMS_EXPRESSION_DEPTH_MOST) "nested parentheses or repeats";
	return NULL;
}

static const char *too_much(const struct reader *reader)
{
	struct cost cost = cost_so_far(reader);

	if (cost.parts > KSYMS_EXPRESSION_PARTS_MOST)
		return AT_MOST(KSYMS_EXPRESSION_PARTS_MOST) "characters, with repeats expanded";
	if (cost.choices > KSYMS_EXPRESSION_CHOICES_MOST)
		return AT_MOST(
			KSYMS_EXPRESSION_CHOICES_MOST) "alternatives, with repeats expanded and "
						       "optional or unlimited parts counted twice";
	if (reader->refers_in_repeat)
		return "a back-reference to a group that may be empty, and parentheses around it, "
		       "can be repeated only with {N}";
	return NULL;
}

int kvet_ksyms_expression_read(const char *text, char *literal, struct kvet_cause *err)
{
	struct reader reader = { .at = text, .bytes = literal };
	const char *wrong = NULL;

	while (*reader.at && !wrong) {
		read_part(&reader);
		wrong = too_deep(&reader);
	}
	if (!wrong)
		wrong = too_much(&reader);
	/* A long expression is shown in part: the limit that it breaks is what matters. */
	if (wrong)
		return kvet_reject(err, EINVAL, "query", "'%.*s%s': %s", SHOWN, text,
				   strlen(text) > SHOWN ? "..." : "", wrong);
	end_run(&reader);
	if (reader.levels[0].alternatives)
		reader.demand.best.len = 0;
	memmove(literal, literal + reader.demand.best.start, reader.demand.best.len);
	literal[reader.demand.best.len] = '\0';
	return 0;
}
