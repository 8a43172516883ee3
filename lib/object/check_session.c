/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A whole check: the parent's side. Touches the kernel. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kvet/probe.h>
#include <kvet/refusal.h>

#include "bpf/late.h"
#include "bpf/needs.h"
#include "bpf/token_load.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "object/child_load.h"
#include "object/file_read.h"
#include "object/judge.h"
#include "object/target_read.h"

AUTO_DEFINE(kvet_object)

struct session {
	const struct kvet_host *host;
	struct kvet_object *object;
	struct kvet_object_facts facts;
	struct kvet_probe *probe; /* made when it is first asked */
	struct kvet_targets targets;
};

/* --- what the child sends --------------------------------------------------------------------- */

static bool read_all(int fd, void *bytes, size_t size)
{
	char *at = bytes;

	while (size) {
		ssize_t got = read(fd, at, size);
		int errnum = errno;

		if (!got || (got < 0 && errnum != EINTR))
			return false;
		if (got > 0) {
			at += got;
			size -= (size_t)got;
		}
	}
	return true;
}

static const char *type_name(const char *section)
{
	struct kvet_section parsed;

	kvet_section_parse(section + (*section == '?'), &parsed);
	return parsed.known ? kvet_probe_type_name((int)parsed.type) : NULL;
}

static struct kvet_probe *session_probe(struct session *session)
{
	if (!session->probe)
		(void)kvet_probe_new(&session->probe, session->host, NULL);
	return session->probe;
}

/* The answer of `kvet probe helpers` goes beside the verifier's. */
static void ask_helper(struct session *session, struct kvet_object_program *program, int type,
		       int helper)
{
	struct kvet_probe_question question = { .helper = helper, .type = type };
	struct kvet_probe *probe = session_probe(session);
	struct kvet_probe_answer answer;

	if (!probe || kvet_probe_ask(probe, &question, &answer, NULL))
		return;
	if (answer.reason == KVET_REASON_SLEEPABLE_ONLY)
		program->reason = KVET_OBJECT_HELPER_SLEEPABLE;
	kvet_cause_add(&program->cause, "kvet probe helpers %s -t %s: %s, %s", program->helper,
		       program->type,
		       answer.verdict == KVET_YES  ? "supported"
		       : answer.verdict == KVET_NO ? "unsupported"
						   : "undetermined",
		       kvet_probe_reason_text(answer.reason));
}

/* A refusal without words: of the type, of its attach type, or of the target. */
static void ask_type(struct session *session, struct kvet_object_program *program,
		     const struct kvet_section *section)
{
	struct kvet_probe_question question = { .helper = 5 /* ktime_get_ns: for every type */,
						.type = (int)section->type };
	struct kvet_probe *probe = session_probe(session);
	struct kvet_probe_answer answer;
	bool targeted = section->btf_prefix != NULL;

	for (int i = 1; probe && i <= kvet_probe_variants(probe, question.type); i++) {
		const char *variant = kvet_probe_variant_name(probe, question.type, i);
		size_t len = variant ? strlen(variant) : 0;

		if (len && !strncmp(program->section + (*program->section == '?'), variant, len))
			question.variant = i;
	}
	if (!probe || kvet_probe_ask(probe, &question, &answer, NULL))
		return;
	if (answer.verdict == KVET_YES && targeted && program->cause.errnum != EPERM) {
		program->load = program->verdict = KVET_NO;
		program->reason = KVET_OBJECT_TARGET_REFUSED;
		kvet_cause_add(&program->cause, "a program for another target (%s) loads",
			       answer.target);
	} else if (answer.reason == KVET_REASON_TYPE_ABSENT ||
		   answer.reason == KVET_REASON_ATTACH_ABSENT ||
		   answer.reason == KVET_REASON_NOT_BUILT) {
		program->load = program->verdict = KVET_NO;
		program->reason = KVET_OBJECT_TYPE_ABSENT;
		kvet_cause_add(&program->cause, "%s", kvet_probe_reason_text(answer.reason));
		if (*answer.cause.evidence)
			kvet_cause_add(&program->cause, "%s", answer.cause.evidence);
	} else if (answer.verdict != KVET_YES && *answer.cause.evidence) {
		kvet_cause_add(&program->cause,
			       "an empty program of the type is refused as well: "
			       "%s",
			       answer.cause.evidence);
		if (!*program->cause.remedy)
			kvet_cause_remedy(&program->cause, "%s", answer.cause.remedy);
	}
}

/* A token would do, but not for the libbpf that loads here. */
static void explain_token(struct kvet_cause *cause)
{
	struct kvet_token token;

	kvet_token_open(&token);
	if (token.fd > 0)
		kvet_cause_add(cause,
			       "the BPF file system on %s delegates, but libbpf %s, by which kvet "
			       "loads objects, makes no use of its tokens",
			       token.mount, libbpf_version_string());
	kvet_token_close(&token);
}

static void explain_privilege(struct session *session, struct kvet_object_evidence *evidence,
			      const int *needed)
{
	struct kvet_object_program *program = &evidence->program;

	if (evidence->outcome != KVET_OUTCOME_BLOCKED || evidence->reason != KVET_OBJECT_LIBBPF ||
	    (evidence->errnum != EPERM && evidence->errnum != EACCES))
		return;
	program->reason = KVET_OBJECT_PRIVILEGE;
	kvet_cause_fill(&program->cause, evidence->errnum, "bpf(BPF_PROG_LOAD)", "%s",
			kvet_errno_text(evidence->errnum));
	kvet_refusal_add(session->host, KVET_CALL_BPF, needed, &program->cause);
	explain_token(&program->cause);
}

/* A type that the section does not say is the loader's to set: no verifier can refuse another. */
static void doubt_type(struct kvet_object_program *program)
{
	program->load = program->verdict = KVET_UNDETERMINED;
	program->reason = KVET_OBJECT_PLACEHOLDER;
	kvet_cause_add(&program->cause,
		       "section '%s' is taken for %s, but the loader may set another type",
		       program->section, program->type);
}

static int take_program(struct session *session, struct kvet_object_evidence *evidence)
{
	struct kvet_object *object = session->object;
	struct kvet_object_program *program = &evidence->program;
	struct kvet_section section;
	enum kvet_object_doubt doubt;
	const char *type = type_name(program->section);
	const int *needed;
	int helper;

	kvet_section_parse(program->section + (*program->section == '?'), &section);
	needed = kvet_bpf_program_needs((int)section.type);
	kvet_host_missing_for_bpf(needed, session->facts.missing_to_load,
				  sizeof(session->facts.missing_to_load));
	snprintf(program->type, sizeof(program->type), "%s", type ? type : "");
	doubt = kvet_object_judge(evidence, &session->facts, &helper);
	explain_privilege(session, evidence, needed);
	if (doubt == KVET_DOUBT_HELPER)
		ask_helper(session, program, (int)section.type, helper);
	if (doubt == KVET_DOUBT_TYPE)
		ask_type(session, program, &section);
	if (section.guessed && program->load == KVET_NO)
		doubt_type(program);
	kvet_target_read(&session->targets, &evidence->hint, program);
	if (!ARRAY_MORE(object->programs, object->program_count))
		return -ENOMEM;
	object->programs[object->program_count++] = *program;
	return 0;
}

static int take_map(struct session *session, struct kvet_object_map *map)
{
	struct kvet_object *object = session->object;
	int errnum = map->cause.errnum;

	if (map->verdict != KVET_YES)
		kvet_cause_fill(&map->cause, errnum, "bpf(BPF_MAP_CREATE)", "%s",
				kvet_errno_text(errnum));
	if (errnum == EPERM || errnum == ENOMEM)
		map->verdict = KVET_UNDETERMINED;
	if (!ARRAY_MORE(object->maps, object->map_count))
		return -ENOMEM;
	object->maps[object->map_count++] = *map;
	return 0;
}

/* Returns 0 at the end of what it sends, -EPIPE if it ended before, -ENOMEM. */
static int take_all(struct session *session, int in)
{
	AUTO_FREE struct kvet_object_evidence *evidence = malloc(sizeof(*evidence));
	AUTO_FREE struct kvet_object *answer = malloc(sizeof(*answer));
	enum kvet_message kind;
	int ret = evidence && answer ? 0 : -ENOMEM;

	while (!ret && read_all(in, &kind, sizeof(kind))) {
		struct kvet_object_map map;

		if (kind == KVET_MESSAGE_END)
			return 0;
		if (kind == KVET_MESSAGE_PROGRAM && read_all(in, evidence, sizeof(*evidence))) {
			ret = take_program(session, evidence);
		} else if (kind == KVET_MESSAGE_MAP && read_all(in, &map, sizeof(map))) {
			ret = take_map(session, &map);
		} else if (kind == KVET_MESSAGE_OBJECT && read_all(in, answer, sizeof(*answer))) {
			session->object->verdict = answer->verdict;
			session->object->reason = answer->reason;
			session->object->cause = answer->cause;
			return 0;
		} else {
			return -EPIPE;
		}
	}
	return ret ? ret : -EPIPE;
}

/* --- the child -------------------------------------------------------------------------------- */

static void say_death(struct session *session, int status)
{
	struct kvet_object *object = session->object;

	object->verdict = KVET_UNDETERMINED;
	object->reason = KVET_OBJECT_LIBBPF;
	if (WIFSIGNALED(status))
		kvet_cause_fill(&object->cause, 0, "libbpf",
				"the object ends the process that loads it: signal %d (%s)",
				WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		kvet_cause_fill(&object->cause, 0, "libbpf",
				"the process that loads the object ended before its end");
}

static int run_child(struct session *session, const char *path, char *bytes, size_t size,
		     struct kvet_cause *err)
{
	const char *slash = strrchr(path, '/');
	struct kvet_child child = { .label = slash ? slash + 1 : path };
	int ends[2], status = 0, ret, errnum;
	pid_t pid;

	ret = pipe2(ends, O_CLOEXEC);
	errnum = errno;
	if (ret)
		return kvet_fail(err, errnum, "pipe2", "%s", kvet_errno_text(errnum));
	pid = fork();
	errnum = errno;
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return kvet_fail(err, errnum, "fork", "%s", kvet_errno_text(errnum));
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		child.out = ends[1];
		kvet_child_run(&child, bytes, size);
	}
	close(ends[1]);
	ret = take_all(session, ends[0]);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ret == -EPIPE)
		say_death(session, status);
	return ret == -ENOMEM ? kvet_fail_memory(err) : 0;
}

/* --- the check -------------------------------------------------------------------------------- */

int kvet_object_check(struct kvet_object **out, const struct kvet_host *host, const char *path,
		      struct kvet_cause *err)
{
	static const int needed[] = { CAP_BPF, CAP_PERFMON, -1 };
	AUTO(kvet_object) *object = calloc(1, sizeof(*object));
	struct session session = { .host = host, .object = object, .targets = { .host = host } };
	AUTO_FREE char *bytes = NULL;
	size_t size = 0;
	int ret;

	if (!object)
		return kvet_fail_memory(err);
	ret = kvet_object_file_read(path, &bytes, &size, err);
	if (ret)
		return ret;
	session.facts.lockdown = kvet_host_lockdown(host);
	kvet_host_missing_for_bpf(needed, session.facts.missing, sizeof(session.facts.missing));
	if (kvet_reach_is_death(host, KVET_CALL_BPF, &object->cause)) {
		object->verdict = KVET_UNDETERMINED;
		object->reason = KVET_OBJECT_PRIVILEGE;
	} else {
		ret = run_child(&session, path, bytes, size, err);
	}
	kvet_probe_free(session.probe);
	kvet_targets_deinit(&session.targets);
	if (ret)
		return ret;
	*out = TAKE(object);
	return 0;
}

void kvet_object_free(struct kvet_object *object)
{
	if (!object)
		return;
	free(object->programs);
	free(object->maps);
	free(object);
}
