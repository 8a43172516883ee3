/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What several commands of one process use: the running kernel's symbol table and a probe context.
 * Alone, a command gets its own; under `kvet batch` all get the same.
 */
#ifndef CMD_SHARED_H
#define CMD_SHARED_H

#include <kvet/ksyms.h>
#include <kvet/probe.h>

#include "command.h"

struct shared {
	struct kvet_probe *probe;
	struct kvet_ksyms *symbols;
};

/* A probe context. Give it back with shared_probe_release(). Errors: those of kvet_probe_new(). */
int shared_probe(struct context *context, struct kvet_probe **probe, struct kvet_cause *err);
void shared_probe_release(struct context *context, struct kvet_probe *probe);

/*
 * The table that kvet_ksyms_open() gives for these options (NULL: none); the whole one of the
 * running kernel if it is shared. Give it back with shared_symbols_release(). Errors: those of
 * kvet_ksyms_open().
 */
int shared_symbols(struct context *context, const struct kvet_ksyms_options *options,
		   struct kvet_ksyms **table, struct kvet_cause *err);
void shared_symbols_release(struct context *context, struct kvet_ksyms *table);

/* Frees what is shared. */
void shared_free(struct shared *shared);

#endif
