/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "host/sys_read.h"
#include "ksyms/modules_read.h"

/* Opens a file that depmod(8) wrote for the running kernel; NULL: there is none. */
static FILE *open_list(const struct kvet_host *host, const char *name)
{
	char path[PATH_MAX / 2], full[PATH_MAX];
	struct utsname uts;

	if (uname(&uts))
		return NULL;
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", uts.release, name);
	return fopen(kvet_host_path(host, path, full), "re");
}

static bool same_name(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] && !(strchr("-_", a[i]) && strchr("-_", b[i]) && a[i] && b[i]))
			return false;
	return true;
}

/* Whether a line of a list starts with "folder/NAME.ko". A compression suffix, and a colon with
 * dependencies, may follow. */
static bool lists(const struct kvet_host *host, const char *list, const char *name, size_t len)
{
	AUTO_FCLOSE FILE *stream = open_list(host, list);
	AUTO_FREE char *line = NULL;
	size_t size = 0;

	while (stream && getline(&line, &size, stream) > 0) {
		const char *base;

		line[strcspn(line, ":\n")] = '\0';
		base = strrchr(line, '/');
		base = base ? base + 1 : line;
		if (strlen(base) > len && same_name(base, name, len) &&
		    !strncmp(base + len, ".ko", 3))
			return true;
	}
	return false;
}

/* A built-in module may have parameters below /sys/module, but only a loaded one has an
 * initstate file there. */
static bool is_in_sysfs(const struct kvet_host *host, const char *name, size_t len)
{
	char path[128], full[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/module/%.*s", (int)len, name);
	if (strchr(path + strlen("/sys/module/"), '/') ||
	    access(kvet_host_path(host, path, full), F_OK))
		return false;
	snprintf(path, sizeof(path), "/sys/module/%.*s/initstate", (int)len, name);
	return access(kvet_host_path(host, path, full), F_OK) != 0;
}

enum ksyms_module kvet_ksyms_module_read(const struct kvet_host *host, const char *name, size_t len)
{
	if (is_in_sysfs(host, name, len) || lists(host, "modules.builtin", name, len))
		return KSYMS_MODULE_BUILT_IN;
	return lists(host, "modules.dep", name, len) ? KSYMS_MODULE_ON_DISK : KSYMS_MODULE_UNKNOWN;
}

bool kvet_ksyms_exporter_read(const struct kvet_host *host, const char *symbol, size_t len,
			      char *module, size_t size)
{
	static const char start[] = "alias symbol:";
	AUTO_FCLOSE FILE *stream = open_list(host, "modules.symbols");
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	while (stream && getline(&line, &room, stream) > 0) {
		const char *name = line + strlen(start);

		if (strncmp(line, start, strlen(start)) != 0 || strncmp(name, symbol, len) != 0 ||
		    name[len] != ' ')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(module, size, "%s", name + len + 1);
		return true;
	}
	return false;
}
