/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is errno as it was, after libbpf loaded a program or created a map to answer a question?
 *
 *	cc -o errno errno.c -lbpf && sudo ./errno
 *
 * Ends with 1 if it is not, 0 if it is, 2 if nothing may be loaded here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#include <bpf/libbpf.h>

/* Without arguments, so that a program that only calls it loads. */
static int ask_helper(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_ktime_get_boot_ns, NULL);
}

static int ask_program_type(void)
{
	return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_KPROBE, NULL);
}

static int ask_map_type(void)
{
	return libbpf_probe_bpf_map_type(BPF_MAP_TYPE_ARRAY, NULL);
}

/* The errno that an answer of yes left behind, where it was 0; -1 if the answer is another one. */
static int left_behind(const char *what, int (*ask)(void))
{
	int answer, errnum;

	errno = 0;
	answer = ask();
	errnum = errno;
	printf("%-40s returned %d, errno %d (%s)\n", what, answer, errnum,
	       errnum ? strerror(errnum) : "none");
	return answer == 1 && errnum != EPERM ? errnum : -1;
}

int main(void)
{
	int map, helper, type;

	printf("libbpf %s\n", libbpf_version_string());
	/* The first question of a process is also whether the kernel charges memory to cgroups. */
	map = left_behind("map type array", ask_map_type);
	helper = left_behind("helper bpf_ktime_get_boot_ns, kprobe", ask_helper);
	type = left_behind("program type kprobe", ask_program_type);
	if (map < 0 || helper < 0 || type < 0)
		return 2;
	return map != 0 || helper != 0 || type != 0;
}
