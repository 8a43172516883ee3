/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What else of BPF a tracer relies on: map types and their flags, and features of the verifier, of
 * bpf(2) and of BTF. Each is tried; nothing stays.
 *
 * Helpers and program types are in <kvet/probe.h>.
 */
#ifndef KVET_FEATURE_H
#define KVET_FEATURE_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/probe.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kvet_feature_kind {
	KVET_FEATURE_MAP,     /* "hash", and "hash:no_prealloc" for a type with a flag */
	KVET_FEATURE_PROGRAM, /* "tracing", and "fentry" for one of its variants */
	/* "bounded_loops", "link_perf_event"; after them settings: build options and sysctls,
	 * "CONFIG_BPF_JIT", "bpf_jit_enable". */
	KVET_FEATURE_OTHER,
	KVET_FEATURE_KIND_COUNT
};

/*
 * The verdict on one question: yes is supported, no is unsupported. reason is a short phrase,
 * static. errnum is that of the call that decided, 0 if it succeeded; log is what the verifier
 * wrote. cause is filled for no and undetermined, and all zero for yes.
 */
struct kvet_feature_answer {
	enum kvet_verdict verdict;
	const char *reason;
	int errnum;
	char value[64]; /* of a setting; "" if it has none */
	char log[1024];
	struct kvet_cause cause;
	struct kvet_probe_attach attach; /* of a program that loads */
};

/* What questions share: the memory limit, a BPF token, the kernel's BTF. Not for several threads at
 * once. */
struct kvet_features;

/*
 * Creates a context. probe answers what is about program types and the kernel's BTF; it stays the
 * caller's and must outlive the context. host may be NULL: this machine. Free with
 * kvet_features_free(). Errors: -ENOMEM.
 */
int kvet_features_new(struct kvet_features **features, const struct kvet_host *host,
		      struct kvet_probe *probe, struct kvet_cause *err);
void kvet_features_free(struct kvet_features *features);

/* How many questions of a kind there are: those of this build, and the types that only the running
 * kernel's BTF names. */
size_t kvet_features_count(struct kvet_features *features, enum kvet_feature_kind kind);

/* The name of a question, by its index: a map type as libbpf names it. The string lives as long as
 * the context. */
const char *kvet_features_name(struct kvet_features *features, enum kvet_feature_kind kind,
			       size_t index);

/* Whether it is a setting: what the kernel was built with, or a sysctl. Yes is: set to anything but
 * n; or there is such a sysctl. */
bool kvet_features_is_setting(enum kvet_feature_kind kind, size_t index);

/* The type that it belongs to: of "fentry" that is "tracing", of "hash:no_prealloc" it is "hash";
 * NULL for what is no type. */
const char *kvet_features_type(struct kvet_features *features, enum kvet_feature_kind kind,
			       size_t index);

/* The number of that type in the kernel's enumeration (enum bpf_map_type, enum bpf_prog_type), or
 * -1. */
int kvet_features_id(struct kvet_features *features, enum kvet_feature_kind kind, size_t index);

/*
 * Asks the running kernel. A refusal is an answer, not an error: no if it is one of the thing that
 * is asked about, and undetermined if this process may not ask. Errors: -ENOMEM; -EINTR if a signal
 * interrupted a load.
 */
int kvet_features_ask(struct kvet_features *features, enum kvet_feature_kind kind, size_t index,
		      struct kvet_feature_answer *answer, struct kvet_cause *err);

#ifdef __cplusplus
}
#endif

#endif
