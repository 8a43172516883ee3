/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "human.h"

#define NS_PER_S 1e9

/* The unit for this many ns and more: "90 s" is clearer than "1.5 min", and "36 h" than "1.5
 * days". */
static const struct {
	double from_ns;
	double unit_ns;
	const char *name;
} units[] = {
	{ 730 * 86400 * NS_PER_S, 365.25 * 86400 * NS_PER_S, "years" },
	{ 48 * 3600 * NS_PER_S, 86400 * NS_PER_S, "days" },
	{ 2 * 3600 * NS_PER_S, 3600 * NS_PER_S, "h" },
	{ 2 * 60 * NS_PER_S, 60 * NS_PER_S, "min" },
	{ NS_PER_S, NS_PER_S, "s" },
	{ 1e6, 1e6, "ms" },
	{ 1e3, 1e3, "us" },
	{ 0, 1, "ns" },
};

const char *human_duration(int64_t ns, char buf[HUMAN_SIZE])
{
	double size = ns < 0 ? -(double)ns : (double)ns, amount;
	const char *sign = ns < 0 ? "-" : "";
	char digits[16];
	size_t i = 0;

	while (size < units[i].from_ns)
		i++;
	amount = size / units[i].unit_ns;
	snprintf(digits, sizeof(digits), "%.*f", amount < 10 ? 2 : amount < 100 ? 1 : 0, amount);
	if (strchr(digits, '.')) {
		size_t len = strlen(digits);

		while (digits[len - 1] == '0')
			len--;
		digits[digits[len - 1] == '.' ? len - 1 : len] = '\0';
	}
	snprintf(buf, HUMAN_SIZE, "%s%s %s", sign, digits, units[i].name);
	return buf;
}
