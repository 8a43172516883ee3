/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The running kernel's build configuration, from the kernel or the distribution. */
#include <stdarg.h>
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

__attribute__((format(printf, 2, 3))) static void say(struct kvet_config_option *option,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(option->evidence, sizeof(option->evidence), format, args);
	va_end(args);
}

/* Fills an option from a line of a configuration. Returns whether the line is about it. */
static bool take_line(struct kvet_config_option *option, const char *line, const char *path)
{
	static const char unset[] = "# ", is_not[] = " is not set";
	size_t len = strlen(option->name);

	if (!strncmp(line, option->name, len) && line[len] == '=') {
		option->value = value_of(line + len + 1);
		snprintf(option->text, sizeof(option->text), "%.*s", (int)sizeof(option->text) - 1,
			 line + len + 1);
	} else if (!strncmp(line, unset, strlen(unset)) &&
		   !strncmp(line + strlen(unset), option->name, len) &&
		   !strcmp(line + strlen(unset) + len, is_not)) {
		option->value = KVET_CONFIG_NO;
		snprintf(option->text, sizeof(option->text), "n");
	} else {
		return false;
	}
	say(option, "%s (%s)", line, path);
	return true;
}

/* Looks through one file, which gzopen reads whether it is compressed or not. Returns how many
 * options are still unknown. */
static size_t search(gzFile file, const char *path, struct kvet_config_option *options,
		     size_t count)
{
	char line[LINE_SIZE];
	bool empty = true;
	size_t left = 0;
	int zerror;

	for (size_t i = 0; i < count; i++)
		left += options[i].value == KVET_CONFIG_UNKNOWN;
	while (left && gzgets(file, line, sizeof(line))) {
		line[strcspn(line, "\n")] = '\0';
		empty = false;
		for (size_t i = 0; i < count; i++)
			if (options[i].value == KVET_CONFIG_UNKNOWN)
				left -= take_line(&options[i], line, path);
	}
	/* A truncated file ends here, too, but then zlib reports an error. */
	gzerror(file, &zerror);
	if (!left || zerror != Z_OK || !gzeof(file) || empty)
		return left;
	/* An option whose dependencies are not met is not in the file at all. */
	for (size_t i = 0; i < count; i++) {
		struct kvet_config_option *option = &options[i];

		if (option->value != KVET_CONFIG_UNKNOWN)
			continue;
		option->value = KVET_CONFIG_NO;
		snprintf(option->text, sizeof(option->text), "n");
		say(option, "%s is not in %s", option->name, path);
	}
	return 0;
}

void kvet_host_config_many(const struct kvet_host *host, struct kvet_config_option *options,
			   size_t count)
{
	char boot[sizeof("/boot/config-") + sizeof(((struct utsname *)0)->release)];
	const char *paths[] = { "/proc/config.gz", boot };
	struct utsname uts;
	size_t left = count;

	for (size_t i = 0; i < count; i++) {
		options[i].value = KVET_CONFIG_UNKNOWN;
		options[i].text[0] = options[i].evidence[0] = '\0';
	}
	if (uname(&uts))
		return;
	snprintf(boot, sizeof(boot), "/boot/config-%s", uts.release);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths) && left; i++) {
		char full[PATH_MAX];
		AUTO_CLOSE int fd = kvet_host_open(host, paths[i], full, NULL);
		gzFile file = fd < 0 ? NULL : gzdopen(fd, "r");

		if (!file)
			continue;
		(void)TAKE_FD(fd);
		left = search(file, full, options, count);
		gzclose(file);
	}
}

enum kvet_config kvet_host_config(const struct kvet_host *host, const char *option, char *evidence,
				  size_t size)
{
	struct kvet_config_option one = { .name = option };

	kvet_host_config_many(host, &one, 1);
	if (evidence)
		snprintf(evidence, size, "%s", one.evidence);
	return one.value;
}
