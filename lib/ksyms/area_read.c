/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/own_load.h"
#include "core/fail.h"
#include "ksyms/area_read.h"

struct reader {
	int iterator;
	struct ksym_area *area;
	size_t taken; /* of area->used */
	bool over;
};

int kvet_ksyms_area_create(const struct kvet_host *host, struct ksym_area **area,
			   struct kvet_cause *err)
{
	void *mapped;
	int fd = kvet_bpf_own_array(host, BPF_PROG_TYPE_TRACING, "kvet_ksym", sizeof(**area),
				    PROT_READ | PROT_WRITE, &mapped, err);

	if (fd >= 0)
		*area = mapped;
	return fd;
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
		/* EAGAIN: the iterator went over a million symbols without writing anything. */
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
			 struct kvet_cause *err)
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
