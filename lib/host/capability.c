/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which capabilities this process holds in the namespace that the kernel's capable() checks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/fail.h"
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

/* Keeps a capability if the process holds it. */
static int keep(cap_t kept, cap_t held, int capability)
{
	static const cap_flag_t flags[] = { CAP_PERMITTED, CAP_EFFECTIVE };

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		cap_flag_value_t value;

		/* A capability that libcap does not know is not held either. */
		if (cap_get_flag(held, capability, flags[i], &value) || value != CAP_SET)
			continue;
		if (cap_set_flag(kept, flags[i], 1, &capability, CAP_SET))
			return -errno;
	}
	return 0;
}

int kvet_host_keep_capabilities(const int *capabilities, struct kvet_cause *err)
{
	const char *source = "cap_get_proc";
	cap_t held = cap_get_proc(), kept;
	int ret = held ? 0 : -errno;

	kept = cap_init();
	if (!ret && !kept)
		ret = -ENOMEM;
	if (!ret)
		source = "capset";
	for (; !ret && capabilities && *capabilities >= 0; capabilities++)
		ret = keep(kept, held, *capabilities);
	/* What is removed from the permitted and the inheritable set is also removed from the
	 * ambient set. */
	if (!ret && cap_set_proc(kept))
		ret = -errno;
	cap_free(held);
	cap_free(kept);
	if (ret)
		return kvet_fail(err, -ret, source, "cannot drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		ret = -errno;
		return kvet_fail(err, -ret, "prctl(PR_SET_NO_NEW_PRIVS)", "%s", strerror(-ret));
	}
	return 0;
}
