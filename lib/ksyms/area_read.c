/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/area_read.h"

struct reader {
	int iterator;
	struct ksym_area *area;
	size_t taken; /* of area->used */
	bool over;
};

int kvet_ksyms_area_create(struct ksym_area **area, const char **source)
{
	/* Not bpf_map_create(): it would first load two programs to find out about the kernel. */
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY,
				.key_size = sizeof(uint32_t),
				.value_size = sizeof(**area),
				.max_entries = 1,
				.map_flags = BPF_F_MMAPABLE,
				.map_name = "kvet_ksym" };
	AUTO_CLOSE int fd = -1;
	void *mapped;
	int errnum;

	*source = "bpf(BPF_MAP_CREATE)";
	errno = 0;
	fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	errnum = errno;
	if (fd < 0)
		return -errnum;
	*source = "mmap(BPF array)";
	mapped = mmap(NULL, sizeof(**area), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	errnum = errno;
	if (mapped == MAP_FAILED)
		return -errnum;
	*area = mapped;
	return TAKE_FD(fd);
}

void kvet_ksyms_area_free(struct ksym_area *area)
{
	if (area)
		munmap(area, sizeof(*area));
}

static ssize_t area_read(void *ctx, char *buf, size_t size)
{
	struct reader *reader = ctx;
	struct ksym_area *area = reader->area;
	size_t left = area->used - reader->taken;

	while (!left && !reader->over) {
		uint64_t full;
		ssize_t got;
		int errnum;

		area->used = reader->taken = 0;
		got = read(reader->iterator, &full, sizeof(full));
		errnum = errno;
		/* EAGAIN: a million symbols, and nothing to write among them. */
		if (got < 0 && errnum != EINTR && errnum != EAGAIN)
			return -errnum;
		reader->over = got == 0;
		left = area->used;
	}
	if (size > left)
		size = left;
	memcpy(buf, area->records + reader->taken, size);
	reader->taken += size;
	return (ssize_t)size;
}

static void area_close(void *ctx)
{
	struct reader *reader = ctx;

	close(reader->iterator);
	kvet_ksyms_area_free(reader->area);
	free(reader);
}

int kvet_ksyms_area_open(struct ksyms_bytes *bytes, int iterator, struct ksym_area *area,
			 struct kvet_error *err)
{
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader) {
		close(iterator);
		kvet_ksyms_area_free(area);
		return kvet_fail_memory(err);
	}
	*reader = (struct reader){ .iterator = iterator, .area = area };
	*bytes = (struct ksyms_bytes){ area_read, area_close, reader, NULL };
	return 0;
}
