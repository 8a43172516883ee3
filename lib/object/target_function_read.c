/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Targets that are functions of the kernel: by kvet's resolver, and by what ftrace can trace. */
#include <inttypes.h>
#include <linux/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "object/target_read.h"
#include "probe/version_code.h"

/* --- what is read once ------------------------------------------------------------------------ */

struct kvet_ksyms *kvet_target_table(struct kvet_targets *targets)
{
	if (!targets->asked)
		(void)kvet_ksyms_open(&targets->table, targets->host, NULL, &targets->table_cause);
	targets->asked = true;
	return targets->table;
}

static const struct kvet_kprobe_facts *facts_of(struct kvet_targets *targets)
{
	if (!targets->has_facts)
		kvet_kprobe_facts_read(targets->host, &targets->facts);
	targets->has_facts = true;
	return &targets->facts;
}

static struct kvet_kprobe_ways *ways_of(struct kvet_targets *targets, bool returns)
{
	const struct kvet_kprobe_wish wish = { .returns = returns, .registers = true, .sites = 1 };

	if (!targets->ways[returns])
		targets->ways[returns] =
			kvet_kprobe_ways_open(targets->host, facts_of(targets), &wish);
	return targets->ways[returns];
}

static void fill(struct kvet_target_answer *answer, enum kvet_verdict verdict,
		 enum kvet_object_reason reason, const struct kvet_cause *cause)
{
	answer->verdict = verdict;
	answer->reason = reason;
	if (cause)
		answer->cause = *cause;
}

static bool without_table(struct kvet_targets *targets, struct kvet_target_answer *answer)
{
	if (kvet_target_table(targets))
		return false;
	fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, &targets->table_cause);
	return true;
}

/* "3 functions have this name: 0x..., 0x... and 1 more" */
static void list_instances(const struct kvet_kprobe_sites *sites, struct kvet_cause *cause)
{
	size_t shown = sites->count < 4 ? sites->count : 4;

	for (size_t i = 0; i < shown; i++)
		kvet_cause_add(cause, "0x%" PRIx64 "%s%s", sites->items[i].address,
			       sites->items[i].module ? " in module " : "",
			       sites->items[i].module ? sites->items[i].module : "");
	if (shown < sites->count)
		kvet_cause_add(cause, "and %zu more", sites->count - shown);
}

/* --- kprobes ---------------------------------------------------------------------------------- */

static void judge_site(struct kvet_targets *targets, const struct kvet_kprobe_site *site,
		       bool returns, struct kvet_target_answer *answer)
{
	struct kvet_kprobe_ways *ways = ways_of(targets, returns);
	enum kvet_kprobe_backend backend;
	struct kvet_cause cause = { 0 };
	enum kvet_verdict verdict;

	if (!ways) {
		fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, NULL);
		return;
	}
	verdict = kvet_kprobe_judge(ways, site,
				    site->offset ? KVET_KPROBE_ASK_ALWAYS : KVET_KPROBE_ASK_UNKNOWN,
				    &backend, &cause);
	if (verdict == KVET_YES)
		return;
	fill(answer, verdict,
	     verdict == KVET_UNDETERMINED ? KVET_OBJECT_TARGET_UNKNOWN
	     : site->offset               ? KVET_OBJECT_TARGET_OFFSET
					  : KVET_OBJECT_TARGET_UNTRACEABLE,
	     &cause);
}

static void judge_sites(struct kvet_targets *targets, const struct kvet_kprobe_spec *spec,
			const struct kvet_kprobe_sites *sites, bool returns,
			struct kvet_target_answer *answer)
{
	if (sites->verdict != KVET_YES) {
		fill(answer, sites->verdict,
		     sites->verdict == KVET_NO ? KVET_OBJECT_TARGET_ABSENT
					       : KVET_OBJECT_TARGET_UNKNOWN,
		     &sites->cause);
		if (sites->verdict == KVET_NO)
			kvet_kprobe_absent_cause(targets->host, targets->table, spec,
						 &answer->cause);
	} else if (sites->count > 1) {
		fill(answer, KVET_NO, KVET_OBJECT_TARGET_AMBIGUOUS, NULL);
		kvet_cause_fill(&answer->cause, 0, "kallsyms", "%zu functions have the name '%s'",
				sites->count, spec->symbol);
		list_instances(sites, &answer->cause);
		kvet_cause_remedy(&answer->cause,
				  "attach by address, or name the instance as _text+OFFSET; kvet "
				  "ksyms lookup %s shows all",
				  spec->symbol);
	} else {
		judge_site(targets, &sites->items[0], returns, answer);
	}
}

void kvet_target_kprobe(struct kvet_targets *targets, const char *text, bool returns,
			struct kvet_target_answer *answer)
{
	struct kvet_kprobe_sites sites;
	struct kvet_kprobe_spec spec;
	struct kvet_cause cause;

	if (kvet_kprobe_usable(facts_of(targets), &cause) == KVET_NO) {
		fill(answer, KVET_NO, KVET_OBJECT_TARGET_UNSUPPORTED, &cause);
		return;
	}
	if (kvet_kprobe_spec_parse(text, &spec, &cause) || spec.glob) {
		fill(answer, KVET_NO, KVET_OBJECT_TARGET_ABSENT, NULL);
		kvet_cause_fill(&answer->cause, 0, "section", "'%s' is no name of a function",
				text);
		return;
	}
	if (returns && spec.offset) {
		fill(answer, KVET_NO, KVET_OBJECT_TARGET_OFFSET, NULL);
		kvet_cause_fill(&answer->cause, 0, "section",
				"the return of a function is probed without an offset");
		return;
	}
	if (without_table(targets, answer))
		return;
	if (kvet_kprobe_resolve(targets->table, &spec, &sites, &cause)) {
		fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, &cause);
		return;
	}
	judge_sites(targets, &spec, &sites, returns, answer);
	kvet_kprobe_sites_deinit(&sites);
}

/* --- many functions --------------------------------------------------------------------------- */

static const struct kvet_ksyms_sites *lists_of(struct kvet_targets *targets)
{
	if (!targets->sites)
		(void)kvet_ksyms_sites_read(&targets->sites, targets->host, NULL);
	return targets->sites;
}

/* 1 yes, 0 no, -1 not readable. */
static int is_traceable(struct kvet_targets *targets, const struct kvet_kprobe_site *site)
{
	const struct kvet_ksyms_sites *lists = lists_of(targets);
	int blacklisted, traceable = -1;

	if (lists)
		kvet_ksyms_sites_look(lists, site->symbol, site->address, site->extent,
				      site->address, &blacklisted, &traceable);
	return traceable;
}

/* How often the kernel lists a name as traceable; -1: the list cannot be read. */
static int count_listed(const struct kvet_host *host, const char *name)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/available_filter_functions",
		"/sys/kernel/debug/tracing/available_filter_functions",
	};
	AUTO_FCLOSE FILE *stream = NULL;
	AUTO_FREE char *line = NULL;
	size_t room = 0, len = strlen(name);
	char full[PATH_MAX];
	int count = 0;

	for (size_t i = 0; i < 2 && !stream; i++)
		(void)kvet_host_fopen(host, paths[i], full, &stream, NULL);
	while (stream && getline(&line, &room, stream) > 0)
		count += !strncmp(line, name, len) && strchr(" \n", line[len]);
	return stream ? count : -1;
}

/* Whether the first of several functions with one name is traceable. Before 6.5, the kernel lists
 * names without addresses: then all of them have to be. */
static int is_first_traceable(struct kvet_targets *targets, const struct kvet_kprobe_sites *sites)
{
	static const char addresses[] = "/sys/kernel/tracing/available_filter_functions_addrs";
	char full[PATH_MAX];
	AUTO_CLOSE int fd = kvet_host_open(targets->host, addresses, full, NULL);
	int count;

	if (fd >= 0)
		return is_traceable(targets, &sites->items[0]);
	count = count_listed(targets->host, sites->items[0].symbol);
	return count <= 0 ? count : (size_t)count >= sites->count ? 1 : -1;
}

static void say_untraceable(int traceable, const char *text, struct kvet_target_answer *answer)
{
	fill(answer, traceable ? KVET_UNDETERMINED : KVET_NO,
	     traceable ? KVET_OBJECT_TARGET_UNKNOWN : KVET_OBJECT_TARGET_UNTRACEABLE, NULL);
	if (traceable)
		kvet_cause_fill(&answer->cause, 0, "available_filter_functions",
				"cannot be read, so it is unknown whether ftrace can trace %s",
				text);
	else
		kvet_cause_fill(&answer->cause, 0, "available_filter_functions",
				"ftrace cannot trace %s", text);
}

void kvet_target_multi(struct kvet_targets *targets, const char *text, uint32_t attach,
		       struct kvet_target_answer *answer)
{
	struct kvet_kprobe_spec spec = { .glob = strpbrk(text, "*?") != NULL };
	enum kvet_verdict verdict;
	struct kvet_kprobe_sites sites;
	struct kvet_cause cause;
	int traceable = 0;

	verdict = kvet_target_link_check(targets->host, attach, &cause);
	if (verdict != KVET_YES) {
		fill(answer, verdict,
		     verdict == KVET_NO ? KVET_OBJECT_TARGET_UNSUPPORTED
					: KVET_OBJECT_TARGET_UNKNOWN,
		     &cause);
		return;
	}
	if (without_table(targets, answer))
		return;
	snprintf(spec.symbol, sizeof(spec.symbol), "%s", text);
	if (kvet_kprobe_resolve(targets->table, &spec, &sites, &cause)) {
		fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, &cause);
		return;
	}
	if (sites.verdict != KVET_YES)
		fill(answer, sites.verdict, KVET_OBJECT_TARGET_ABSENT, &sites.cause);
	for (size_t i = 0; i < sites.count && traceable != 1; i++)
		traceable = is_traceable(targets, &sites.items[i]);
	if (sites.verdict == KVET_YES && traceable != 1)
		say_untraceable(traceable, text, answer);
	kvet_kprobe_sites_deinit(&sites);
}

/* --- trampolines ------------------------------------------------------------------------------ */

/* The kernel looks the name up again and takes the lowest address, whichever function the BTF id
 * was for (kernel: bpf_check_attach_target(), kallsyms_lookup_name()). */
static void say_lowest(struct kvet_targets *targets, const struct kvet_kprobe_sites *sites,
		       const char *text, struct kvet_target_answer *answer)
{
	int traceable = is_first_traceable(targets, sites);

	fill(answer,
	     traceable == 1   ? KVET_YES
	     : traceable == 0 ? KVET_NO
			      : KVET_UNDETERMINED,
	     KVET_OBJECT_TARGET_AMBIGUOUS, NULL);
	kvet_cause_fill(
		&answer->cause, 0, "kallsyms",
		"%zu functions have the name '%s', and the kernel takes the lowest address%s",
		sites->count, text,
		traceable == 1   ? ""
		: traceable == 0 ? ", which ftrace cannot trace"
				 : "");
	list_instances(sites, &answer->cause);
	kvet_cause_remedy(&answer->cause, "use a kprobe, which can be attached by address");
}

/* What has more arguments than the kernel's trampolines pass is refused when it is attached
 * (kernel: arch/.../net/bpf_jit_comp.c, arch_prepare_bpf_trampoline()). */
static void check_arguments(const char *text, uint32_t arguments, struct kvet_target_answer *answer)
{
#if defined(__x86_64__)
	const uint32_t most = 6, major = 6, minor = 6;
#elif defined(__aarch64__)
	const uint32_t most = 8, major = 6, minor = 16;
#else
	const uint32_t most = UINT32_MAX, major = 0, minor = 0;
#endif
	uint32_t release = kvet_probe_version_code();

	if (arguments <= most || answer->verdict != KVET_YES || !release ||
	    release >= KERNEL_VERSION(major, minor, 0))
		return;
	fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, NULL);
	kvet_cause_fill(&answer->cause, 0, "release",
			"%s has %u arguments, and the trampolines of Linux before %u.%u pass %u, "
			"unless the distribution has added it",
			text, arguments, major, minor, most);
	kvet_cause_remedy(&answer->cause, "use a kprobe");
}

void kvet_target_function(struct kvet_targets *targets, const char *text, uint32_t arguments,
			  struct kvet_target_answer *answer)
{
	struct kvet_kprobe_spec spec = { .glob = false };
	struct kvet_kprobe_sites sites;
	struct kvet_cause cause;
	int traceable;

	if (without_table(targets, answer))
		return;
	snprintf(spec.symbol, sizeof(spec.symbol), "%s", text);
	if (kvet_kprobe_resolve(targets->table, &spec, &sites, &cause)) {
		fill(answer, KVET_UNDETERMINED, KVET_OBJECT_TARGET_UNKNOWN, &cause);
		return;
	}
	if (sites.verdict != KVET_YES) {
		fill(answer, sites.verdict,
		     sites.verdict == KVET_NO ? KVET_OBJECT_TARGET_ABSENT
					      : KVET_OBJECT_TARGET_UNKNOWN,
		     &sites.cause);
		kvet_kprobe_absent_cause(targets->host, targets->table, &spec, &answer->cause);
	} else if (sites.items[0].verdict != KVET_YES) {
		fill(answer, sites.items[0].verdict, KVET_OBJECT_TARGET_UNTRACEABLE,
		     &sites.items[0].cause);
	} else if (sites.count > 1) {
		say_lowest(targets, &sites, text, answer);
	} else {
		traceable = is_traceable(targets, &sites.items[0]);
		if (traceable != 1)
			say_untraceable(traceable, text, answer);
	}
	kvet_kprobe_sites_deinit(&sites);
	check_arguments(text, arguments, answer);
}

void kvet_target_absent(struct kvet_targets *targets, const char *name, struct kvet_cause *cause)
{
	struct kvet_kprobe_spec spec = { .glob = false };

	if (!kvet_target_table(targets) || kvet_ksyms_by_name(targets->table, name).count)
		return;
	snprintf(spec.symbol, sizeof(spec.symbol), "%s", name);
	kvet_kprobe_absent_cause(targets->host, targets->table, &spec, cause);
}
