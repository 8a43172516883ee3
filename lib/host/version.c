/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The versions of libkvet and of the libbpf that it uses. */
#include <bpf/libbpf.h>

#include <kvet/host.h>

void kvet_host_quiet_libbpf(void)
{
	libbpf_set_print(NULL);
}

const char *kvet_host_version(void)
{
	return KVET_VERSION;
}

const char *kvet_host_libbpf_version(void)
{
	const char *version = libbpf_version_string();

	/* libbpf writes "v1.1"; kvet's version line has no v. */
	return version + (version[0] == 'v');
}
