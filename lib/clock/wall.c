/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Wall-clock time as text (RFC 3339), in UTC. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <kvet/clock.h>

#include "core/time.h"

const char *kvet_clock_wall_format(uint64_t realtime_ns, char buf[KVET_CLOCK_WALL_SIZE])
{
	time_t s = (time_t)(realtime_ns / NS_PER_S);
	char date[KVET_CLOCK_WALL_SIZE];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, KVET_CLOCK_WALL_SIZE, "%.19s.%09uZ", date,
		 (unsigned int)(realtime_ns % NS_PER_S));
	return buf;
}

/* Reads exactly digits digits, whose value must be between least and most. */
static bool number(const char **at, int digits, int least, int most, int *value)
{
	*value = 0;
	for (int i = 0; i < digits; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return least <= *value && *value <= most;
}

static bool letter(const char **at, const char *letters)
{
	if (!**at || !strchr(letters, **at))
		return false;
	(*at)++;
	return true;
}

/* ".5": up to nine digits, because there is nothing smaller than a nanosecond. */
static bool fraction(const char **at, int *ns)
{
	int scale = NS_PER_S;

	*ns = 0;
	if (**at != '.')
		return true;
	for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
		scale /= 10;
		if (!scale)
			return false;
		*ns += (**at - '0') * scale;
	}
	return scale < NS_PER_S;
}

/* "Z", or "+hh:mm" as seconds to subtract. */
static bool zone(const char **at, int *offset_s)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	*offset_s = 0;
	if (letter(at, "Zz"))
		return true;
	if (!letter(at, "+-") || !number(at, 2, 0, 23, &hours) || !letter(at, ":") ||
	    !number(at, 2, 0, 59, &minutes))
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* timegm() would accept 31 February as a day in March. */
static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

bool kvet_clock_wall_parse(const char *text, uint64_t *realtime_ns)
{
	int year, month, day, offset_s, ns;
	struct tm tm = { 0 };
	int64_t total;

	/* A leap second, 60, is the first of the next minute, as it is for the kernel. */
	if (!number(&text, 4, 1970, 2262, &year) || !letter(&text, "-") ||
	    !number(&text, 2, 1, 12, &month) || !letter(&text, "-") ||
	    !number(&text, 2, 1, 31, &day) || !letter(&text, "Tt ") ||
	    !number(&text, 2, 0, 23, &tm.tm_hour) || !letter(&text, ":") ||
	    !number(&text, 2, 0, 59, &tm.tm_min) || !letter(&text, ":") ||
	    !number(&text, 2, 0, 60, &tm.tm_sec) || !fraction(&text, &ns) ||
	    !zone(&text, &offset_s) || *text)
		return false;
	if (day > days_of(year, month))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	total = timegm(&tm) - offset_s;
	if (total < 0 || __builtin_mul_overflow(total, NS_PER_S, &total) ||
	    __builtin_add_overflow(total, ns, &total))
		return false;
	*realtime_ns = (uint64_t)total;
	return true;
}
