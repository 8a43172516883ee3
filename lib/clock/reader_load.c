/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF programs that read clocks, run by BPF_PROG_TEST_RUN: no kprobe is required. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include <kvet/refusal.h>

#include "bpf/needs.h"
#include "bpf/own_load.h"
#include "clock/reader_load.h"
#include "core/cleanup.h"
#include "core/fail.h"

static const char test_run[] = "bpf(BPF_PROG_TEST_RUN)";

#define VALUE_SIZE (KVET_CLOCK_CHUNK * sizeof(struct kvet_clock_sample))

/* The verifier messages for a helper that this kernel, or this program type, does not support
 * (kernel: kernel/bpf/verifier.c, check_helper_call()). */
static const char *const absent_words[] = { "unknown func", "invalid func",
					    "program of this type cannot use helper" };

/* The types that BPF_PROG_TEST_RUN can run without further setup; the one with the shortest path to
 * the program comes first. */
static const struct {
	enum bpf_prog_type type;
	const char *name;
	unsigned int flags;
	bool takes_packet; /* BPF_PROG_TEST_RUN requires a packet, of at least an Ethernet header */
} types[] = {
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, "raw_tracepoint", 0, false },
	{ BPF_PROG_TYPE_SYSCALL, "syscall", BPF_F_SLEEPABLE, false },
	{ BPF_PROG_TYPE_SOCKET_FILTER, "socket_filter", 0, true },
};

#define TYPE_COUNT (sizeof(types) / sizeof(*types))

void kvet_clock_reader_deinit(const struct kvet_clock_reader *reader)
{
	if (reader->samples)
		munmap(reader->samples, VALUE_SIZE);
	kvet_cleanup_close(&reader->prog_fd);
	kvet_cleanup_close(&reader->map_fd);
}

const char *kvet_clock_reader_type(const struct kvet_clock_reader *reader)
{
	return types[reader->type].name;
}

static int make_map(struct kvet_clock_reader *reader, struct kvet_cause *err)
{
	void *mapped;

	reader->map_fd = kvet_bpf_own_array(reader->host, types[0].type, "kvet_clock", VALUE_SIZE,
					    PROT_READ, &mapped, err);
	if (reader->map_fd < 0)
		return reader->map_fd;
	reader->samples = mapped;
	return 0;
}

/* Loads the program as the given type. */
static int load_as(struct kvet_clock_reader *reader, size_t type, const struct bpf_insn *insns,
		   struct kvet_cause *err)
{
	const struct kvet_bpf_program program = { .type = types[type].type,
						  .flags = types[type].flags,
						  .name = "kvet_clock",
						  .insns = insns,
						  .count = KVET_CLOCK_PROGRAM_LENGTH };
	int fd = kvet_bpf_own_program(reader->host, &program, err);

	if (fd < 0)
		return fd;
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

int kvet_clock_reader_run(const struct kvet_clock_reader *reader)
{
	struct bpf_test_run_opts opts = { .sz = sizeof(opts) };
	static const char packet[64];

	if (types[reader->type].takes_packet) {
		opts.data_in = packet;
		opts.data_size_in = sizeof(packet);
	}
	return bpf_prog_test_run_opts(reader->prog_fd, &opts);
}

int kvet_clock_reader_fail(const struct kvet_clock_reader *reader, int errnum,
			   struct kvet_cause *err)
{
	return kvet_bpf_fail(reader->host, errnum, test_run, kvet_bpf_call_needs(), NULL, err);
}

/* A type that loads may still be impossible to run: 5.10 does not support a test run of some. */
static int try_type(struct kvet_clock_reader *reader, size_t type, const struct bpf_insn *insns,
		    struct kvet_cause *err)
{
	int ret = load_as(reader, type, insns, err);

	if (ret)
		return ret;
	ret = kvet_clock_reader_run(reader);
	if (!ret)
		return 0;
	kvet_cleanup_close(&reader->prog_fd);
	reader->prog_fd = -1;
	return kvet_bpf_fail(reader->host, -ret, test_run, kvet_bpf_call_needs(), NULL, err);
}

/* Tracing types are not offered bpf_ktime_get_coarse_ns, so every type is tried. A helper that even
 * socket_filter, with the helpers of every program, is refused does not exist. */
int kvet_clock_reader_open(struct kvet_clock_reader *reader, const struct kvet_host *host,
			   kvet_clock_program_writer write, int helper, bool *absent,
			   struct kvet_cause *err)
{
	struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH];
	struct kvet_cause refusals[TYPE_COUNT];
	int ret, refused = 0;

	*reader = (struct kvet_clock_reader){ .host = host, .map_fd = -1, .prog_fd = -1 };
	*absent = false;
	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	ret = make_map(reader, err);
	if (ret)
		return ret;
	write(helper, reader->map_fd, insns);
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		refused = try_type(reader, i, insns, &refusals[i]);
		if (!refused)
			return 0;
		if (!i)
			ret = refused;
	}
	*absent = is_absent(&refusals[TYPE_COUNT - 1]);
	*err = refusals[*absent ? TYPE_COUNT - 1 : 0];
	return ret;
}
