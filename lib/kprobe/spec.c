/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "core/fail.h"
#include "core/number.h"

#include <kvet/kprobe.h>

static int wrong(struct kvet_cause *err, const char *text, const char *what)
{
	int ret = kvet_reject(err, EINVAL, "probe point", "'%s': %s", text, what);

	if (err)
		kvet_cause_remedy(
			err,
			"write SYM, SYM+OFF, MODULE:SYM[+OFF], syscall:NAME, a glob or 0xADDR");
	return ret;
}

static int copy_part(char *to, size_t size, const char *from, size_t len, const char *text,
		     const char *what, struct kvet_cause *err)
{
	if (!len)
		return wrong(err, text, what);
	if (len >= size)
		return wrong(err, text, "a name is too long");
	memcpy(to, from, len);
	to[len] = '\0';
	return 0;
}

/* What bpftrace writes before a probe point (its docs/language.adoc, "Probes"). */
static const struct provider {
	const char *word;
	bool kprobe, returns, syscall;
} providers[] = {
	{ "kprobe", .kprobe = true },
	{ "k", .kprobe = true },
	{ "kretprobe", .kprobe = true, .returns = true },
	{ "kr", .kprobe = true, .returns = true },
	{ "syscall", .kprobe = true, .syscall = true },
	{ "fentry", .kprobe = false },
	{ "fexit", .kprobe = false },
	{ "kfunc", .kprobe = false },
	{ "kretfunc", .kprobe = false },
	{ "tracepoint", .kprobe = false },
	{ "rawtracepoint", .kprobe = false },
	{ "uprobe", .kprobe = false },
	{ "uretprobe", .kprobe = false },
	{ "usdt", .kprobe = false },
};

/* Returns the provider that a text begins with, and advances *text past its colon; NULL: none. */
static const struct provider *take_provider(const char **text)
{
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++) {
		size_t len = strlen(providers[i].word);

		if (strncmp(*text, providers[i].word, len) != 0 || (*text)[len] != ':')
			continue;
		*text += len + 1;
		return &providers[i];
	}
	return NULL;
}

int kvet_kprobe_spec_parse(const char *text, struct kvet_kprobe_spec *out, struct kvet_cause *err)
{
	struct kvet_kprobe_spec spec = { 0 };
	const char *rest = text, *colon, *plus;
	const struct provider *provider;
	enum kvet_number number;
	int ret;

	if (strpbrk(text, " \t\n\v\f\r"))
		return wrong(err, text, "white space");
	provider = take_provider(&rest);
	if (provider && !provider->kprobe)
		return wrong(err, text, "kvet probes kprobes only");
	spec.returns = provider && provider->returns;
	spec.syscall = provider && provider->syscall;
	if (spec.syscall && rest[strcspn(rest, ":+")])
		return wrong(err, text, "a system call has neither a module nor an offset");
	if (!spec.syscall && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'X')) {
		if (kvet_number_parse(rest, strlen(rest), &spec.address))
			return wrong(err, text, "not an address of up to 16 hexadecimal digits");
		*out = spec;
		return 0;
	}
	/* A colon within brackets, as in "[[:lower:]]", is part of a glob. */
	colon = rest + strcspn(rest, ":[");
	if (*colon == ':') {
		ret = copy_part(spec.module, sizeof(spec.module), rest, (size_t)(colon - rest),
				text, "no module before ':'", err);
		if (ret)
			return ret;
		if (strchr(spec.module, '+'))
			return wrong(err, text, "a module's name cannot contain '+'");
		rest = colon + 1;
		if (rest[strcspn(rest, ":[")] == ':')
			return wrong(err, text, "more than one ':'");
	}
	plus = strchrnul(rest, '+');
	ret = copy_part(spec.symbol, sizeof(spec.symbol), rest, (size_t)(plus - rest), text,
			"no symbol", err);
	if (ret)
		return ret;
	if (*spec.module && !strncasecmp(spec.symbol, "0x", 2))
		return wrong(err, text, "an address takes no module");
	number = *plus ? kvet_number_parse(plus + 1, strlen(plus + 1), &spec.offset) : KVET_NUMBER;
	if (number == KVET_NUMBER_TOO_LARGE)
		return wrong(err, text, "the offset is too large: it is 2^64 or more");
	if (number)
		return wrong(err, text, "the offset is neither decimal nor 0x hexadecimal");
	spec.glob = strpbrk(spec.symbol, "*?[") != NULL;
	if (spec.glob && *plus)
		return wrong(err, text, "a glob stands for function entries and takes no offset");
	if (strpbrk(spec.module, "*?["))
		return wrong(err, text, "a module's name must be complete, not a glob");
	*out = spec;
	return 0;
}
