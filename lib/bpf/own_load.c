/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include <kvet/refusal.h>

#include "bpf/late.h"
#include "bpf/needs.h"
#include "bpf/own_load.h"
#include "bpf/verifier_log.h"
#include "core/cleanup.h"
#include "core/fail.h"

/* The verifier logs every instruction. A log that does not fit turns the errno into ENOSPC;
 * pages that it does not reach are never touched. */
#define LOG_SIZE (1 << 20)

int kvet_bpf_fail(const struct kvet_host *host, int errnum, const char *call, const int *needed,
		  const char *log, struct kvet_cause *err)
{
	char words[sizeof(err->evidence)] = "";
	int ret;

	if (log)
		kvet_verifier_log_words(log, words, sizeof(words));
	ret = kvet_fail(err, errnum, call, "%s", *words ? words : kvet_errno_text(errnum));
	/* A verifier message already says why. */
	if (err && !*words)
		kvet_refusal_add(host, KVET_CALL_BPF, needed, err);
	return ret;
}

/* RLIMIT_MEMLOCK is raised only for the one call. */
static int load(const struct kvet_bpf_program *program, char *log)
{
	struct kvet_loader loader;
	int fd;

	kvet_loader_init(&loader, false);
	fd = kvet_loader_program(&loader, program, log, LOG_SIZE);
	kvet_loader_deinit(&loader);
	return fd;
}

int kvet_bpf_own_program(const struct kvet_host *host, const struct kvet_bpf_program *program,
			 struct kvet_cause *err)
{
	AUTO_FREE char *log = NULL;
	int fd = load(program, NULL);

	if (fd >= 0)
		return fd;
	log = fd == -EPERM || !err ? NULL : calloc(1, LOG_SIZE);
	if (log) {
		int again = load(program, log);

		/* The failure was temporary. */
		if (again >= 0)
			return again;
		log[LOG_SIZE - 1] = '\0';
	}
	return kvet_bpf_fail(host, -fd, "bpf(BPF_PROG_LOAD)",
			     kvet_bpf_program_needs((int)program->type), log, err);
}

int kvet_bpf_own_map(const struct kvet_host *host, const struct kvet_bpf_map *map,
		     struct kvet_cause *err)
{
	union bpf_attr attr = { .map_type = map->type,
				.key_size = map->key_size,
				.value_size = map->value_size,
				.max_entries = map->entries,
				.map_flags = map->flags };
	const int *needed = map->needed ? map->needed : kvet_bpf_map_needs((int)map->type);
	struct kvet_loader loader;
	int fd;

	strncpy(attr.map_name, map->name, sizeof(attr.map_name) - 1);
	kvet_loader_init(&loader, false);
	fd = kvet_loader_call(&loader, BPF_MAP_CREATE, &attr,
			      offsetof(union bpf_attr, map_name) + sizeof(attr.map_name));
	kvet_loader_deinit(&loader);
	return fd < 0 ? kvet_bpf_fail(host, -fd, "bpf(BPF_MAP_CREATE)", needed, NULL, err) : fd;
}

int kvet_bpf_own_array(const struct kvet_host *host, int type, const char *name, size_t size,
		       int prot, void **mapped, struct kvet_cause *err)
{
	const struct kvet_bpf_map map = { .type = BPF_MAP_TYPE_ARRAY,
					  .name = name,
					  .key_size = sizeof(uint32_t),
					  .value_size = (uint32_t)size,
					  .entries = 1,
					  .flags = BPF_F_MMAPABLE,
					  .needed = kvet_bpf_program_needs(type) };
	AUTO_CLOSE int fd = kvet_bpf_own_map(host, &map, err);
	void *at;
	int errnum;

	if (fd < 0)
		return fd;
	at = mmap(NULL, size, prot, MAP_SHARED, fd, 0);
	errnum = errno;
	if (at == MAP_FAILED)
		return kvet_fail(err, errnum, "mmap", "a BPF array: %s", strerror(errnum));
	*mapped = at;
	return TAKE_FD(fd);
}

int kvet_bpf_own_iterator(const struct kvet_host *host, int prog, union bpf_iter_link_info *over,
			  struct kvet_cause *err)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = over,
		    .iter_info_len = over ? sizeof(*over) : 0);
	AUTO_CLOSE int link = -1;
	int fd;

	link = bpf_link_create(prog, 0, BPF_TRACE_ITER, &opts);
	if (link < 0)
		return kvet_bpf_fail(host, -link, "bpf(BPF_LINK_CREATE)", kvet_bpf_call_needs(),
				     NULL, err);
	fd = bpf_iter_create(link);
	return fd < 0 ? kvet_bpf_fail(host, -fd, "bpf(BPF_ITER_CREATE)", kvet_bpf_call_needs(),
				      NULL, err)
		      : fd;
}
