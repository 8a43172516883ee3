/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kprobes through tracefs: a line in kprobe_events makes an event by address, under a name that
 * kvet chooses (kernel: Documentation/trace/kprobetrace.rst). Unlike events of the PMU, these
 * remain when their process dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "kprobe/pmu_attach.h"
#include "kprobe/refused_read.h"
#include "kprobe/tracefs_attach.h"

#define PREFIX "kvet_"

/* A name may have 64 bytes with its NUL (kernel: MAX_EVENT_NAME_LEN). */
#define NAME_SIZE 64

struct kvet_kprobe_group {
	char tracefs[PATH_MAX];
	char name[NAME_SIZE];
	size_t made; /* events made so far, which number the next */
	unsigned int slots;
	int lock_fd; /* holds the lock that shows that its process lives */
};

/* --- where tracefs is ------------------------------------------------------------------------ */

/* Finds the mount point of tracefs, or of debugfs, which shows tracefs in its directory "tracing".
 * Returns 0, or the errno of the last one that cannot be opened, ENOENT if neither is mounted. */
static int find_tracefs(const struct kvet_host *host, char *path, size_t size)
{
	char full[PATH_MAX];
	AUTO_FCLOSE FILE *mounts = NULL;
	struct mntent entry;
	char line[4096];
	int errnum = ENOENT;

	(void)kvet_host_fopen(host, "/proc/self/mounts", full, &mounts, NULL);
	while (mounts && getmntent_r(mounts, &entry, line, sizeof(line))) {
		bool tracefs = !strcmp(entry.mnt_type, "tracefs");

		if (!tracefs && strcmp(entry.mnt_type, "debugfs") != 0)
			continue;
		snprintf(path, size, "%s%s", entry.mnt_dir, tracefs ? "" : "/tracing");
		errno = 0;
		if (!access(path, X_OK))
			return 0;
		errnum = errno;
	}
	return errnum;
}

static void file_in(const struct kvet_kprobe_group *group, const char *name, char path[PATH_MAX])
{
	/* With a mount point so long that the path is truncated, there is no such file. */
	if (snprintf(path, PATH_MAX, "%s/%s", group->tracefs, name) >= PATH_MAX)
		*path = '\0';
}

/* Looks for tracefs and its kprobe_events, whose path becomes path. */
static int find(struct kvet_kprobe_group *group, const struct kvet_host *host, char path[PATH_MAX],
		struct kvet_cause *err)
{
	int errnum = find_tracefs(host, group->tracefs, sizeof(group->tracefs)), ret;

	if (errnum == ENOENT) {
		ret = kvet_reject(err, ENOENT, "/proc/self/mounts", "tracefs is not mounted");
		kvet_remedy_here(host, KVET_NEED_TRACEFS_WRITE, err);
		return ret;
	}
	if (errnum)
		return kvet_fail(err, errnum, "access", "%s: %s", group->tracefs, strerror(errnum));
	file_in(group, "kprobe_events", path);
	ret = access(path, F_OK);
	errnum = errno;
	if (!ret)
		return 0;
	ret = kvet_fail(err, errnum, "access", "%s: %s", path, strerror(errnum));
	if (err && errnum == ENOENT)
		kvet_cause_remedy(err, "boot a kernel with CONFIG_KPROBE_EVENTS=y, not "
				       "locked down for confidentiality");
	return ret;
}

/* --- whose a group is ------------------------------------------------------------------------ */

/*
 * A process with a group holds a lock on one byte of kprobe_events, whose number is in the group's
 * name. The lock ends with the process, however it ends. A process number would not do: in another
 * PID namespace it is another process, or none. All mounts of tracefs are one file system (kernel:
 * fs/tracefs/inode.c, get_tree_single()), so every process sees the locks.
 */
static struct flock byte_of(uint64_t number, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)number, .l_len = 1
	};
}

/* Opens kprobe_events, only for locks. */
static int open_locks(const char *path, int *fd, struct kvet_cause *err)
{
	int errnum;

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	errnum = errno;
	return *fd < 0 ? kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum)) : 0;
}

/* Takes a lock on a random byte, whose number becomes *number. */
static int hold_lock(int fd, const char *path, uint64_t *number, struct kvet_cause *err)
{
	struct flock lock;
	int ret, errnum;

	if (getrandom(number, sizeof(*number), 0) != sizeof(*number))
		return kvet_reject(err, EIO, "getrandom", "no random number");
	*number >>= 2; /* an off_t is signed, and the byte after it must be one too */
	lock = byte_of(*number, F_RDLCK);
	ret = fcntl(fd, F_OFD_SETLK, &lock);
	errnum = errno;
	return ret ? kvet_fail(err, errnum, "fcntl(F_OFD_SETLK)", "%s: %s", path, strerror(errnum))
		   : 0;
}

/* Whether a process holds the lock: 1 yes, 0 no, or a negative errno. */
static int is_locked(int fd, uint64_t number)
{
	struct flock lock = byte_of(number, F_WRLCK);
	int ret, errnum;

	ret = fcntl(fd, F_OFD_GETLK, &lock);
	errnum = errno;
	return ret ? -errnum : lock.l_type != F_UNLCK;
}

bool kvet_kprobe_group_parse(const char *group, uint32_t *pid, uint64_t *lock)
{
	int len = 0;

	return sscanf(group, PREFIX "%" SCNu32 "_%" SCNu64 "%n", pid, lock, &len) == 2 && len &&
	       !group[len];
}

bool kvet_kprobe_event_parse(const char *line, char *name, size_t size, size_t *group_len)
{
	const char *start = strchr(line, ':'), *end, *slash;
	char group[NAME_SIZE];
	uint64_t lock;
	uint32_t pid;

	if (!start)
		return false;
	start++;
	end = start + strcspn(start, " \n");
	slash = memchr(start, '/', (size_t)(end - start));
	if (!slash || (size_t)(slash - start) >= sizeof(group) || (size_t)(end - start) >= size)
		return false;
	memcpy(group, start, (size_t)(slash - start));
	group[slash - start] = '\0';
	memcpy(name, start, (size_t)(end - start));
	name[end - start] = '\0';
	*group_len = (size_t)(slash - start);
	return kvet_kprobe_group_parse(group, &pid, &lock);
}

int kvet_kprobe_group_open(struct kvet_kprobe_group **out, const struct kvet_host *host,
			   struct kvet_cause *err)
{
	struct kvet_kprobe_group *group = calloc(1, sizeof(*group));
	char path[PATH_MAX];
	uint64_t lock;
	int ret;

	if (!group)
		return kvet_fail_memory(err);
	group->lock_fd = -1;
	ret = find(group, host, path, err);
	if (!ret)
		ret = open_locks(path, &group->lock_fd, err);
	if (!ret)
		ret = hold_lock(group->lock_fd, path, &lock, err);
	if (ret) {
		kvet_kprobe_group_close(group);
		return ret;
	}
	snprintf(group->name, sizeof(group->name), PREFIX "%" PRIu32 "_%" PRIu64,
		 (uint32_t)getpid(), lock);
	*out = group;
	return 0;
}

/* --- events ---------------------------------------------------------------------------------- */

/* Writes one line into kprobe_events. Returns 0 or a negative errno; *source is then the call. */
static int order(const struct kvet_kprobe_group *group, const char *command, const char **source)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	int errnum;

	file_in(group, "kprobe_events", path);
	*source = "open(kprobe_events)";
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	errnum = errno;
	if (fd < 0)
		return -errnum;
	*source = "write(kprobe_events)";
	errno = 0;
	if (write(fd, command, strlen(command)) == (ssize_t)strlen(command))
		return 0;
	errnum = errno;
	return errnum ? -errnum : -EIO;
}

/* Adds what the kernel logged about this command: other processes' errors are in the same log. */
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

static int read_id(const struct kvet_kprobe_group *group, const char *event, long *id,
		   struct kvet_cause *err)
{
	char path[PATH_MAX], name[256];

	snprintf(name, sizeof(name), "events/%s/%s/id", group->name, event);
	file_in(group, name, path);
	return kvet_host_read_number(NULL, path, id, err);
}

static void remove_event(const struct kvet_kprobe_group *group, const char *event)
{
	char command[256];
	const char *source;

	snprintf(command, sizeof(command), "-:%s/%s", group->name, event);
	(void)order(group, command, &source);
}

/* Explains a refusal that comes before the kernel looks at the site: how tracefs is mounted, and
 * who owns it. */
static enum kvet_verdict explain_access(int errnum, const struct kvet_kprobe_group *group,
					const struct kvet_host *host, const char *source,
					struct kvet_cause *cause)
{
	static const int needed[] = { CAP_DAC_OVERRIDE, -1 };

	kvet_cause_fill(cause, errnum, source, "%s/kprobe_events: %s", group->tracefs,
			strerror(errnum));
	if (errnum == EROFS) {
		kvet_remedy_here(host, KVET_NEED_TRACEFS_WRITE, cause);
	} else {
		kvet_refusal_add(host, KVET_CALL_FILE, needed, cause);
	}
	return KVET_UNDETERMINED;
}

/* The kernel resolves a name of a module that is not loaded when it is loaded (kernel:
 * kernel/trace/trace_kprobe.c, trace_kprobe_module_callback()). */
static void place_of(const struct kvet_kprobe_site *site, char *place, size_t size)
{
	if (site->waits)
		snprintf(place, size, "%s:%s", site->module, site->symbol);
	else
		snprintf(place, size, "0x%" PRIx64, site->address);
}

int kvet_kprobe_group_event(struct kvet_kprobe_group *group, const struct kvet_host *host,
			    const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, bool returns,
			    enum kvet_verdict *verdict, struct kvet_cause *cause)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 };
	char event[32], place[640], command[768], slots[16] = "";
	struct kvet_cause err;
	const char *source;
	long id;
	int ret;

	snprintf(event, sizeof(event), "site_%zu", group->made++);
	if (returns && group->slots)
		snprintf(slots, sizeof(slots), "%u", group->slots);
	place_of(site, place, sizeof(place));
	snprintf(command, sizeof(command), "%c%s:%s/%s %s", returns ? 'r' : 'p', slots, group->name,
		 event, place);
	ret = order(group, command, &source);
	if (ret) {
		*verdict = ret == -EROFS || ret == -EACCES
				   ? explain_access(-ret, group, host, source, cause)
				   : kvet_kprobe_refusal(-ret, host, facts, site, returns, cause);
		snprintf(cause->source, sizeof(cause->source), "%s", source);
		add_log(group, command, cause);
		return -1;
	}
	*verdict = KVET_UNDETERMINED;
	if (read_id(group, event, &id, &err)) {
		*cause = err;
	} else {
		attr.config = (uint64_t)id;
		ret = kvet_kprobe_event_open(facts, &attr);
		if (ret >= 0)
			return ret;
		*verdict = kvet_kprobe_refused_event(-ret, host, facts,
						     "perf_event_open(tracepoint)", cause);
	}
	remove_event(group, event);
	return -1;
}

void kvet_kprobe_group_slots(struct kvet_kprobe_group *group, unsigned int slots)
{
	group->slots = slots;
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
	kvet_cleanup_close(&group->lock_fd);
	free(group);
}

/* --- what killed processes left -------------------------------------------------------------- */

/* A group that was found. Its events need not be on adjacent lines. */
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

/* Returns the group with this name, and adds it if it is new; NULL: no memory. */
static struct found *find_group(struct finds *finds, int locks, const char *name, size_t len)
{
	struct found *found;
	uint64_t lock = 0;
	int held;

	for (size_t i = 0; i < finds->count; i++)
		if (strlen(finds->items[i].name) == len &&
		    !strncmp(finds->items[i].name, name, len))
			return &finds->items[i];
	if (!ARRAY_MORE(finds->items, finds->count))
		return NULL;
	found = &finds->items[finds->count++];
	*found = (struct found){ 0 };
	memcpy(found->name, name, len);
	/* Cannot fail: only names of kvet's groups come here. */
	(void)kvet_kprobe_group_parse(found->name, &found->pid, &lock);
	held = is_locked(locks, lock);
	/* If the lock cannot be queried, the group is treated as alive, and nothing is removed. */
	found->alive = held != 0;
	found->failed = held < 0;
	if (held < 0)
		kvet_cause_fill(&found->failure, -held, "fcntl(F_OFD_GETLK)", "%s: %s", name,
				strerror(-held));
	return found;
}

static void clean_event(const struct kvet_kprobe_group *group, struct found *found,
			const char *name)
{
	const char *source;
	char command[300];
	int ret;

	found->events++;
	if (found->alive)
		return;
	snprintf(command, sizeof(command), "-:%s", name);
	ret = order(group, command, &source);
	if (!ret)
		return;
	found->failed = true;
	kvet_cause_fill(&found->failure, -ret, source, "%s: %s", name, strerror(-ret));
}

/* Reads all of kprobe_events before the first line is removed, because each removal changes it. The
 * caller frees *text. */
static int read_events(const char *path, char **text, struct kvet_cause *err)
{
	AUTO_FCLOSE FILE *events = NULL;
	AUTO_FREE char *all = NULL;
	size_t size = 0;
	ssize_t got;
	int errnum;

	events = fopen(path, "re");
	errnum = errno;
	if (!events)
		return kvet_fail(err, errnum, "open", "%s: %s", path, strerror(errnum));
	errno = 0;
	got = getdelim(&all, &size, '\0', events);
	errnum = errno;
	if (got < 0 && !feof(events) && !errnum)
		return kvet_reject(err, EIO, "read", "%s: not to its end", path);
	if (got < 0 && !feof(events))
		return kvet_fail(err, errnum, "read", "%s: %s", path, strerror(errnum));
	*text = got < 0 ? strdup("") : TAKE(all);
	return *text ? 0 : kvet_fail_memory(err);
}

int kvet_kprobe_cleanup(const struct kvet_host *host, kvet_kprobe_group_sink sink, void *context,
			struct kvet_cause *err)
{
	struct kvet_kprobe_group group = { .lock_fd = -1 };
	struct finds finds = { 0 };
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int locks = -1;
	char path[PATH_MAX];
	int ret = find(&group, host, path, err);

	if (!ret)
		ret = open_locks(path, &locks, err);
	if (!ret)
		ret = read_events(path, &text, err);
	for (char *line = text, *end; !ret && *line; line = end + (*end != '\0')) {
		struct found *found;
		char name[256];
		size_t len;

		end = strchrnul(line, '\n');
		if (!kvet_kprobe_event_parse(line, name, sizeof(name), &len))
			continue;
		found = find_group(&finds, locks, name, len);
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
