/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which file systems that tracers use are mounted, from /proc/self/mountinfo. Pure. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor/facts.h"

/* "36 35 98:0 /root /mount/point options [optional fields] - type source options" */
static void parse_line(const char *line, struct doctor_mounts *mounts)
{
	const char *rest = strstr(line, " - ");
	char point[256], type[32];

	if (!rest || sscanf(line, "%*s %*s %*s %*s %255s", point) != 1 ||
	    sscanf(rest, " - %31s", type) != 1)
		return;
	if (!strcmp(type, "bpf") && !*mounts->bpffs)
		snprintf(mounts->bpffs, sizeof(mounts->bpffs), "%s", point);
	else if (!strcmp(type, "cgroup2") && !*mounts->cgroup2)
		snprintf(mounts->cgroup2, sizeof(mounts->cgroup2), "%s", point);
	else if (!strcmp(type, "cgroup"))
		mounts->cgroup1 = true;
}

void kvet_doctor_mounts_parse(const char *text, struct doctor_mounts *mounts)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char line[1024];

		if (!text[length] && mounts->errnum == E2BIG)
			break;
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		parse_line(line, mounts);
		text += length + (text[length] == '\n');
	}
}
