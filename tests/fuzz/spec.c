/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The parser of probe points, fed with anything, and tracefs's lines likewise. What is accepted
 * must hold together: written back from its parts it means the same.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/tracefs_attach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check(const struct kvet_kprobe_spec *spec)
{
	struct kvet_kprobe_spec again;
	char text[700];

	require(strnlen(spec->symbol, sizeof(spec->symbol)) < sizeof(spec->symbol));
	require(strnlen(spec->module, sizeof(spec->module)) < sizeof(spec->module));
	require(!strpbrk(spec->symbol, " \t\n\v\f\r+:"));
	require(spec->glob == (strpbrk(spec->symbol, "*?[") != NULL));
	require(!spec->glob || !spec->offset);
	if (spec->syscall)
		snprintf(text, sizeof(text), "syscall:%s", spec->symbol);
	else if (!*spec->symbol)
		snprintf(text, sizeof(text), "0x%" PRIx64, spec->address);
	else if (spec->glob)
		snprintf(text, sizeof(text), "%s%s%s", spec->module, *spec->module ? ":" : "",
			 spec->symbol);
	else
		snprintf(text, sizeof(text), "%s%s%s+0x%" PRIx64, spec->module,
			 *spec->module ? ":" : "", spec->symbol, spec->offset);
	require(!kvet_kprobe_spec_parse(text, &again, NULL));
	require(!memcmp(spec, &again, sizeof(again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvet_kprobe_spec spec;
	struct kvet_cause err = { 0 };
	char *text = malloc(size + 1), name[64];
	size_t group_len;

	require(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (kvet_kprobe_spec_parse(text, &spec, &err))
		require(*err.evidence && *err.remedy);
	else
		check(&spec);
	if (kvet_kprobe_event_parse(text, name, sizeof(name), &group_len))
		require(group_len < strlen(name) && name[group_len] == '/');
	free(text);
	return 0;
}
