/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The host: what this machine, its kernel and this process's privileges allow.
 *
 * Nothing here answers a question; it supplies evidence for the causes of other answers.
 */
#ifndef KVET_HOST_H
#define KVET_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where /proc, /sys and /boot are read: sysroot is put before each of these paths. NULL or "" means
 * this machine. The string belongs to the caller and must outlive the host. Facts about the calling
 * process itself (capabilities, /proc/self, the files that engines leave in /) come from the
 * process whatever the sysroot is; selfroot is put before those paths, for tests.
 */
struct kvet_host {
	const char *sysroot;
	const char *selfroot;
};

/*
 * Reads a small text file (path is absolute, the sysroot is added) into buf, at most
 * size - 1 bytes, NUL-terminated, trailing white space removed.
 * Errors: of open(2) and read(2); -E2BIG if the file is larger than the buffer.
 */
int kvet_host_read(const struct kvet_host *host, const char *path, char *buf, size_t size,
		   struct kvet_cause *err);

/* Reads /proc/sys/<name>, for example "kernel/kptr_restrict", as a decimal number.
 * Errors: those of kvet_host_read(); -EINVAL if it holds no number. */
int kvet_host_sysctl(const struct kvet_host *host, const char *name, long *value,
		     struct kvet_cause *err);

/*
 * The lockdown level in force, "none", "integrity" or "confidentiality": the bracketed
 * word of /sys/kernel/security/lockdown (kernel: security/lockdown/lockdown.c). Returns
 * "unknown" where it cannot be read: where securityfs is not mounted, that takes CAP_SYS_ADMIN
 * (an instance of it is mounted nowhere, and read). A static string, never NULL.
 */
const char *kvet_host_lockdown(const struct kvet_host *host);

/* The calling process's seccomp mode, "Seccomp:" of /proc/self/status: 0 none, 1 strict,
 * 2 filter; -1 where it cannot be read. */
int kvet_host_seccomp(const struct kvet_host *host);

/*
 * Whether the calling process effectively holds a capability (CAP_… of
 * <linux/capability.h>) in the initial user namespace: what the kernel's capable() asks.
 * A capability that holds only inside a child user namespace does not count.
 */
bool kvet_host_capable(int capability);

/* Whether the calling process is in a user namespace other than the initial one. */
bool kvet_host_in_user_namespace(void);

/* Whether the kernel may use other process numbers than this process sees: it is in a PID
 * namespace, or /proc does not show that it is in none. */
bool kvet_host_in_pid_namespace(void);

/*
 * The names, separated by ", ", of the given capabilities that kvet_host_capable() denies; "" if
 * none is missing. capabilities ends with -1. Returns buf.
 */
const char *kvet_host_missing_capabilities(const int *capabilities, char *buf, size_t size);

/*
 * The same for bpf(2), where CAP_SYS_ADMIN includes CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, so that
 * with it none is missing (kernel: bpf_capable(), perfmon_capable()). Returns buf.
 */
const char *kvet_host_missing_for_bpf(const int *capabilities, char *buf, size_t size);

/*
 * Drops permanently every capability that is not given (CAP_… of <linux/capability.h>, -1 at the
 * end; NULL keeps none), and the possibility to gain one by execve(2) (PR_SET_NO_NEW_PRIVS). It
 * affects the calling thread and the threads and processes that it starts from then on. Errors: of
 * capset(2) and prctl(2); -ENOMEM.
 */
int kvet_host_keep_capabilities(const int *capabilities, struct kvet_cause *err);

/* What the running kernel's build configuration says about an option. */
enum kvet_config {
	KVET_CONFIG_UNKNOWN, /* no readable configuration */
	KVET_CONFIG_NO,      /* "# CONFIG_X is not set", or not named at all */
	KVET_CONFIG_MODULE,  /* CONFIG_X=m */
	KVET_CONFIG_YES      /* CONFIG_X=y, or any other value */
};

/*
 * Looks up option ("CONFIG_KPROBES") in /proc/config.gz, else in /boot/config-<release>. The line
 * found and the file that it is in go to evidence (may be NULL), for example "# CONFIG_KPROBES is
 * not set (/proc/config.gz)".
 */
enum kvet_config kvet_host_config(const struct kvet_host *host, const char *option, char *evidence,
				  size_t size);

/* An option, and what the configuration says about it: text is its value ("y", "m", "250"; "n" if
 * it is not set), "" if that is unknown. */
struct kvet_config_option {
	const char *name;
	enum kvet_config value;
	char text[64];
	char evidence[512];
};

/* The same for many options, whose names are filled: the files are read once. */
void kvet_host_config_many(const struct kvet_host *host, struct kvet_config_option *options,
			   size_t count);

/*
 * libbpf, which libkvet uses, writes its own warnings to stderr through one hook per process.
 * libkvet never touches that hook by itself, and every failure reaches the caller as a cause. A
 * program that also requires libbpf to be silent calls this once.
 */
void kvet_host_quiet_libbpf(void);

/* The version of libkvet, "0.1.0", and of the libbpf it runs on, "1.1". Static strings. */
const char *kvet_host_version(void);
const char *kvet_host_libbpf_version(void);

#ifdef __cplusplus
}
#endif

#endif
