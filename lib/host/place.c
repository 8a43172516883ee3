/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "host/place.h"

/* How engines name the cgroups of their containers. docker.service is not one: it is the engine
 * itself. */
static const char *const cgroups[] = { "/docker/", "docker-",     "libpod-",
				       "crio-",    "/lxc/",       "lxc.payload",
				       "/garden/", "containerd-", "machine.slice/machine-" };

/* Where engines keep the layers of a root file system. */
static const char *const layers[] = { "/docker/", "/containers/storage/", "containerd" };

static void is(struct kvet_place *place, enum kvet_place_kind kind, const char *sign)
{
	place->kind = kind;
	snprintf(place->sign, sizeof(place->sign), "%s", sign);
}

/* The line of a text that a position is in. */
static const char *line_end(const char *line)
{
	return strchrnul(line, '\n');
}

static bool has(const char *line, const char *word)
{
	const char *found = strstr(line, word);

	return found && found < line_end(line);
}

/* The unit's name is the last part of the path that ends in .service:
 * "0::/system.slice/kvet.service". The manager of a user is a service, too, but a process in a
 * user's session is not in a unit. */
static bool find_unit(const char *cgroup, char *name, size_t size)
{
	const char *end = strstr(cgroup, ".service"), *start;

	while (end && end[strlen(".service")] && end[strlen(".service")] != '\n')
		end = strstr(end + 1, ".service");
	if (!end)
		return false;
	for (start = end; start > cgroup && start[-1] != '/' && start[-1] != ':'; start--)
		;
	snprintf(name, size, "%.*s", (int)(end - start + (int)strlen(".service")), start);
	return strncmp(name, "user@", strlen("user@")) != 0;
}

/* "36 35 98:0 /root /point options - type source options": root and point, and the whole line. */
static bool judge_mount(const char *line, struct kvet_place *place)
{
	char root[256], point[256];

	if (sscanf(line, "%*s %*s %*s %255s %255s", root, point) != 2)
		return false;
	if (!strcmp(point, "/") && has(line, " - overlay ")) {
		for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
			if (has(line, layers[i])) {
				is(place, KVET_PLACE_CONTAINER,
				   "its root is an overlay of an engine");
				return true;
			}
	}
	/* Masked paths: /dev/null over a file. */
	if (strncmp(point, "/proc/", strlen("/proc/")) != 0 || strcmp(root, "/null") != 0)
		return false;
	snprintf(place->sign, sizeof(place->sign), "%.64s is masked", point);
	place->kind = KVET_PLACE_CONTAINER;
	return true;
}

static bool judge_mounts(const char *mounts, struct kvet_place *place)
{
	for (const char *line = mounts; *line; line = line_end(line) + (*line_end(line) != '\0'))
		if (judge_mount(line, place))
			return true;
	return false;
}

void kvet_place_judge(const struct kvet_place_signs *signs, struct kvet_place *place)
{
	const char *cgroup = signs->cgroup ? signs->cgroup : "";
	char unit[sizeof(place->sign)];

	*place = (struct kvet_place){ .kind = KVET_PLACE_HOST };
	if (signs->kubernetes) {
		is(place, KVET_PLACE_POD, "KUBERNETES_SERVICE_HOST");
		return;
	}
	if (strstr(cgroup, "kubepods")) {
		is(place, KVET_PLACE_POD, "its cgroup");
		return;
	}
	if (signs->dockerenv || signs->containerenv) {
		is(place, KVET_PLACE_CONTAINER,
		   signs->dockerenv ? "/.dockerenv" : "/run/.containerenv");
		return;
	}
	if (signs->container && *signs->container) {
		snprintf(place->sign, sizeof(place->sign), "container=%.64s", signs->container);
		place->kind = KVET_PLACE_CONTAINER;
		return;
	}
	for (size_t i = 0; i < sizeof(cgroups) / sizeof(*cgroups); i++)
		if (strstr(cgroup, cgroups[i])) {
			is(place, KVET_PLACE_CONTAINER, "its cgroup");
			return;
		}
	if (signs->invocation && find_unit(cgroup, unit, sizeof(unit))) {
		is(place, KVET_PLACE_UNIT, unit);
		return;
	}
	if (signs->mounts)
		judge_mounts(signs->mounts, place);
}

const char *kvet_place_describe(const struct kvet_place *place, char *buf, unsigned long size)
{
	static const char *const texts[KVET_PLACE_COUNT] = {
		[KVET_PLACE_HOST] = "",
		[KVET_PLACE_CONTAINER] = "in a container (",
		[KVET_PLACE_POD] = "in a pod (",
		[KVET_PLACE_UNIT] = "in the unit ",
	};
	bool host = place->kind == KVET_PLACE_HOST, unit = place->kind == KVET_PLACE_UNIT;

	snprintf(buf, size, "%s%s%s", texts[place->kind], host ? "" : place->sign,
		 host || unit ? "" : ")");
	return buf;
}
