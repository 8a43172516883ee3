/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a running kernel has loaded besides the kernel proper: modules and BPF programs. Symbols
 * come and go with these, so two readings tell whether a table between them is still right.
 */
#ifndef KVET_KSYMS_LOADED_H
#define KVET_KSYMS_LOADED_H

#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#include "bpf/ids_read.h"
#include "core/cleanup.h"

/* A line of /proc/modules, without what changes while a module stays: its references. */
struct ksyms_loaded_module {
	char name[64]; /* MODULE_NAME_LEN is less */
	char state;    /* Live, Loading or Unloading: a module that is initialised loses symbols */
	uint64_t size;
	uint64_t address; /* 0 if the kernel hides it */
	/* Of its directory below /sys/module; 0: there is none. sysfs numbers directories as they
	 * come, so a module that was removed and loaded again has another. */
	uint64_t inode;
};

/* What could not be read has a cause. */
struct ksyms_loaded {
	struct ksyms_loaded_module *modules; /* sorted by name */
	size_t module_count;
	/* Trampolines, which are symbols too, come and go with the links that need them. */
	struct kvet_bpf_ids programs, links;
	struct kvet_cause no_modules, no_bpf; /* source is "" where it was read */
};

/* Reads it. A sysroot has no BPF programs. Touches the kernel. Errors: -ENOMEM. */
int kvet_ksyms_loaded_read(const struct kvet_host *host, struct ksyms_loaded **loaded,
			   struct kvet_cause *err);
void kvet_ksyms_loaded_free(struct ksyms_loaded *loaded);

static inline void ksyms_loaded_free(struct ksyms_loaded *loaded)
{
	kvet_ksyms_loaded_free(loaded);
}
AUTO_DEFINE(ksyms_loaded)

/* Parses one line of /proc/modules. Returns whether it is one. Pure. */
bool kvet_ksyms_loaded_parse(const char *line, struct ksyms_loaded_module *module);

/* Sorts the modules by name. Pure. */
void kvet_ksyms_loaded_sort(struct ksyms_loaded *loaded);

/* Whether something came or went between two readings; cause says what, or why that is not known.
 * Pure. */
enum kvet_verdict kvet_ksyms_loaded_differ(const struct ksyms_loaded *before,
					   const struct ksyms_loaded *after,
					   struct kvet_cause *cause);

#endif
