/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks that BPF programs see. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "clock/measure.h"
#include "clock/program.h"
#include "clock/vdso_read.h"
#include "core/cleanup.h"
#include "core/fail.h"

#include <kvet/refusal.h>

static const char map_create[] = "bpf(BPF_MAP_CREATE)";
static const char prog_load[] = "bpf(BPF_PROG_LOAD)";
static const char test_run[] = "bpf(BPF_PROG_TEST_RUN)";

/* The verifier logs every instruction. A log that does not fit turns the errno into ENOSPC;
 * pages that it does not reach are never touched. */
#define LOG_SIZE (1 << 20)

#define VALUE_SIZE (KVET_CLOCK_CHUNK * sizeof(struct kvet_clock_sample))

/* The verifier on a helper that this kernel, or this program type, does not have (kernel:
 * kernel/bpf/verifier.c, check_helper_call()). */
static const char *const absent_words[] = { "unknown func", "invalid func",
					    "program of this type cannot use helper" };

/* The types that BPF_PROG_TEST_RUN runs without anything else to set up, the one with the
 * shortest way to the program first. */
static const struct {
	enum bpf_prog_type type;
	const char *name;
	unsigned int flags;
	bool takes_packet; /* BPF_PROG_TEST_RUN wants one, of an Ethernet header at least */
} types[] = {
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, "raw_tracepoint", 0, false },
	{ BPF_PROG_TYPE_SYSCALL, "syscall", BPF_F_SLEEPABLE, false },
	{ BPF_PROG_TYPE_SOCKET_FILTER, "socket_filter", 0, true },
};

#define TYPE_COUNT (sizeof(types) / sizeof(*types))

/* A loaded program, and the samples that its runs leave. */
struct reader {
	const struct kvet_host *host;
	size_t type;
	int map_fd;
	int prog_fd;
	struct kvet_clock_sample *samples; /* KVET_CLOCK_CHUNK, mapped */
	struct kvet_clock_interval envelope;
	bool coarse; /* the helper reads MONOTONIC_COARSE */
	struct kvet_clock_interval still;
};

static void reader_deinit(const struct reader *reader)
{
	if (reader->samples)
		munmap(reader->samples, VALUE_SIZE);
	kvet_cleanup_close(&reader->prog_fd);
	kvet_cleanup_close(&reader->map_fd);
}

/* kvet_fail() for bpf(2), with what the host says about this errno. */
static int fail_bpf(const struct kvet_host *host, int errnum, const char *source,
		    const char *evidence, struct kvet_error *err)
{
	static const int needed[] = { CAP_BPF, CAP_PERFMON, -1 };

	kvet_fail(err, errnum, source, "%s", evidence);
	if (err)
		kvet_refusal_add(host, KVET_CALL_BPF, needed, &err->cause);
	return -errnum;
}

/* The line of a verifier log that says why: the last one before the statistics. */
static const char *useful_line(char *log)
{
	for (;;) {
		size_t len = strlen(log);
		char *line;

		while (len && log[len - 1] == '\n')
			log[--len] = '\0';
		line = strrchr(log, '\n');
		if (!line)
			return log;
		if (strncmp(line + 1, "processed ", strlen("processed ")))
			return line + 1;
		*line = '\0';
	}
}

static int make_map(struct reader *reader, struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *mapped;
	int errnum;

	reader->map_fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32), VALUE_SIZE, 1, &opts);
	if (reader->map_fd < 0)
		return fail_bpf(reader->host, -reader->map_fd, map_create,
				strerror(-reader->map_fd), err);
	mapped = mmap(NULL, VALUE_SIZE, PROT_READ, MAP_SHARED, reader->map_fd, 0);
	errnum = errno;
	if (mapped == MAP_FAILED)
		return kvet_fail(err, errnum, "mmap", "a BPF array: %s", strerror(errnum));
	reader->samples = mapped;
	return 0;
}

/* Loads the program as the given type. At log_level 0 libbpf asks for the log only after a
 * refusal, by loading again: the log takes longer than all else. */
static int load_as(struct reader *reader, size_t type, const struct bpf_insn *insns,
		   struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = types[type].flags);
	AUTO_FREE char *log = NULL;
	int fd;

	log = calloc(1, LOG_SIZE);
	if (!log)
		return kvet_fail_memory(err);
	opts.log_buf = log;
	opts.log_size = LOG_SIZE;
	fd = bpf_prog_load(types[type].type, NULL, "Dual BSD/GPL", insns, KVET_CLOCK_PROGRAM_LENGTH,
			   &opts);
	if (fd < 0)
		return fail_bpf(reader->host, -fd, prog_load,
				*log ? useful_line(log) : strerror(-fd), err);
	reader->type = type;
	reader->prog_fd = fd;
	return 0;
}

static bool is_absent(const struct kvet_cause *cause)
{
	for (size_t i = 0; i < sizeof(absent_words) / sizeof(*absent_words); i++)
		if (cause->errnum == EINVAL && strstr(cause->evidence, absent_words[i]))
			return true;
	return false;
}

/* A coarse clock has one value between two ticks: where user space's own showed the same
 * before and after the run, the helper had to show it too, however late the next tick was. */
static void compare_still(struct reader *reader, uint64_t before, uint64_t after)
{
	struct kvet_clock_interval *still = &reader->still;

	if (before != after)
		return;
	for (size_t i = 0; i < KVET_CLOCK_CHUNK; i++) {
		int64_t apart = (int64_t)(reader->samples[i].clock_ns - before);

		if (!still->samples || apart < still->low_ns)
			still->low_ns = apart;
		if (!still->samples || apart > still->high_ns)
			still->high_ns = apart;
		still->samples++;
	}
}

static int fill(struct reader *reader)
{
	struct bpf_test_run_opts opts = { .sz = sizeof(opts) };
	uint64_t before = 0, after = 0, coarse_before = 0, coarse_after = 0;
	static const char packet[64];
	int ret;

	if (types[reader->type].takes_packet) {
		opts.data_in = packet;
		opts.data_size_in = sizeof(packet);
	}
	kvet_clock_now(KVET_CLOCK_MONOTONIC, &before);
	if (reader->coarse)
		kvet_clock_now(KVET_CLOCK_MONOTONIC_COARSE, &coarse_before);
	ret = bpf_prog_test_run_opts(reader->prog_fd, &opts);
	if (reader->coarse)
		kvet_clock_now(KVET_CLOCK_MONOTONIC_COARSE, &coarse_after);
	kvet_clock_now(KVET_CLOCK_MONOTONIC, &after);
	if (ret)
		return ret;
	if (reader->coarse)
		compare_still(reader, coarse_before, coarse_after);
	/* User space read first and last: its MONOTONIC minus the kernel's is no less, and no
	 * more. A clock that contradicts itself leaves the envelope as it was. */
	kvet_clock_interval_narrow(
		&reader->envelope, (int64_t)(before - reader->samples[0].before_ns),
		(int64_t)(after - reader->samples[KVET_CLOCK_CHUNK - 1].after_ns));
	reader->envelope.samples++;
	return 0;
}

/* A type that loads may still not be run: 5.10 knows no test run of some. */
static int try_type(struct reader *reader, size_t type, const struct bpf_insn *insns,
		    struct kvet_error *err)
{
	int ret = load_as(reader, type, insns, err);

	if (ret)
		return ret;
	ret = fill(reader);
	if (!ret)
		return 0;
	kvet_cleanup_close(&reader->prog_fd);
	reader->prog_fd = -1;
	return fail_bpf(reader->host, -ret, test_run, strerror(-ret), err);
}

/* bpf_ktime_get_coarse_ns is for no tracing type, so that each type is asked. What
 * socket_filter, whose helpers are those of every program, does not have is not there. */
static int open_reader(struct reader *reader, int helper, bool *absent, struct kvet_error *err)
{
	struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH];
	struct kvet_error refusals[TYPE_COUNT];
	int ret = make_map(reader, err), refused = 0;

	if (ret)
		return ret;
	kvet_clock_program(helper, reader->map_fd, insns);
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		refused = try_type(reader, i, insns, &refusals[i]);
		if (!refused)
			return 0;
		if (!i)
			ret = refused;
	}
	*absent = is_absent(&refusals[TYPE_COUNT - 1].cause);
	*err = refusals[*absent ? TYPE_COUNT - 1 : 0];
	return ret;
}

static int run(void *ctx, struct kvet_clock_sample *samples, size_t count, struct kvet_error *err)
{
	struct reader *reader = ctx;
	int ret = fill(reader);

	if (ret)
		return fail_bpf(reader->host, -ret, test_run, strerror(-ret), err);
	memcpy(samples, reader->samples, count * sizeof(*samples));
	return 0;
}

/* *absent: the kernel has said that it does not have the helper. No errno can say that, for
 * bpf(2) may return any of them for another reason. */
static int measure(struct reader *reader, enum kvet_clock_id clock,
		   const struct kvet_clock_effort *effort, struct kvet_clock_measure *result,
		   bool *absent, struct kvet_error *err)
{
	const struct kvet_clock_sampler sampler = {
		.read = run, .ctx = reader, .source = test_run, .fixed = kvet_clock_is_fixed(clock)
	};
	int ret = open_reader(reader, kvet_clock_helper(clock), absent, err);

	return ret ? ret : kvet_clock_measure_from(&sampler, effort, result, err);
}

int kvet_clock_measure_bpf(const struct kvet_host *host, enum kvet_clock_id clock,
			   const struct kvet_clock_effort *effort, struct kvet_clock_source *source,
			   struct kvet_clock_interval *envelope, const char **type,
			   struct kvet_error *err)
{
	struct reader reader = { .host = host,
				 .map_fd = -1,
				 .prog_fd = -1,
				 .envelope = kvet_clock_interval_all(),
				 .coarse = clock == KVET_CLOCK_MONOTONIC_COARSE };
	struct kvet_clock_source result = { .verdict = KVET_YES };
	struct kvet_error refusal;
	bool absent = false;

	if (!effort->samples)
		return kvet_fail(err, EINVAL, test_run, "0 samples measure nothing");
	if (kvet_clock_helper(clock) < 0)
		return kvet_fail(err, EINVAL, prog_load, "BPF has no helper that reads %s",
				 kvet_clock_name(clock));
	if (kvet_reach_is_death(host, KVET_CALL_BPF, &refusal.cause)) {
		result.verdict = KVET_UNDETERMINED;
		result.cause = refusal.cause;
	} else if (measure(&reader, clock, effort, &result.measure, &absent, &refusal)) {
		result.verdict = absent ? KVET_NO : KVET_UNDETERMINED;
		result.cause = refusal.cause;
	} else {
		result.measure.still = reader.still;
		if (envelope)
			*envelope = reader.envelope;
		if (type)
			*type = types[reader.type].name;
	}
	reader_deinit(&reader);
	*source = result;
	return 0;
}
