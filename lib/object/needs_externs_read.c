/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel has of an object's externs, and the values of its configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/core_types.h"
#include "object/needs.h"

/* The value of enum libbpf_tristate. */
static uint64_t tristate(char letter)
{
	return letter == 'y' ? 1 : letter == 'm' ? 2 : 0;
}

static bool is_switch(const char *text)
{
	return text[0] && strchr("ynm", text[0]) && (!text[1] || text[1] == ' ');
}

/* Puts a value from the configuration where libbpf would, by the variable's type. Left out are
 * strings, and what libbpf refuses. */
static void set_value(const struct kvet_image *image, struct kvet_image_extern *item,
		      const char *text)
{
	const struct btf_type *type =
		kvet_btf_type(image->btf, kvet_btf_resolve(image->btf, item->type));
	char *end;

	if (!type)
		return;
	if (btf_is_enum(type) && is_switch(text)) {
		item->value = tristate(*text);
	} else if (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL && is_switch(text) &&
		   *text != 'm') {
		item->value = *text == 'y';
	} else if (btf_is_int(type) && type->size == 1 && is_switch(text)) {
		item->value = (unsigned char)*text;
	} else if (btf_is_int(type) && !is_switch(text)) {
		item->value = strtoull(text, &end, 0);
		if (end == text || *end != ' ')
			return;
		if (type->size < 8)
			item->value &= (1ULL << 8 * type->size) - 1;
	} else {
		return;
	}
	item->has_value = true;
}

static void read_option(const struct kvet_image *image, struct kvet_image_extern *item,
			const struct kvet_needs_kernel *kernel)
{
	size_t len = strlen(item->name);
	char line[512];
	enum kvet_config config;

	/* libbpf itself has these. */
	if (strncmp(item->name, "CONFIG_", 7) != 0) {
		item->present = !strncmp(item->name, "LINUX_", 6) ? KVET_YES : KVET_UNDETERMINED;
		item->has_value = !strcmp(item->name, "LINUX_KERNEL_VERSION") && kernel->version;
		item->value = kernel->version;
		return;
	}
	if (!kernel->host)
		return;
	config = kvet_host_config(kernel->host, item->name, line, sizeof(line));
	if (config == KVET_CONFIG_UNKNOWN)
		return;
	item->present = !strncmp(line, item->name, len) && line[len] == '=' ? KVET_YES : KVET_NO;
	if (item->present == KVET_YES)
		set_value(image, item, line + len + 1);
	else
		item->has_value = item->weak;
}

static enum kvet_verdict find_symbol(struct kvet_needs_kernel *kernel, const char *name)
{
	const struct kvet_ksyms *symbols = kvet_needs_symbols_read(kernel);

	if (!symbols)
		return KVET_UNDETERMINED;
	return kvet_ksyms_by_name(symbols, name).count ? KVET_YES : KVET_NO;
}

void kvet_needs_externs_read(struct kvet_image *image, struct kvet_needs_kernel *kernel)
{
	for (size_t i = 0; i < image->extern_count; i++) {
		struct kvet_image_extern *item = &image->externs[i];
		uint32_t kind = item->kind == KVET_EXTERN_KFUNC ? BTF_KIND_FUNC : BTF_KIND_VAR;

		if (item->kind == KVET_EXTERN_KCONFIG)
			read_option(image, item, kernel);
		else if (item->kind == KVET_EXTERN_SYMBOL)
			item->present = find_symbol(kernel, item->name);
		else if (item->kind != KVET_EXTERN_OTHER && kernel->btf_count)
			item->present = kvet_needs_type(kernel, kind, item->name, NULL, NULL)
						? KVET_YES
						: KVET_NO;
	}
}
