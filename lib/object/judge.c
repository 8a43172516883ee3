/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "core/fail.h"
#include "object/core_relocation.h"
#include "object/judge.h"
#include "object/section.h"

#define LOAD "bpf(BPF_PROG_LOAD)"

/* --- the verifier's words --------------------------------------------------------------------- */

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* Lines of a log of level 4 that do not say why a program is refused. */
static bool is_remark(const char *line, size_t len)
{
	static const char *const openings[] = {
		"processed ",
		"verification time ",
		"stack depth ",
		"subprog ",
		"func#",
		"Validating ",
		"Func#",
		"; ",
		"max_states_per_insn",
		"Unrecognized arg#",
		"reg type unsupported for arg#",
		"BPF_",
		"mark_precise",
	};

	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++)
		if (starts(line, openings[i]))
			return true;
	if (starts(line, "arg#"))
		return memmem(line, len, "size cannot be determined", 25) ||
		       memmem(line, len, "is not a struct", 15) ||
		       memmem(line, len, "has no btf_id", 13);
	return !len;
}

/* What 7.3 appends to the cause, for people. */
static bool is_advice(const char *line)
{
	return starts(line, "Suggestion:");
}

void kvet_object_verifier_words(const char *log, char *buf, size_t size)
{
	const char *lines[3] = { NULL };
	size_t used = 0;

	for (const char *line = log; *line && !is_advice(line);) {
		size_t len = strcspn(line, "\n");

		if (!is_remark(line, len)) {
			memmove(lines, lines + 1, sizeof(lines) - sizeof(*lines));
			lines[2] = line;
		}
		line += len + (line[len] == '\n');
	}
	*buf = '\0';
	for (size_t i = 0; i < 3; i++)
		if (lines[i] && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%.*s",
						 used ? "; " : "", (int)strcspn(lines[i], "\n"),
						 lines[i]);
}

/* --- phrases ---------------------------------------------------------------------------------- */

/*
 * What the verifier of Linux 5.10 to 7.3 says (kernel/bpf/verifier.c, log of level 4). The first
 * that the words hold counts: those that name the cause come before those that also follow from
 * it.
 */
static const struct phrase {
	const char *first, *second;
	enum kvet_object_reason reason;
} phrases[] = {
	{ "helper call might sleep in a non-sleepable prog", "", KVET_OBJECT_HELPER_SLEEPABLE },
	{ "sleepable helper ", " in non-sleepable prog", KVET_OBJECT_HELPER_SLEEPABLE },
	{ "cannot call GPL", "", KVET_OBJECT_LICENSE },
	{ "non-GPL compatible program", "", KVET_OBJECT_LICENSE },
	{ "calling kernel function ", " is not allowed", KVET_OBJECT_KFUNC },
	{ "cannot call kernel function ", "", KVET_OBJECT_KFUNC },
	{ "kernel function ", " sleepable", KVET_OBJECT_KFUNC },
	{ "kernel btf_id ", " is not a function", KVET_OBJECT_KFUNC },
	{ "leepable programs can", " use ", KVET_OBJECT_MAP },
	{ "leepable progs cannot use bpf_", " yet", KVET_OBJECT_MAP },
	{ " progs cannot use bpf_", " yet", KVET_OBJECT_MAP },
	{ "cannot pass map_type ", "", KVET_OBJECT_MAP },
	{ "Only ", " programs can be sleepable", KVET_OBJECT_SLEEPABLE },
	{ "programs cannot be sleepable", "", KVET_OBJECT_SLEEPABLE },
	{ "Program of this type cannot be sleepable", "", KVET_OBJECT_SLEEPABLE },
	{ " is not sleepable", "", KVET_OBJECT_SLEEPABLE },
	{ "Sleepable program cannot attach to ", "", KVET_OBJECT_SLEEPABLE },
	{ " is not modifiable", "", KVET_OBJECT_TARGET_REFUSED },
	{ "Attaching tracing programs to function ", " is rejected", KVET_OBJECT_TARGET_REFUSED },
	{ "The function ", " with variable args is unsupported", KVET_OBJECT_TARGET_REFUSED },
	{ "The address of function ", " cannot be found", KVET_OBJECT_BTF_TARGET },
	{ "attach_btf_id ", " is not a supported struct", KVET_OBJECT_STRUCT_OPS },
	{ " is too complex", "", KVET_OBJECT_TOO_COMPLEX },
	{ "BPF program is too large", "", KVET_OBJECT_TOO_COMPLEX },
	{ "too many states", "", KVET_OBJECT_TOO_COMPLEX },
	{ "combined stack size", "", KVET_OBJECT_TOO_LARGE },
	{ "call stack of ", " is too deep", KVET_OBJECT_TOO_LARGE },
	{ "too many subprograms", "", KVET_OBJECT_TOO_LARGE },
	{ "At program exit the register R0 ", "", KVET_OBJECT_EXIT_VALUE },
	{ "R0 leaks addr as return value", "", KVET_OBJECT_EXIT_VALUE },
	{ "Arg#", " is not supported yet", KVET_OBJECT_ARGUMENT },
	{ "Caller passes invalid args into func", "", KVET_OBJECT_ARGUMENT },
	{ "type=", " expected=", KVET_OBJECT_ARGUMENT },
	{ "kernel function ", " expected pointer to ", KVET_OBJECT_ARGUMENT },
	{ " must be referenced or trusted", "", KVET_OBJECT_ARGUMENT },
	{ "Possibly NULL pointer passed to ", "", KVET_OBJECT_ARGUMENT },
	{ " doesn't have ", "-th argument", KVET_OBJECT_ACCESS },
	{ "invalid access to ", "", KVET_OBJECT_ACCESS },
	{ " invalid mem access ", "", KVET_OBJECT_ACCESS },
	{ "invalid bpf_context access", "", KVET_OBJECT_ACCESS },
	{ "invalid indirect ", "", KVET_OBJECT_ACCESS },
	{ "invalid read from stack", "", KVET_OBJECT_ACCESS },
	{ "invalid write to stack", "", KVET_OBJECT_ACCESS },
	{ "invalid stack ", "", KVET_OBJECT_ACCESS },
	{ "misaligned ", " access", KVET_OBJECT_ACCESS },
	{ "value is outside of the", "", KVET_OBJECT_ACCESS },
	{ "unbounded ", "", KVET_OBJECT_ACCESS },
	{ "dereference of modified ", "", KVET_OBJECT_ACCESS },
	{ "access beyond struct ", "", KVET_OBJECT_ACCESS },
	{ " min value is negative", "", KVET_OBJECT_ACCESS },
	{ "!read_ok", "", KVET_OBJECT_ACCESS },
};

static enum kvet_object_reason reason_of(const char *words)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
		const char *first = strstr(words, phrases[i].first);

		if (first && strstr(first + strlen(phrases[i].first), phrases[i].second))
			return phrases[i].reason;
	}
	return KVET_OBJECT_VERIFIER;
}

/* "bpf_skb_load_bytes#26": the name and the number of the helper. */
static int helper_in(const char *words, const char *before, char *name, size_t size)
{
	const char *at = strstr(words, before);
	size_t len;

	if (!at)
		return -1;
	at += strlen(before);
	len = strcspn(at, "#; \n");
	if (at[len] != '#')
		return -1;
	snprintf(name, size, "%.*s", (int)len, at);
	return (int)strtol(at + len + 1, NULL, 10);
}

/* --- conclusions ------------------------------------------------------------------------------ */

static void conclude(struct kvet_object_program *program, enum kvet_verdict verdict,
		     enum kvet_object_reason reason)
{
	program->load = verdict;
	program->verdict = verdict;
	program->reason = reason;
}

static void add_place(const struct kvet_object_evidence *evidence)
{
	struct kvet_cause *cause = (struct kvet_cause *)&evidence->program.cause;

	if (*evidence->program.source)
		kvet_cause_add(cause, "at %s", evidence->program.source);
	if (*evidence->instruction)
		kvet_cause_add(cause, "instruction %s", evidence->instruction);
	if (*evidence->state)
		kvet_cause_add(cause, "registers %s", evidence->state);
}

static void say_relocation(struct kvet_object_evidence *evidence)
{
	struct kvet_object_program *program = &evidence->program;
	const char *what = *evidence->relocation ? evidence->relocation : "what a relocation names";
	const char *guard = starts(what, "member ")       ? "bpf_core_field_exists()"
			    : starts(what, "enumerator ") ? "bpf_core_enum_value_exists()"
							  : "bpf_core_type_exists()";

	conclude(program, KVET_NO, KVET_OBJECT_RELOCATION);
	kvet_cause_fill(&program->cause, evidence->errnum, "CO-RE", "this kernel's BTF lacks %s",
			what);
	if (*program->source)
		kvet_cause_add(&program->cause, "at %s", program->source);
	kvet_cause_remedy(&program->cause, "guard the access with %s", guard);
}

static void say_unknown_helper(struct kvet_object_evidence *evidence, int number)
{
	struct kvet_object_program *program = &evidence->program;
	const char *name = kvet_probe_helper_name(number);

	conclude(program, KVET_NO, KVET_OBJECT_HELPER_UNKNOWN);
	if (name)
		snprintf(program->helper, sizeof(program->helper), "%s", name);
	else
		snprintf(program->helper, sizeof(program->helper), "#%d", number);
	kvet_cause_fill(&program->cause, evidence->errnum, LOAD, "this kernel has no helper %s",
			program->helper);
	if (*program->source)
		kvet_cause_add(&program->cause, "at %s", program->source);
	if (name)
		kvet_cause_remedy(&program->cause,
				  "guard the call with bpf_core_enum_value_exists(enum "
				  "bpf_func_id, BPF_FUNC_%s)",
				  name + strlen("bpf_"));
}

/* bpf_probe_read() and its likes, which a lockdown takes from everybody. libbpf puts the old one in
 * the place of bpf_probe_read_kernel() where a load of that one fails. */
static bool is_locked(int helper)
{
	return helper == 4 || helper == 45 || helper == 113 || helper == 115;
}

static enum kvet_object_doubt say_helper_for_type(struct kvet_object_evidence *evidence,
						  const struct kvet_object_facts *facts,
						  const char *words, int number)
{
	struct kvet_object_program *program = &evidence->program;
	bool locked = is_locked(number) && !strcmp(facts->lockdown, "confidentiality");
	bool maybe = is_locked(number) && !strcmp(facts->lockdown, "unknown");

	kvet_cause_fill(&program->cause, evidence->errnum, LOAD, "%s", words);
	if (locked || maybe) {
		conclude(program, locked ? KVET_NO : KVET_UNDETERMINED, KVET_OBJECT_LOCKDOWN);
		kvet_cause_add(&program->cause,
			       "lockdown is %s, and %s helpers that read kernel "
			       "memory from everybody",
			       facts->lockdown, locked ? "takes" : "may take");
		return KVET_DOUBT_NONE;
	}
	if (*facts->missing) {
		conclude(program, KVET_UNDETERMINED, KVET_OBJECT_PRIVILEGE);
		kvet_cause_add(&program->cause, "or %s is missing", facts->missing);
		kvet_cause_remedy_missing(&program->cause, facts->missing);
		return KVET_DOUBT_NONE;
	}
	conclude(program, KVET_NO, KVET_OBJECT_HELPER_TYPE);
	if (*program->source)
		kvet_cause_add(&program->cause, "at %s", program->source);
	return KVET_DOUBT_HELPER;
}

static enum kvet_object_doubt judge_helper(struct kvet_object_evidence *evidence,
					   const struct kvet_object_facts *facts, const char *words,
					   int *helper)
{
	struct kvet_object_program *program = &evidence->program;
	size_t size = sizeof(program->helper);

	*helper = helper_in(words, "invalid func ", program->helper, size);
	if (*helper >= 0) {
		say_unknown_helper(evidence, *helper);
		return KVET_DOUBT_NONE;
	}
	*helper = helper_in(words, "unknown func ", program->helper, size);
	if (*helper < 0)
		*helper = helper_in(words, "program of this type cannot use helper ",
				    program->helper, size);
	if (*helper < 0)
		*helper = helper_in(words, "func ", program->helper, size);
	if (*helper >= 0)
		return say_helper_for_type(evidence, facts, words, *helper);
	return KVET_DOUBT_NONE;
}

/* --- a refusal -------------------------------------------------------------------------------- */

static enum kvet_object_doubt judge_silence(struct kvet_object_evidence *evidence,
					    const struct kvet_object_facts *facts)
{
	struct kvet_object_program *program = &evidence->program;
	int errnum = evidence->errnum;

	kvet_cause_fill(&program->cause, errnum, LOAD, "%s, and the verifier writes nothing",
			kvet_errno_text(errnum));
	if ((errnum == EPERM || errnum == EACCES) && *facts->missing_to_load) {
		conclude(program, KVET_UNDETERMINED, KVET_OBJECT_PRIVILEGE);
		kvet_cause_add(&program->cause, "%s is missing", facts->missing_to_load);
		kvet_cause_remedy_missing(&program->cause, facts->missing_to_load);
		return KVET_DOUBT_NONE;
	}
	if (errnum == EINVAL && evidence->control == EINVAL && !evidence->control_type) {
		conclude(program, KVET_NO, KVET_OBJECT_TYPE_ABSENT);
		kvet_cause_add(&program->cause, "an empty program of the type loads, but not with "
						"this attach type and these flags: this kernel "
						"lacks them");
		return KVET_DOUBT_NONE;
	}
	if (errnum == EINVAL && !evidence->control) {
		conclude(program, KVET_NO, KVET_OBJECT_VERIFIER);
		kvet_cause_add(&program->cause, "an empty program in its place loads");
		return KVET_DOUBT_NONE;
	}
	if (errnum == E2BIG) {
		conclude(program, KVET_NO, KVET_OBJECT_TOO_LARGE);
		return KVET_DOUBT_NONE;
	}
	conclude(program, KVET_UNDETERMINED,
		 errnum == EAGAIN || errnum == EINTR ? KVET_OBJECT_INTERRUPTED
						     : KVET_OBJECT_REFUSED);
	return KVET_DOUBT_TYPE;
}

/* "destructive kfunc calls require CAP_SYS_BOOT": kvet gives up what no other program requires. */
static bool say_capability(struct kvet_object_evidence *evidence, const char *words)
{
	const char *at = strstr(words, " require CAP_");

	if (!at)
		return false;
	conclude(&evidence->program, KVET_UNDETERMINED, KVET_OBJECT_PRIVILEGE);
	kvet_cause_fill(&evidence->program.cause, evidence->errnum, LOAD, "%s", words);
	add_place(evidence);
	return true;
}

static void say_map(struct kvet_object_evidence *evidence)
{
	struct kvet_object_program *program = &evidence->program;

	conclude(program, KVET_NO, KVET_OBJECT_MAP);
	kvet_cause_fill(&program->cause, evidence->errnum, "bpf(BPF_MAP_CREATE)",
			"the kernel refuses map '%s', which the program uses", evidence->symbol);
	if (*program->source)
		kvet_cause_add(&program->cause, "at %s", program->source);
}

static void remedy(struct kvet_object_program *program)
{
	switch (program->reason) {
	case KVET_OBJECT_HELPER_SLEEPABLE:
		kvet_cause_remedy(&program->cause,
				  "call it from a sleepable program: SEC(\"fentry.s/...\")");
		break;
	case KVET_OBJECT_LICENSE:
		kvet_cause_remedy(&program->cause,
				  "declare a license that is compatible with the GPL");
		break;
	case KVET_OBJECT_TOO_COMPLEX:
		kvet_cause_remedy(&program->cause,
				  "split the program (tail calls, global functions, bpf_loop())");
		break;
	default:
		break;
	}
}

static enum kvet_object_doubt judge_refusal(struct kvet_object_evidence *evidence,
					    const struct kvet_object_facts *facts, int *helper)
{
	struct kvet_object_program *program = &evidence->program;
	enum kvet_object_doubt doubt;
	char words[600];

	kvet_object_verifier_words(program->log, words, sizeof(words));
	if (!*words)
		return judge_silence(evidence, facts);
	if (*evidence->symbol) {
		say_map(evidence);
		return KVET_DOUBT_NONE;
	}
	if (say_capability(evidence, words))
		return KVET_DOUBT_NONE;
	*helper = helper_in(words, "invalid func ", program->helper, sizeof(program->helper));
	if (*helper == KVET_POISON_RELOCATION) {
		*program->helper = '\0';
		say_relocation(evidence);
		return KVET_DOUBT_NONE;
	}
	conclude(program, KVET_NO, reason_of(words));
	*program->helper = '\0';
	if (program->reason == KVET_OBJECT_VERIFIER) {
		doubt = judge_helper(evidence, facts, words, helper);
		if (program->reason != KVET_OBJECT_VERIFIER)
			return doubt;
	}
	kvet_cause_fill(&program->cause, evidence->errnum, LOAD, "%s", words);
	add_place(evidence);
	remedy(program);
	return KVET_DOUBT_NONE;
}

/* --- what was blocked before the load --------------------------------------------------------- */

static void judge_target(struct kvet_object_evidence *evidence)
{
	struct kvet_object_program *program = &evidence->program;
	const char *target = strchr(program->section, '/');

	if (target && kvet_section_is_placeholder(target + 1)) {
		conclude(program, KVET_UNDETERMINED, KVET_OBJECT_PLACEHOLDER);
		kvet_cause_fill(&program->cause, 0, "BTF",
				"'%s' stands for a target that the loader sets", target + 1);
		return;
	}
	conclude(program, KVET_NO, KVET_OBJECT_BTF_TARGET);
	kvet_cause_fill(&program->cause, 0, "BTF",
			"the BTF of this kernel and its modules has no '%s'", evidence->symbol);
}

static void judge_blocked(struct kvet_object_evidence *evidence)
{
	struct kvet_object_program *program = &evidence->program;
	const char *symbol = evidence->symbol;

	conclude(program, KVET_NO, evidence->reason);
	switch (evidence->reason) {
	case KVET_OBJECT_BTF_TARGET:
		judge_target(evidence);
		break;
	case KVET_OBJECT_KFUNC:
		snprintf(program->helper, sizeof(program->helper), "%.63s", symbol);
		kvet_cause_fill(&program->cause, 0, "BTF",
				strstr(evidence->words, "incompatible")
					? "the kfunc '%s' has another signature on this kernel"
					: "this kernel has no kfunc '%s'",
				symbol);
		kvet_cause_remedy(&program->cause,
				  "declare it __weak, and guard the call with bpf_ksym_exists(%s)",
				  symbol);
		break;
	case KVET_OBJECT_KSYM:
		kvet_cause_fill(&program->cause, 0, "kallsyms",
				strstr(evidence->words, "ambiguous")
					? "the symbol '%s' has several addresses"
					: "this kernel has no symbol '%s'",
				symbol);
		kvet_cause_remedy(&program->cause, "declare it __weak, and check its address");
		break;
	case KVET_OBJECT_KCONFIG:
		kvet_cause_fill(&program->cause, 0, "configuration",
				"this kernel's configuration has no value for %s", symbol);
		kvet_cause_remedy(&program->cause, "declare it __weak");
		break;
	case KVET_OBJECT_STRUCT_OPS:
		kvet_cause_fill(&program->cause, 0, "BTF", "this kernel has no struct %s", symbol);
		break;
	case KVET_OBJECT_NO_CONFIG:
		conclude(program, KVET_UNDETERMINED, KVET_OBJECT_NO_CONFIG);
		kvet_cause_fill(&program->cause, 0, "configuration",
				"the program asks for %s, and this kernel's configuration cannot "
				"be read",
				symbol);
		break;
	default:
		conclude(program, KVET_UNDETERMINED, evidence->reason);
		kvet_cause_fill(&program->cause, evidence->errnum < 4000 ? evidence->errnum : 0,
				evidence->reason == KVET_OBJECT_LIBBPF ? "libbpf" : "section", "%s",
				evidence->words);
		return;
	}
	if (*evidence->words)
		kvet_cause_add(&program->cause, "libbpf: %s", evidence->words);
}

enum kvet_object_doubt kvet_object_judge(struct kvet_object_evidence *evidence,
					 const struct kvet_object_facts *facts, int *helper)
{
	*helper = -1;
	switch (evidence->outcome) {
	case KVET_OUTCOME_LOADED:
		conclude(&evidence->program, KVET_YES, KVET_OBJECT_LOADED);
		return KVET_DOUBT_NONE;
	case KVET_OUTCOME_REFUSED:
		return judge_refusal(evidence, facts, helper);
	case KVET_OUTCOME_BLOCKED:
	default:
		judge_blocked(evidence);
		return KVET_DOUBT_NONE;
	}
}
