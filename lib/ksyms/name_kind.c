/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a name says by itself: copies that the compiler made, generic names, mapping symbols. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "ksyms/table.h"

bool kvet_ksyms_copy_suffix(const char *suffix)
{
	static const char *const suffixes[] = { ".constprop.", ".isra.", ".part.",     ".cold",
						".llvm.",      ".lto",   ".localalias" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (!strncmp(suffix, suffixes[i], strlen(suffixes[i])))
			return true;
	return false;
}

static const char *const kind_names[] = {
	[KVET_KSYMS_GENERIC] = "generic",
	[KVET_KSYMS_COPY] = "copy",
	[KVET_KSYMS_ORDINARY] = "ordinary",
};
static_assert(sizeof(kind_names) / sizeof(*kind_names) == KVET_KSYMS_NAME_KIND_COUNT,
	      "every kind of name has a name");

const char *kvet_ksyms_name_kind_name(enum kvet_ksyms_name_kind kind)
{
	return kind_names[kind];
}

enum kvet_ksyms_name_kind kvet_ksyms_name_kind(const char *name)
{
	static const char *const generic[] = { "__UNIQUE_ID", "__compound_literal.",
					       "___tp_str",   "__already_done",
					       "__warned",    "__bpf_trace_tp_map" };
	size_t len = strlen(name), stem = len;

	for (const char *dot = strchr(name + 1, '.'); len && dot; dot = strchr(dot + 1, '.'))
		if (kvet_ksyms_copy_suffix(dot))
			return KVET_KSYMS_COPY;
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		if (!strncmp(name, generic[i], strlen(generic[i])))
			return KVET_KSYMS_GENERIC;
	/* A number after a dot: a static variable inside a function, one in each source file. */
	while (stem && isdigit((unsigned char)name[stem - 1]))
		stem--;
	return stem < len && stem > 1 && name[stem - 1] == '.' ? KVET_KSYMS_GENERIC
							       : KVET_KSYMS_ORDINARY;
}

bool kvet_ksyms_is_mapping(const char *name)
{
	return ksyms_is_mapping(name, strlen(name));
}
