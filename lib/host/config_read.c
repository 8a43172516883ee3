/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The running kernel's build configuration, from the kernel or the distribution. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "core/cleanup.h"
#include "host/sys_read.h"

/* A line of a kernel configuration is short, but CONFIG_CMDLINE and the like may not be. */
#define LINE_SIZE 8192

static enum kvet_config value_of(const char *text)
{
	if (!strcmp(text, "m"))
		return KVET_CONFIG_MODULE;
	return strcmp(text, "n") ? KVET_CONFIG_YES : KVET_CONFIG_NO;
}

/* Looks through one file, which gzopen reads whether it is compressed or not. */
static enum kvet_config search(gzFile file, const char *path, const char *option, char *evidence,
			       size_t size)
{
	size_t len = strlen(option);
	char line[LINE_SIZE], unset[128];
	bool empty = true;
	int zerror;

	snprintf(unset, sizeof(unset), "# %s is not set", option);
	while (gzgets(file, line, sizeof(line))) {
		line[strcspn(line, "\n")] = '\0';
		empty = false;
		if (!strncmp(line, option, len) && line[len] == '=') {
			snprintf(evidence, size, "%s (%s)", line, path);
			return value_of(line + len + 1);
		}
		if (!strcmp(line, unset)) {
			snprintf(evidence, size, "%s (%s)", line, path);
			return KVET_CONFIG_NO;
		}
	}
	/* A truncated file ends here, too, but then zlib reports an error. */
	gzerror(file, &zerror);
	if (zerror != Z_OK || !gzeof(file) || empty)
		return KVET_CONFIG_UNKNOWN;
	/* An option whose dependencies are not met is not in the file at all. */
	snprintf(evidence, size, "%s is not in %s", option, path);
	return KVET_CONFIG_NO;
}

enum kvet_config kvet_host_config(const struct kvet_host *host, const char *option, char *evidence,
				  size_t size)
{
	char boot[sizeof("/boot/config-") + sizeof(((struct utsname *)0)->release)], none[1];
	const char *paths[] = { "/proc/config.gz", boot };
	struct utsname uts;

	if (!evidence) {
		evidence = none;
		size = sizeof(none);
	}
	evidence[0] = '\0';
	if (uname(&uts))
		return KVET_CONFIG_UNKNOWN;
	snprintf(boot, sizeof(boot), "/boot/config-%s", uts.release);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		char full[PATH_MAX];
		AUTO_CLOSE int fd = kvet_host_open(host, paths[i], full, NULL);
		gzFile file = fd < 0 ? NULL : gzdopen(fd, "r");
		enum kvet_config value;

		if (!file)
			continue;
		(void)TAKE_FD(fd);
		value = search(file, full, option, evidence, size);
		gzclose(file);
		if (value != KVET_CONFIG_UNKNOWN)
			return value;
	}
	return KVET_CONFIG_UNKNOWN;
}
