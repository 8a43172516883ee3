/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Preloaded: writes down the id of each object of BPF that the command makes, and which descriptors
 * it has in the beginning and at its end.
 *
 * OBJECTS_LOG is the file: "prog 7", "map 8", "btf 9", "link 10" as they are made, then
 * "open 5 bpf-map" for each descriptor that is still open when the first process exits, and was not
 * when it began.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct kind {
	enum bpf_cmd command;
	const char *word;
	size_t id_at; /* in what BPF_OBJ_GET_INFO_BY_FD tells */
} kinds[] = {
	{ BPF_PROG_LOAD, "prog", 4 },   { BPF_MAP_CREATE, "map", 4 },
	{ BPF_LINK_CREATE, "link", 4 }, { BPF_RAW_TRACEPOINT_OPEN, "link", 4 },
	{ BPF_BTF_LOAD, "btf", 12 },
};

static long (*next)(long number, ...);
static bool was_open[1024];
static pid_t first;

static void note(const char *word, int number, const char *what)
{
	const char *path = getenv("OBJECTS_LOG");
	char line[320];
	int len = snprintf(line, sizeof(line), "%s %d%s%s\n", word, number, *what ? " " : "", what);
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	if (write(fd, line, (size_t)len) != len)
		abort();
	close(fd);
}

static void note_object(enum bpf_cmd command, int fd)
{
	unsigned char info[512] = { 0 };
	union bpf_attr attr = { .info = { .bpf_fd = (__u32)fd,
					  .info_len = sizeof(info),
					  .info = (uint64_t)(uintptr_t)info } };
	uint32_t id;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].command != command)
			continue;
		/* Who may make one may also ask of it; else nobody could say that it is gone. */
		if (next(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr.info)))
			abort();
		memcpy(&id, info + kinds[i].id_at, sizeof(id));
		note(kinds[i].word, (int)id, "");
	}
}

long syscall(long number, ...)
{
	long a[6], ret;
	va_list list;
	int errnum;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (!next)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	ret = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	errnum = errno;
	if (number == SYS_bpf && ret >= 0)
		note_object((enum bpf_cmd)a[0], (int)ret);
	errno = errnum;
	return ret;
}

__attribute__((constructor)) static void begin(void)
{
	first = getpid();
	for (int fd = 0; fd < 1024; fd++)
		was_open[fd] = fcntl(fd, F_GETFD) >= 0;
}

__attribute__((destructor)) static void end(void)
{
	char path[64], what[256];

	if (getpid() != first)
		return;
	for (int fd = 0; fd < 1024; fd++) {
		ssize_t len;

		if (was_open[fd] || fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, what, sizeof(what) - 1);
		what[len < 0 ? 0 : len] = '\0';
		note("open", fd, what);
	}
}
