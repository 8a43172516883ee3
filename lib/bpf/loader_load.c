/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(2), setrlimit(2). */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/fail.h"
#include "bpf/loader_load.h"

/* The verifier gives up with EAGAIN as soon as a signal is pending. */
#define TRIES 5

#define SIZE_TO(member) (offsetof(union bpf_attr, member) + sizeof(((union bpf_attr *)0)->member))

void kvet_loader_init(struct kvet_loader *loader, bool callable)
{
	memset(loader, 0, sizeof(*loader));
	pthread_mutex_init(&loader->lock, NULL);
	if (callable)
		kvet_token_open(&loader->token);
}

void kvet_loader_deinit(struct kvet_loader *loader)
{
	if (loader->raised)
		setrlimit(RLIMIT_MEMLOCK, &loader->before);
	kvet_token_close(&loader->token);
	pthread_mutex_destroy(&loader->lock);
}

/* Raises the limit as far as the process may. Returns whether it is higher than at the start. */
static bool raise_limit(struct kvet_loader *loader)
{
	struct rlimit raised = { RLIM_INFINITY, RLIM_INFINITY };
	bool is_raised;

	pthread_mutex_lock(&loader->lock);
	if (!loader->raised && !getrlimit(RLIMIT_MEMLOCK, &loader->before) &&
	    loader->before.rlim_cur != RLIM_INFINITY) {
		loader->raised = !setrlimit(RLIMIT_MEMLOCK, &raised);
		raised = (struct rlimit){ loader->before.rlim_max, loader->before.rlim_max };
		if (!loader->raised && loader->before.rlim_cur < loader->before.rlim_max)
			loader->raised = !setrlimit(RLIMIT_MEMLOCK, &raised);
	}
	is_raised = loader->raised;
	pthread_mutex_unlock(&loader->lock);
	return is_raised;
}

static int call_once(const struct kvet_loader *loader, int command, const void *attr, size_t size)
{
	char own[KVET_ATTR_SIZE] = { 0 };
	int ret, errnum;

	memcpy(own, attr, size);
	size = kvet_token_name(&loader->token, command, own, size);
	errno = 0;
	ret = (int)syscall(__NR_bpf, command, own, size);
	errnum = errno;
	return ret < 0 ? -errnum : ret;
}

/* The verifier's log of a load, NULL if it is not asked for. */
static char *log_of(int command, const union bpf_attr *attr)
{
	return command == BPF_PROG_LOAD ? (char *)(uintptr_t)attr->log_buf : NULL;
}

/* Calls until no signal interrupts the verifier. A log that was begun is removed. */
static int call_to_the_end(const struct kvet_loader *loader, int command, const void *attr,
			   size_t size)
{
	int ret = call_once(loader, command, attr, size);

	for (int i = 1; i < TRIES && ret == -EAGAIN; i++) {
		if (log_of(command, attr))
			memset(log_of(command, attr), 0, ((const union bpf_attr *)attr)->log_size);
		ret = call_once(loader, command, attr, size);
	}
	return ret;
}

int kvet_loader_call(struct kvet_loader *loader, int command, const void *attr, size_t size)
{
	int ret = call_to_the_end(loader, command, attr, size);
	const char *log = log_of(command, attr);

	/* EPERM with a message comes from the verifier, which charges no memory. */
	if (ret == -EPERM && !(log && *log) && raise_limit(loader))
		ret = call_to_the_end(loader, command, attr, size);
	return ret;
}

/* How many bytes of the attributes are used: a kernel refuses those that it does not know. */
static size_t used_of(const struct kvet_bpf_program *program)
{
	if (program->modules)
		return SIZE_TO(fd_array);
	if (program->btf_id || program->replaces_fd)
		return SIZE_TO(attach_prog_fd);
	return program->btf_fd ? SIZE_TO(func_info_cnt) : SIZE_TO(expected_attach_type);
}

int kvet_loader_program(struct kvet_loader *loader, const struct kvet_bpf_program *program,
			char *log, size_t size)
{
	const struct bpf_func_info funcs[] = {
		{ .insn_off = 0, .type_id = program->func },
		{ .insn_off = program->other_at, .type_id = program->other_func },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = program->type;
	attr.expected_attach_type = program->attach;
	attr.prog_flags = program->flags;
	attr.kern_version = program->version;
	attr.insns = (uintptr_t)program->insns;
	attr.insn_cnt = (uint32_t)program->count;
	attr.license = (uintptr_t) "Dual BSD/GPL"; /* GPL-compatible to the kernel */
	attr.attach_btf_id = program->btf_id;
	attr.attach_prog_fd = program->replaces_fd;
	attr.fd_array = (uintptr_t)program->modules;
	if (program->name)
		strncpy(attr.prog_name, program->name, sizeof(attr.prog_name) - 1);
	if (program->btf_fd) {
		attr.prog_btf_fd = program->btf_fd;
		attr.func_info_rec_size = sizeof(*funcs);
		attr.func_info = (uintptr_t)funcs;
		attr.func_info_cnt = program->other_func ? 2 : 1;
	}
	if (log) {
		attr.log_level = program->log_level ? program->log_level : 1;
		attr.log_buf = (uintptr_t)log;
		attr.log_size = (uint32_t)size;
	}
	return kvet_loader_call(loader, BPF_PROG_LOAD, &attr, used_of(program));
}

int kvet_loader_btf(struct kvet_loader *loader, struct btf *btf, struct kvet_cause *err)
{
	union bpf_attr attr;
	const void *raw;
	uint32_t size;
	int fd;

	raw = btf ? btf__raw_data(btf, &size) : NULL;
	if (!raw) {
		btf__free(btf);
		return kvet_fail_memory(err);
	}
	memset(&attr, 0, sizeof(attr));
	attr.btf = (uintptr_t)raw;
	attr.btf_size = size;
	fd = kvet_loader_call(loader, BPF_BTF_LOAD, &attr,
			      offsetof(union bpf_attr, btf_log_level) + sizeof(attr.btf_log_level));
	btf__free(btf);
	return fd >= 0 ? fd : kvet_fail(err, -fd, "bpf(BPF_BTF_LOAD)", "%s", kvet_errno_text(-fd));
}
