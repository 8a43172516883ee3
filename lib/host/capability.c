/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which capabilities this process holds where the kernel's capable() looks for them. */
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "host/capability.h"

#include <kvet/host.h>

/* The inode number of the initial user namespace is fixed: PROC_USER_INIT_INO of
 * include/linux/proc_ns.h, visible as /proc/self/ns/user. */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDU

bool kvet_host_in_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino != INITIAL_USER_NAMESPACE;
}

/* Likewise PROC_PID_INIT_INO. */
#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU

bool kvet_host_in_pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) != 0 || st.st_ino != INITIAL_PID_NAMESPACE;
}

bool kvet_host_capable(int capability)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps)
		return false;
	/* libcap refuses numbers that its headers do not know; such a capability is not held. */
	if (cap_get_flag(caps, capability, CAP_EFFECTIVE, &value))
		value = CAP_CLEAR;
	cap_free(caps);
	return value == CAP_SET && !kvet_host_in_user_namespace();
}

void kvet_capability_sets(uint64_t *effective, uint64_t *permitted, uint64_t *bounding)
{
	cap_t caps = cap_get_proc();

	*effective = *permitted = *bounding = 0;
	for (int i = 0; i <= CAP_LAST_CAP; i++) {
		cap_flag_value_t value;

		if (caps && !cap_get_flag(caps, i, CAP_EFFECTIVE, &value) && value == CAP_SET)
			*effective |= 1ULL << i;
		if (caps && !cap_get_flag(caps, i, CAP_PERMITTED, &value) && value == CAP_SET)
			*permitted |= 1ULL << i;
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			*bounding |= 1ULL << i;
	}
	if (caps)
		cap_free(caps);
}

const char *kvet_capability_name(int capability, char *buf, size_t size)
{
	char *name = cap_to_name(capability);

	snprintf(buf, size, "%s", name ? name : "CAP_?");
	cap_free(name);
	for (char *c = buf; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return buf;
}

const char *kvet_host_missing_capabilities(const int *capabilities, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; *capabilities >= 0; capabilities++) {
		char name[32];

		if (kvet_host_capable(*capabilities))
			continue;
		kvet_capability_name(*capabilities, name, sizeof(name));
		if (used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 name);
	}
	return buf;
}

const char *kvet_host_missing_for_bpf(const int *capabilities, char *buf, size_t size)
{
	buf[0] = '\0';
	if (kvet_host_capable(CAP_SYS_ADMIN))
		return buf;
	return kvet_host_missing_capabilities(capabilities, buf, size);
}
