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

bool kvet_loader_raise(struct kvet_loader *loader)
{
	struct rlimit raised = { RLIM_INFINITY, RLIM_INFINITY };

	pthread_mutex_lock(&loader->lock);
	if (!loader->raised && !getrlimit(RLIMIT_MEMLOCK, &loader->before) &&
	    loader->before.rlim_cur != RLIM_INFINITY) {
		loader->raised = !setrlimit(RLIMIT_MEMLOCK, &raised);
		raised = (struct rlimit){ loader->before.rlim_max, loader->before.rlim_max };
		if (!loader->raised && loader->before.rlim_cur < loader->before.rlim_max)
			loader->raised = !setrlimit(RLIMIT_MEMLOCK, &raised);
	}
	pthread_mutex_unlock(&loader->lock);
	return loader->raised;
}

int kvet_loader_try(const struct kvet_loader *loader, int command, const void *attr, size_t size)
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

int kvet_loader_call(struct kvet_loader *loader, int command, const void *attr, size_t size)
{
	int ret = kvet_loader_try(loader, command, attr, size);

	if (ret == -EPERM && kvet_loader_raise(loader))
		ret = kvet_loader_try(loader, command, attr, size);
	return ret;
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
	return fd >= 0 ? fd : kvet_fail(err, -fd, "bpf(BPF_BTF_LOAD)", "%s", strerror(-fd));
}
