/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kprobes through tracefs: a line in kprobe_events makes an event by address, and what it is
 * called is up to us (kernel: Documentation/trace/kprobetrace.rst). Unlike those of the PMU,
 * such events stay when their process dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "kprobe/pmu_attach.h"
#include "kprobe/probe_attach.h"
#include "kprobe/tracefs_attach.h"

#define PREFIX "kvet_"

/* A name may have 64 bytes with its NUL (kernel: MAX_EVENT_NAME_LEN). */
#define NAME_SIZE 64

struct kvet_kprobe_group {
	char tracefs[PATH_MAX];
	char name[NAME_SIZE];
	size_t made; /* events that there have been, from 0 on */
};

/* --- where it is ----------------------------------------------------------------------------- */

/* The mount point of tracefs, or of debugfs, in which it appears by itself. */
static bool find_tracefs(const struct kvet_host *host, char *path, size_t size)
{
	char full[PATH_MAX];
	AUTO_FCLOSE FILE *mounts = fopen(kvet_host_path(host, "/proc/self/mounts", full), "re");
	struct mntent entry;
	char line[4096];
	bool found = false;

	while (mounts && !found && getmntent_r(mounts, &entry, line, sizeof(line))) {
		bool tracefs = !strcmp(entry.mnt_type, "tracefs");

		if (!tracefs && strcmp(entry.mnt_type, "debugfs") != 0)
			continue;
		snprintf(path, size, "%s%s", entry.mnt_dir, tracefs ? "" : "/tracing");
		found = access(path, F_OK) == 0;
	}
	return found;
}

static void file_in(const struct kvet_kprobe_group *group, const char *name, char path[PATH_MAX])
{
	/* A mount point so long that this is cut has no such file. */
	if (snprintf(path, PATH_MAX, "%s/%s", group->tracefs, name) >= PATH_MAX)
		*path = '\0';
}

static int find(struct kvet_kprobe_group *group, const struct kvet_host *host,
		struct kvet_error *err)
{
	char path[PATH_MAX];
	int ret;

	if (!find_tracefs(host, group->tracefs, sizeof(group->tracefs))) {
		ret = kvet_fail(err, ENOENT, "/proc/self/mounts", "tracefs is not mounted");
		if (err)
			kvet_cause_remedy(&err->cause,
					  "mount -t tracefs nodev /sys/kernel/tracing");
		return ret;
	}
	file_in(group, "kprobe_events", path);
	if (!access(path, F_OK))
		return 0;
	ret = kvet_fail(err, ENOENT, "open", "%s: not there", path);
	if (err)
		kvet_cause_remedy(&err->cause, "boot a kernel with CONFIG_KPROBE_EVENTS=y, not "
					       "locked down for confidentiality");
	return ret;
}

/* --- whose it is ----------------------------------------------------------------------------- */

/* When a process was started, in ticks since boot; 0: there is none. */
static uint64_t start_of(const struct kvet_host *host, uint32_t pid)
{
	char name[64], text[1024];
	uint64_t start = 0;
	const char *rest;

	snprintf(name, sizeof(name), "/proc/%" PRIu32 "/stat", pid);
	if (kvet_host_read(host, name, text, sizeof(text), NULL))
		return 0;
	/* Its name, in parentheses, may hold anything; 19 fields later. */
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1,
			    " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			    "%*s %*s %" SCNu64,
			    &start) != 1)
		return 0;
	return start;
}

bool kvet_kprobe_group_parse(const char *group, uint32_t *pid, uint64_t *start)
{
	int len = 0;

	return sscanf(group, PREFIX "%" SCNu32 "_%" SCNu64 "_%*u%n", pid, start, &len) == 2 &&
	       len && !group[len];
}

bool kvet_kprobe_event_parse(const char *line, char *name, size_t size, size_t *group_len)
{
	const char *start = strchr(line, ':'), *end, *slash;
	char group[NAME_SIZE];
	uint64_t ticks;
	uint32_t pid;

	if (!start++)
		return false;
	end = start + strcspn(start, " \n");
	slash = memchr(start, '/', (size_t)(end - start));
	if (!slash || (size_t)(slash - start) >= sizeof(group) || (size_t)(end - start) >= size)
		return false;
	memcpy(group, start, (size_t)(slash - start));
	group[slash - start] = '\0';
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	*group_len = (size_t)(slash - start);
	return kvet_kprobe_group_parse(group, &pid, &ticks);
}

int kvet_kprobe_group_open(struct kvet_kprobe_group **out, const struct kvet_host *host,
			   struct kvet_error *err)
{
	struct kvet_kprobe_group *group = calloc(1, sizeof(*group));
	uint32_t pid = (uint32_t)getpid();
	int ret;

	if (!group)
		return kvet_fail_memory(err);
	ret = find(group, host, err);
	if (ret) {
		free(group);
		return ret;
	}
	/* Two of one process are at two addresses. */
	snprintf(group->name, sizeof(group->name), PREFIX "%" PRIu32 "_%" PRIu64 "_%" PRIuPTR, pid,
		 start_of(NULL, pid), (uintptr_t)group >> 4);
	*out = group;
	return 0;
}

/* --- events ---------------------------------------------------------------------------------- */

/* One line into kprobe_events. Returns 0 or a negative errno. */
static int order(const struct kvet_kprobe_group *group, const char *command)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	int errnum;

	file_in(group, "kprobe_events", path);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	errnum = errno;
	if (fd < 0)
		return -errnum;
	errno = 0;
	if (write(fd, command, strlen(command)) == (ssize_t)strlen(command))
		return 0;
	errnum = errno;
	return errnum ? -errnum : -EIO;
}

/* What the kernel has logged about this command of ours: others write there too. */
static void add_log(const struct kvet_kprobe_group *group, const char *command,
		    struct kvet_cause *cause)
{
	char path[PATH_MAX], said[128] = "", *line = NULL;
	size_t size = 0;
	FILE *log;

	file_in(group, "error_log", path);
	log = fopen(path, "re");
	while (log && getline(&line, &size, log) > 0) {
		const char *error = strstr(line, "error: "), *ours = strstr(line, "Command: ");

		line[strcspn(line, "\n")] = '\0';
		if (error)
			snprintf(said, sizeof(said), "%s", error + strlen("error: "));
		if (ours && *said && !strcmp(ours + strlen("Command: "), command)) {
			kvet_cause_add(cause, "%s/error_log: %s", group->tracefs, said);
			break;
		}
	}
	if (log)
		fclose(log);
	free(line);
}

static int read_id(const struct kvet_kprobe_group *group, const char *event, long *id)
{
	char path[PATH_MAX], name[256];

	snprintf(name, sizeof(name), "events/%s/%s/id", group->name, event);
	file_in(group, name, path);
	return kvet_host_read_number(NULL, path, id, NULL);
}

static void remove_event(const struct kvet_kprobe_group *group, const char *event)
{
	char command[256];

	snprintf(command, sizeof(command), "-:%s/%s", group->name, event);
	(void)order(group, command);
}

int kvet_kprobe_group_event(struct kvet_kprobe_group *group, const struct kvet_host *host,
			    const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, bool returns,
			    enum kvet_verdict *verdict, struct kvet_cause *cause)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 };
	char event[32], command[256];
	long id;
	int ret;

	snprintf(event, sizeof(event), "site_%zu", group->made++);
	snprintf(command, sizeof(command), "%c:%s/%s 0x%" PRIx64, returns ? 'r' : 'p', group->name,
		 event, site->address);
	ret = order(group, command);
	if (ret) {
		*verdict = kvet_kprobe_refusal(-ret, host, facts, site, returns, cause);
		snprintf(cause->source, sizeof(cause->source), "write(kprobe_events)");
		add_log(group, command, cause);
		return -1;
	}
	*verdict = KVET_UNDETERMINED;
	ret = read_id(group, event, &id);
	if (!ret) {
		attr.config = (uint64_t)id;
		ret = kvet_kprobe_event_open(&attr);
	}
	if (ret >= 0)
		return ret;
	kvet_cause_fill(cause, -ret, "perf_event_open(tracepoint)", "%s", strerror(-ret));
	remove_event(group, event);
	return -1;
}

void kvet_kprobe_group_close(struct kvet_kprobe_group *group)
{
	if (!group)
		return;
	while (group->made) {
		char event[32];

		snprintf(event, sizeof(event), "site_%zu", --group->made);
		remove_event(group, event);
	}
	free(group);
}

/* --- what others have left -------------------------------------------------------------------- */

/* A group that was found. Its events need not stand together. */
struct found {
	char name[NAME_SIZE];
	uint32_t pid;
	bool alive;
	size_t events;
	struct kvet_cause failure;
	bool failed;
};

struct finds {
	struct found *items;
	size_t count;
};

/* The group of this name, new if it is; NULL: no memory. */
static struct found *find_group(struct finds *finds, const struct kvet_host *host, const char *name,
				size_t len)
{
	struct found *grown, *found;
	uint64_t start = 0;

	for (size_t i = 0; i < finds->count; i++)
		if (strlen(finds->items[i].name) == len &&
		    !strncmp(finds->items[i].name, name, len))
			return &finds->items[i];
	grown = reallocarray(finds->items, finds->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	finds->items = grown;
	found = &grown[finds->count++];
	*found = (struct found){ 0 };
	memcpy(found->name, name, len);
	/* That it is one of ours is known. */
	(void)kvet_kprobe_group_parse(found->name, &found->pid, &start);
	found->alive = start_of(host, found->pid) == start;
	return found;
}

static void clean_event(const struct kvet_kprobe_group *group, struct found *found,
			const char *name)
{
	char command[300];
	int ret;

	found->events++;
	if (found->alive)
		return;
	snprintf(command, sizeof(command), "-:%s", name);
	ret = order(group, command);
	if (!ret)
		return;
	found->failed = true;
	kvet_cause_fill(&found->failure, -ret, "write(kprobe_events)", "%s: %s", name,
			strerror(-ret));
}

/* All of kprobe_events: it changes while lines are removed. */
static char *read_events(const struct kvet_kprobe_group *group, struct kvet_error *err)
{
	char path[PATH_MAX], *text = NULL;
	AUTO_FCLOSE FILE *events = NULL;
	size_t size = 0;
	int errnum;

	file_in(group, "kprobe_events", path);
	events = fopen(path, "re");
	errnum = errno;
	if (!events) {
		kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum));
		return NULL;
	}
	errno = 0;
	if (getdelim(&text, &size, '\0', events) >= 0)
		return text;
	errnum = errno;
	free(text);
	if (!ferror(events))
		return strdup("");
	kvet_fail(err, errnum, "read", "%s: %s", path, strerror(errnum));
	return NULL;
}

int kvet_kprobe_cleanup(const struct kvet_host *host, kvet_kprobe_group_sink sink, void *context,
			struct kvet_error *err)
{
	struct kvet_kprobe_group group = { 0 };
	struct finds finds = { 0 };
	AUTO_FREE char *text = NULL;
	int ret = find(&group, host, err);

	if (ret)
		return ret;
	text = read_events(&group, err);
	if (!text)
		return -EIO;
	for (char *line = text, *end; *line && !ret; line = end + (*end != '\0')) {
		struct found *found;
		char name[256];
		size_t len;

		end = strchrnul(line, '\n');
		if (!kvet_kprobe_event_parse(line, name, sizeof(name), &len))
			continue;
		found = find_group(&finds, host, name, len);
		if (found)
			clean_event(&group, found, name);
		else
			ret = kvet_fail_memory(err);
	}
	for (size_t i = 0; i < finds.count; i++) {
		const struct found *found = &finds.items[i];

		sink(context, found->name, found->pid, found->alive, found->events,
		     found->failed ? &found->failure : NULL);
	}
	free(finds.items);
	return ret;
}
