/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the user can type, depending on where kvet runs. Pure. */
#include <assert.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "host/capability.h"

#include <kvet/refusal.h>

/* How each place writes a list of capabilities. */
static const struct style {
	bool bare; /* without CAP_ */
	const char *before, *between, *last, *after;
} styles[KVET_PLACE_COUNT] = {
	[KVET_PLACE_HOST] = { false, "", ", ", " and ", "" },
	[KVET_PLACE_CONTAINER] = { true, "--cap-add ", " --cap-add ", " --cap-add ", "" },
	[KVET_PLACE_POD] = { true, "[", ", ", ", ", "]" },
	[KVET_PLACE_UNIT] = { false, "", " ", " ", "" },
};

/* %s is the list of capabilities. */
static const char *const texts[KVET_NEED_COUNT][KVET_PLACE_COUNT] = {
	[KVET_NEED_CAPABILITIES] = {
		"run as root, or with %s",
		"run the container with %s",
		"securityContext.capabilities.add: %s",
		"AmbientCapabilities=%s",
	},
	[KVET_NEED_EFFECTIVE] = {
		"run as root, or with %s",
		"run the container with --user 0, or setcap on kvet in the image: %s",
		"securityContext.runAsUser: 0, or setcap on kvet in the image",
		"AmbientCapabilities=%s, or User=root",
	},
	[KVET_NEED_FILTER] = {
		"run kvet outside of the sandbox that set the seccomp filter",
		"run the container with --security-opt seccomp=unconfined, or a profile that "
		"allows the call",
		"securityContext.seccompProfile.type: Unconfined, or a profile that allows the "
		"call",
		"SystemCallFilter=bpf perf_event_open",
	},
	[KVET_NEED_MEMLOCK] = {
		"ulimit -l unlimited",
		"run the container with --ulimit memlock=-1",
		"LimitMEMLOCK=infinity in the unit of the node's container runtime",
		"LimitMEMLOCK=infinity",
	},
	[KVET_NEED_FILES] = {
		"ulimit -n with a larger number (beyond the hard limit: as root)",
		"--ulimit nofile= with a larger number",
		"LimitNOFILE= with a larger number, in the unit of the node's container runtime",
		"LimitNOFILE= with a larger number",
	},
	[KVET_NEED_PARANOID] = {
		"sysctl kernel.perf_event_paranoid=2, or run with CAP_SYS_ADMIN",
		"on the host: sysctl kernel.perf_event_paranoid=2; or run the container with "
		"--cap-add SYS_ADMIN",
		"on the node: sysctl kernel.perf_event_paranoid=2; or "
		"securityContext.capabilities.add: [SYS_ADMIN]",
		"sysctl kernel.perf_event_paranoid=2, or AmbientCapabilities=CAP_SYS_ADMIN",
	},
	[KVET_NEED_KPTR] = {
		"sysctl kernel.kptr_restrict=1",
		"on the host: sysctl kernel.kptr_restrict=1",
		"on the node: sysctl kernel.kptr_restrict=1",
		"sysctl kernel.kptr_restrict=1",
	},
	[KVET_NEED_POLICY] = {
		"look for a security module that refuses it: dmesg, ausearch -m avc",
		"run the container with --security-opt apparmor=unconfined, or label=disable with "
		"SELinux",
		"securityContext.appArmorProfile.type: Unconfined, or "
		"seLinuxOptions.type: spc_t",
		"AppArmorProfile= or SELinuxContext= of a profile that allows it",
	},
	[KVET_NEED_ROOT] = {
		"run as root",
		"run the container with --user 0",
		"securityContext.runAsUser: 0",
		"User=root",
	},
	[KVET_NEED_UNMASKED] = {
		"mount -t proc proc /proc",
		"run the container with --security-opt systempaths=unconfined (podman: "
		"unmask=ALL), or "
		"-v /:/host:ro and kvet --sysroot /host",
		"securityContext.procMount: Unmasked, or the host's / as a volume and "
		"kvet --sysroot",
		"ProcSubset=all, without InaccessiblePaths= on it",
	},
	[KVET_NEED_BOOT] = {
		"install the kernel's configuration as /boot/config-$(uname -r)",
		"run the container with -v /boot:/boot:ro",
		"the host's /boot as a volume, readOnly",
		"BindReadOnlyPaths=/boot",
	},
	[KVET_NEED_DEBUGFS] = {
		"mount -t debugfs none /sys/kernel/debug",
		"run the container with -v /sys/kernel/debug:/sys/kernel/debug:ro",
		"the host's /sys/kernel/debug as a volume, readOnly",
		"ProtectKernelTunables=no",
	},
	[KVET_NEED_TRACEFS_WRITE] = {
		"mount -t tracefs nodev /sys/kernel/tracing",
		"run the container with -v /sys/kernel/tracing:/sys/kernel/tracing:rw",
		"the host's /sys/kernel/tracing as a writable volume",
		"ProtectKernelTunables=no",
	},
};

static const char *list(const int *capabilities, const struct style *style, char *buf, size_t size)
{
	size_t used = (size_t)snprintf(buf, size, "%s", style->before);

	for (const int *each = capabilities; *each >= 0 && used < size; each++) {
		const char *between = each == capabilities ? ""
				      : each[1] < 0        ? style->last
							   : style->between;
		char name[32];

		kvet_capability_name(*each, name, sizeof(name));
		used += (size_t)snprintf(buf + used, size - used, "%s%s", between,
					 name + (style->bare ? strlen("CAP_") : 0));
	}
	if (used < size)
		snprintf(buf + used, size - used, "%s", style->after);
	return buf;
}

/* Engines older than Linux 5.8 do not know the names. */
static bool has_new(const int *capabilities)
{
	for (; *capabilities >= 0; capabilities++)
		if (*capabilities == CAP_BPF || *capabilities == CAP_PERFMON)
			return true;
	return false;
}

const char *kvet_remedy(enum kvet_need need, const struct kvet_place *place,
			const int *capabilities, char *buf, unsigned long size)
{
	static const int none[] = { -1 };
	const char *text = texts[need][place->kind], *gap = strstr(text, "%s");
	const int *which = capabilities ? capabilities : none;
	char names[256];

	if (!gap) {
		snprintf(buf, size, "%s", text);
		return buf;
	}
	/* --cap-add does not help here: the capability is in the bounding set already. */
	list(which,
	     &styles[need == KVET_NEED_EFFECTIVE && place->kind == KVET_PLACE_CONTAINER
			     ? KVET_PLACE_HOST
			     : place->kind],
	     names, sizeof(names));
	snprintf(buf, size, "%.*s%s%s%s", (int)(gap - text), text, names, gap + 2,
		 need == KVET_NEED_CAPABILITIES && place->kind == KVET_PLACE_CONTAINER &&
				 has_new(which)
			 ? " (--cap-add SYS_ADMIN where the engine does not know them)"
			 : "");
	return buf;
}

void kvet_remedy_add(struct kvet_cause *cause, enum kvet_need need, const struct kvet_place *place,
		     const int *capabilities)
{
	char words[sizeof(cause->remedy)];
	size_t used;

	if (!cause)
		return;
	used = strlen(cause->remedy);
	kvet_remedy(need, place, capabilities, words, sizeof(words));
	snprintf(cause->remedy + used, sizeof(cause->remedy) - used, "%s%s", used ? "; and " : "",
		 words);
}
