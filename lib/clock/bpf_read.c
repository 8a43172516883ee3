/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks that BPF programs see. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <linux/capability.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "clock_sample.h" /* first: the skeleton names its struct */
#include "bpf/clock.skel.h"
#include "clock/measure.h"
#include "core/cleanup.h"
#include "core/fail.h"

static_assert(KVET_CLOCK_CHUNK <= CLOCK_SAMPLES_MAX, "one run fills any chunk");

static const char map_create[] = "bpf(BPF_MAP_CREATE)";
static const char prog_load[] = "bpf(BPF_PROG_LOAD)";
static const char test_run[] = "bpf(BPF_PROG_TEST_RUN)";

/* The verifier logs each instruction of each turn of the loop. A log that does not fit turns
 * the errno into ENOSPC; pages that it does not reach are never touched. */
#define LOG_SIZE (4 << 20)

static void clock_bpf_free(struct clock_bpf *skel)
{
	clock_bpf__destroy(skel);
}
AUTO_DEFINE(clock_bpf)

/* kvet_fail() for bpf(2), with what the host says about this errno. */
static int fail_bpf(const struct kvet_host *host, int errnum, const char *source,
		    const char *evidence, struct kvet_error *err)
{
	static const int needed[] = { CAP_BPF, CAP_PERFMON, -1 };
	char config[256];

	kvet_fail(err, errnum, source, "%s", evidence);
	if (!err)
		return -errnum;
	if (errnum == EPERM)
		kvet_host_explain_bpf_eperm(host, needed, &err->cause);
	if (errnum == ENOSYS &&
	    kvet_host_config(host, "CONFIG_BPF_SYSCALL", config, sizeof(config)) == KVET_CONFIG_NO)
		kvet_cause_add(&err->cause, "%s", config);
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

/*
 * The map of the program's variables, made once by ourselves and dropped: libbpf makes it
 * within its load step, whose errno does not say which command it came from.
 */
static int try_map(const struct kvet_host *host, const struct clock_bpf *skel,
		   struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	AUTO_CLOSE int fd = -1;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32),
			    bpf_map__value_size(skel->maps.bss), 1, &opts);
	return fd < 0 ? fail_bpf(host, -fd, map_create, strerror(-fd), err) : 0;
}

static int load(const struct kvet_host *host, struct clock_bpf **out, struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	AUTO(clock_bpf) *skel = NULL;
	AUTO_FREE char *log = NULL;
	int errnum, ret;

	log = calloc(1, LOG_SIZE);
	if (!log)
		return kvet_fail_memory(err);
	opts.kernel_log_buf = log;
	opts.kernel_log_size = LOG_SIZE;
	errno = 0;
	skel = clock_bpf__open_opts(&opts);
	errnum = errno;
	if (!skel)
		return kvet_fail(err, errnum, "bpf_object__open", "%s", strerror(errnum));
	ret = try_map(host, skel, err);
	if (ret)
		return ret;
	ret = clock_bpf__load(skel);
	if (ret)
		return fail_bpf(host, -ret, prog_load, *log ? useful_line(log) : strerror(-ret),
				err);
	*out = TAKE(skel);
	return 0;
}

struct bpf_ctx {
	const struct kvet_host *host;
	struct clock_bpf *skel;
};

static int run(void *ctx, struct kvet_clock_sample *samples, size_t count, struct kvet_error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct bpf_ctx *bpf = ctx;
	int fd = bpf_program__fd(bpf->skel->progs.clock_measure);
	int ret;

	bpf->skel->bss->wanted = (__u32)count;
	bpf->skel->bss->taken = 0;
	ret = bpf_prog_test_run_opts(fd, &opts);
	if (ret)
		return fail_bpf(bpf->host, -ret, test_run, strerror(-ret), err);
	if (bpf->skel->bss->taken != count)
		return kvet_fail(err, EIO, test_run, "the program took %u of %zu samples",
				 bpf->skel->bss->taken, count);
	for (size_t i = 0; i < count; i++) {
		const struct clock_sample *from = &bpf->skel->bss->samples[i];

		samples[i].mono_before_ns = from->mono_before_ns;
		samples[i].boot_ns = from->boot_ns;
		samples[i].mono_after_ns = from->mono_after_ns;
	}
	return 0;
}

int kvet_clock_measure_bpf(const struct kvet_host *host, uint64_t samples,
			   struct kvet_clock_measure *measure, struct kvet_error *err)
{
	AUTO(clock_bpf) *skel = NULL;
	struct bpf_ctx ctx = { .host = host };
	const struct kvet_clock_sampler sampler = { .read = run, .ctx = &ctx, .source = test_run };
	int ret;

	/* Wrong use is wrong use for those too who may not load the program. */
	if (!samples)
		return kvet_fail(err, EINVAL, test_run, "0 samples measure nothing");
	ret = load(host, &skel, err);
	if (ret)
		return ret;
	ctx.skel = skel;
	return kvet_clock_measure_from(&sampler, samples, measure, err);
}
