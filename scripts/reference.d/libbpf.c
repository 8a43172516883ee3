// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the libbpf that this is run with says of each helper and program type: one line each, with
 * type, helper, libbpf's return, and the errno that it leaves. Calls of before libbpf 1.0 are not used.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>

/* The last that Linux will have: new functions for programs are kfuncs. */
#define HELPERS 211

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int main(void)
{
	libbpf_set_print(silent);
	printf("%s\n", libbpf_version_string());
	for (int type = 1; libbpf_bpf_prog_type_str(type); type++) {
		for (int helper = 1; helper <= HELPERS; helper++) {
			errno = 0;
			int said = libbpf_probe_bpf_helper(type, helper, NULL);
			int left = errno;
			printf("%s\t%d\t%d\t%d\n", libbpf_bpf_prog_type_str(type), helper, said, left);
		}
	}
	return 0;
}
