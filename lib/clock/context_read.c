/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What explains the state of the clocks. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "clock/context.h"
#include "clock/path_read.h"
#include "core/cleanup.h"
#include "host/sys_read.h"

/* Bit of ecx in leaf 1: set by every hypervisor that does not hide. Its name is in leaf
 * 0x40000000. */
#define CPUID_HYPERVISOR (1U << 31)
#define CPUID_NAME       0x40000000

/* A kernel log is rarely larger; of a larger one, the oldest part is dropped. */
#define LOG_SIZE (1 << 20)

static void name_hypervisor(const struct kvet_host *host, char *name, size_t size)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned int eax, words[4] = { 0 };

	if (__get_cpuid(1, &eax, &words[0], &words[1], &words[2]) &&
	    (words[1] & CPUID_HYPERVISOR)) {
		__cpuid(CPUID_NAME, eax, words[0], words[1], words[2]);
		words[3] = 0;
		snprintf(name, size, "%s", (const char *)words);
		for (char *c = name; *c; c++)
			if (!isprint((unsigned char)*c))
				*c = '?';
	}
#endif
	/* Where the processor does not tell, what the kernel found. */
	if (!*name &&
	    kvet_host_read(host, "/proc/device-tree/hypervisor/compatible", name, size, NULL) &&
	    kvet_host_read(host, "/sys/hypervisor/type", name, size, NULL))
		*name = '\0';
}

/* The text of /dev/kmsg: each read returns one record, or EPIPE if some were overwritten. */
static uint64_t last_resume(const struct kvet_host *host)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	size_t used = 0;

	fd = open(kvet_host_path(host, "/dev/kmsg", path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	text = malloc(LOG_SIZE);
	if (fd < 0 || !text)
		return 0;
	for (;;) {
		ssize_t got;

		if (LOG_SIZE - used < LOG_SIZE / 4) {
			memmove(text, text + used / 2, used - used / 2);
			used -= used / 2;
		}
		got = read(fd, text + used, LOG_SIZE / 4 - 1);
		if (got < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	text[used] = '\0';
	return kvet_clock_last_resume(text);
}

void kvet_clock_context_read(const struct kvet_host *host, struct kvet_clock_context *out)
{
	struct kvet_clock_context context = { .suspends = -1 };
	enum kvet_verdict vdso[KVET_CLOCK_COUNT];
	struct timex timex = { .modes = 0 };
	int state = adjtimex(&timex);
	long suspends;

	if (kvet_host_read(host, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
			   context.clocksource, sizeof(context.clocksource), NULL))
		context.clocksource[0] = '\0';
	name_hypervisor(host, context.hypervisor, sizeof(context.hypervisor));
	kvet_clock_path_read(vdso);
	context.vdso = vdso[KVET_CLOCK_MONOTONIC] == vdso[KVET_CLOCK_BOOTTIME]
			       ? vdso[KVET_CLOCK_MONOTONIC]
			       : KVET_NO;
	context.ntp_known = state >= 0;
	if (context.ntp_known)
		kvet_clock_ntp_describe(state, &timex, &context.ntp);
	if (!kvet_host_read_number(host, "/sys/power/suspend_stats/success", &suspends, NULL))
		context.suspends = suspends;
	context.last_suspend_ns = last_resume(host);
	*out = context;
}
