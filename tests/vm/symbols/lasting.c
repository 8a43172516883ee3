/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that runs long, and its symbol table: <kvet/ksyms.h> while modules and BPF programs
 * come and go.
 *
 *   lasting SOURCE STEP...
 *
 * SOURCE is text or iter. After each STEP, a command of the shell or one of
 *   load, unload    a BPF program of this process
 * the table is asked whether it is stale, and refreshed, while a thread goes on to query the old
 * one. Prints for each step: the verdict and its evidence, how many rows came and went, and whether
 * the new table is the one that is loaded whole. Status 1 if one is not.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <kvet/ksyms.h>

static const struct kvet_host host;
static struct kvet_ksyms_options options = { .has_kind = true, .lasting = true };
static _Atomic bool over;

static void fail(const struct kvet_cause *cause)
{
	char text[sizeof(*cause)];

	fprintf(stderr, "lasting: %s\n", kvet_cause_text(cause, text, sizeof(text)));
	exit(3);
}

static struct kvet_ksyms *load(void)
{
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err;

	if (kvet_ksyms_open(&table, &host, &options, &err))
		fail(&err);
	return table;
}

static void step(const char *what)
{
	const struct bpf_insn insns[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
					  { .code = BPF_JMP | BPF_EXIT } };
	static int prog = -1;

	if (!strcmp(what, "load")) {
		prog = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "lasting", "GPL", insns, 2, NULL);
		if (prog < 0)
			exit(3);
	} else if (!strcmp(what, "unload")) {
		close(prog);
		/* The kernel takes its symbol away a moment later. */
		usleep(200000);
	} else if (system(what)) {
		fprintf(stderr, "lasting: failed: %s\n", what);
		exit(3);
	}
}

/* Queries the old table until the new one is there. */
static void *query(void *opaque)
{
	const struct kvet_ksyms *table = opaque;

	while (!atomic_load(&over)) {
		struct kvet_ksyms_range rows = kvet_ksyms_by_name(table, "_text");

		if (!rows.count || strcmp(kvet_ksyms_row(table, rows.rows[0]).name, "_text") != 0)
			abort();
	}
	return NULL;
}

static size_t differences(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
			  size_t counts[KVET_KSYMS_CHANGE_COUNT])
{
	const struct kvet_ksyms_filter filter = { .prefix_symbols = true };
	struct kvet_ksyms_comparison comparison;
	struct kvet_cause err;

	memset(counts, 0, KVET_KSYMS_CHANGE_COUNT * sizeof(*counts));
	if (kvet_ksyms_diff(before, after, &filter, &comparison, &err))
		fail(&err);
	for (size_t i = 0; i < comparison.count; i++)
		counts[comparison.differences[i].change]++;
	free(comparison.differences);
	return comparison.count;
}

static struct kvet_ksyms *refresh(const struct kvet_ksyms *old)
{
	struct kvet_ksyms *fresh = NULL;
	struct kvet_cause err;
	pthread_t thread;

	atomic_store(&over, false);
	if (pthread_create(&thread, NULL, query, (void *)old))
		exit(3);
	if (kvet_ksyms_refresh(&fresh, &host, old, &err))
		fail(&err);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	return fresh;
}

/* Each row at its place, with its extent. */
static bool is_same(const struct kvet_ksyms *one, const struct kvet_ksyms *other)
{
	struct kvet_ksyms_range a = kvet_ksyms_all(one), b = kvet_ksyms_all(other);

	for (size_t i = 0; a.count == b.count && i < a.count; i++) {
		struct kvet_symbol this = kvet_ksyms_row(one, a.rows[i]),
				   that = kvet_ksyms_row(other, b.rows[i]);

		if (this.address != that.address || this.extent != that.extent ||
		    this.type != that.type || strcmp(this.name, that.name) != 0 ||
		    strcmp(this.module ? this.module : "", that.module ? that.module : "") != 0)
			return false;
	}
	return a.count == b.count;
}

int main(int argc, char **argv)
{
	struct kvet_ksyms *table;
	int status = 0;

	options.kind = argc > 1 && !strcmp(argv[1], "iter") ? KVET_KSYMS_ITERATOR : KVET_KSYMS_TEXT;
	table = load();
	for (int i = 2; i < argc; i++) {
		size_t counts[KVET_KSYMS_CHANGE_COUNT];
		struct kvet_ksyms *fresh, *whole;
		enum kvet_verdict stale;
		struct kvet_cause cause;
		bool same;

		step(argv[i]);
		stale = kvet_ksyms_stale(&host, table, &cause);
		fresh = refresh(table);
		whole = load();
		same = is_same(fresh, whole);
		status |= !same;
		differences(table, fresh, counts);
		printf("%s: stale %s (%s); added %zu, removed %zu; %s\n", argv[i],
		       kvet_verdict_name(stale), cause.evidence, counts[KVET_KSYMS_ADDED],
		       counts[KVET_KSYMS_REMOVED],
		       same ? "same as whole" : "NOT the same as whole");
		kvet_ksyms_free(whole);
		kvet_ksyms_free(table);
		table = fresh;
	}
	kvet_ksyms_free(table);
	return status;
}
