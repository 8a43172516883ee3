/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a process cannot show from outside: how long a table takes to load, what it takes of
 * memory, and lookups without the loading.
 *
 *   ksyms load SOURCE           milliseconds, bytes a symbol
 *   ksyms addresses SOURCE      nanoseconds an address, of 100,000
 *   ksyms threads SOURCE        lookups a second by 1, 2, 4, 8 threads
 *   ksyms refresh SOURCE        milliseconds to load, to tell whether it is stale, to refresh
 *   ksyms floor                 what the kernel's own walk takes, whoever asks
 *
 * SOURCE is text, iter or a file.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <kvet/ksyms.h>

#define ADDRESSES    100000
#define THREADS_MOST 8
#define ROUNDS       200
#define QUERIES      1000
#define RUNS         15

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static long resident_kb(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	long kb = 0;

	while (status && fgets(line, sizeof(line), status))
		sscanf(line, "VmHWM: %ld", &kb);
	if (status)
		fclose(status);
	return kb;
}

static struct kvet_ksyms *load(const char *source)
{
	static const struct kvet_host host;
	struct kvet_ksyms_options options = { 0 };
	struct kvet_cause err = { 0 };
	struct kvet_ksyms *table = NULL;

	options.has_kind = !strcmp(source, "text") || !strcmp(source, "iter");
	options.kind = strcmp(source, "iter") ? KVET_KSYMS_TEXT : KVET_KSYMS_ITERATOR;
	options.path = options.has_kind ? NULL : source;
	if (kvet_ksyms_open(&table, &host, &options, &err)) {
		fprintf(stderr, "%s: %s\n", err.source, err.evidence);
		exit(3);
	}
	return table;
}

static uint64_t *addresses_of(const struct kvet_ksyms *table)
{
	uint64_t *addresses = malloc(ADDRESSES * sizeof(*addresses));
	uint64_t seed = 1;

	for (size_t i = 0; i < ADDRESSES && addresses; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		addresses[i] =
			kvet_ksyms_row(table, (uint32_t)((seed >> 33) % kvet_ksyms_count(table)))
				.address +
			(seed >> 20) % 16;
	}
	return addresses;
}

static size_t look_up(const struct kvet_ksyms *table, uint64_t address)
{
	struct kvet_ksyms_range range = kvet_ksyms_containing(table, address);
	size_t used = 0;

	for (size_t i = 0; i < range.count; i++)
		used += kvet_ksyms_row(table, range.rows[i]).extent;
	return used;
}

static void bench_load(const char *source)
{
	long before = resident_kb();
	double start = now_ns();
	struct kvet_ksyms *table = load(source);
	double taken = now_ns() - start;
	long kb = resident_kb() - before;

	printf("%zu symbols: %.1f ms, %.0f ns a symbol, peak %.1f bytes a symbol\n",
	       kvet_ksyms_count(table), taken / 1e6, taken / (double)kvet_ksyms_count(table),
	       (double)kb * 1024 / (double)kvet_ksyms_count(table));
	kvet_ksyms_free(table);
}

/* The least of some runs, so that a busy machine does not count. */
static void bench_refresh(const char *source)
{
	static const struct kvet_host host;
	const struct kvet_ksyms_options options = {
		.has_kind = true,
		.kind = strcmp(source, "iter") ? KVET_KSYMS_TEXT : KVET_KSYMS_ITERATOR,
		.lasting = true,
	};
	double least[3] = { 1e12, 1e12, 1e12 };

	for (int run = 0; run < RUNS; run++) {
		struct kvet_ksyms *table = NULL, *fresh = NULL;
		struct kvet_cause err;
		double times[4];
		int ret;

		times[0] = now_ns();
		ret = kvet_ksyms_open(&table, &host, &options, &err);
		times[1] = now_ns();
		if (!ret)
			kvet_ksyms_stale(&host, table, NULL);
		times[2] = now_ns();
		if (!ret)
			ret = kvet_ksyms_refresh(&fresh, &host, table, &err);
		times[3] = now_ns();
		if (ret) {
			fprintf(stderr, "%s: %s\n", err.source, err.evidence);
			exit(3);
		}
		for (int i = 0; i < 3; i++)
			if (times[i + 1] - times[i] < least[i])
				least[i] = times[i + 1] - times[i];
		kvet_ksyms_free(fresh);
		kvet_ksyms_free(table);
	}
	printf("loaded in %.1f ms, stale or not in %.3f ms, refreshed in %.1f ms\n", least[0] / 1e6,
	       least[1] / 1e6, least[2] / 1e6);
}

static void bench_addresses(const char *source)
{
	struct kvet_ksyms *table = load(source);
	uint64_t *addresses = addresses_of(table);
	double start = now_ns();
	size_t used = 0;

	for (size_t i = 0; i < ADDRESSES; i++)
		used += look_up(table, addresses[i]);
	printf("%.0f ns an address (%zu)\n", (now_ns() - start) / ADDRESSES, used % 10);
	free(addresses);
	kvet_ksyms_free(table);
}

struct part {
	const struct kvet_ksyms *table;
	const uint64_t *addresses;
	size_t used;
};

static void *work(void *opaque)
{
	struct part *part = opaque;

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < QUERIES; i++) {
			uint64_t address = part->addresses[(i * 61 + (size_t)round) % ADDRESSES];
			struct kvet_ksyms_range range = kvet_ksyms_containing(part->table, address);

			if (range.count)
				part->used +=
					kvet_ksyms_by_name(
						part->table,
						kvet_ksyms_row(part->table, range.rows[0]).name)
						.count;
		}
	return NULL;
}

static void bench_threads(const char *source)
{
	struct kvet_ksyms *table = load(source);
	uint64_t *addresses = addresses_of(table);

	for (int count = 1; count <= THREADS_MOST; count *= 2) {
		struct part parts[THREADS_MOST] = { 0 };
		pthread_t threads[THREADS_MOST];
		double start = now_ns();

		for (int t = 0; t < count; t++) {
			parts[t] = (struct part){ .table = table, .addresses = addresses };
			pthread_create(&threads[t], NULL, work, &parts[t]);
		}
		for (int t = 0; t < count; t++)
			pthread_join(threads[t], NULL);
		printf("%d threads: %.1f million queries a second\n", count,
		       count * (double)ROUNDS * QUERIES / (now_ns() - start) * 1e3);
	}
	free(addresses);
	kvet_ksyms_free(table);
}

/* The shortest of so many times to read a descriptor to its end, which open_it() opens. */
static double shortest_read(int (*open_it)(void))
{
	static char buf[64 << 10];
	double least = 1e18;

	for (int i = 0; i < 15; i++) {
		int fd = open_it();
		double start = now_ns();

		while (read(fd, buf, sizeof(buf)) > 0)
			;
		if (now_ns() - start < least)
			least = now_ns() - start;
		close(fd);
	}
	return least;
}

static int open_text(void)
{
	return open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
}

/* An iterator whose program does nothing, and is of the kind that is entered fastest. */
static int open_nothing(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int id = libbpf_find_vmlinux_btf_id("ksym", BPF_TRACE_ITER), prog, link, fd;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER,
		    .attach_btf_id = id > 0 ? (uint32_t)id : 0, .prog_flags = BPF_F_SLEEPABLE);

	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "GPL", insns, 2, &opts);
	link = bpf_link_create(prog, 0, BPF_TRACE_ITER, NULL);
	fd = bpf_iter_create(link);
	close(link);
	close(prog);
	return fd;
}

static void bench_floor(void)
{
	double text = shortest_read(open_text);
	int fd = open_nothing();

	if (fd < 0) {
		puts("no iterator here");
		return;
	}
	close(fd);
	printf("an iterator whose program does nothing: %.2f x reading /proc/kallsyms\n",
	       shortest_read(open_nothing) / text);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "load"))
		bench_load(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "addresses"))
		bench_addresses(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "refresh"))
		bench_refresh(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "threads"))
		bench_threads(argv[2]);
	else if (argc == 2 && !strcmp(argv[1], "floor"))
		bench_floor();
	else
		return 2;
	return 0;
}
