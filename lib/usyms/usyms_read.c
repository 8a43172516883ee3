/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The files that processes have mapped, and the frames that are in them. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "usyms/file.h"
#include "usyms/maps.h"

#include <kvet/usyms.h>

/* A file that a process had mapped, or that was found. */
struct known {
	struct usyms_file file;
	dev_t device;
	uint64_t inode;
	char *name; /* the last part of its path */
	char *path; /* where its functions can still be read; NULL: they were */
};

struct kvet_usyms {
	struct kvet_host host;
	struct known *files;
	size_t count;
	bool searched; /* the host's shared libraries are among them */
	/* The build id that was not found last, and for which process. */
	uint8_t missing[KVET_BUILD_ID_SIZE];
	uint32_t missing_pid;
	bool misses;
};

int kvet_usyms_new(struct kvet_usyms **usyms, const struct kvet_host *host, struct kvet_cause *err)
{
	*usyms = calloc(1, sizeof(**usyms));
	if (!*usyms)
		return kvet_fail_memory(err);
	if (host)
		(*usyms)->host = *host;
	return 0;
}

void kvet_usyms_free(struct kvet_usyms *usyms)
{
	if (!usyms)
		return;
	for (size_t i = 0; i < usyms->count; i++) {
		kvet_usyms_file_deinit(&usyms->files[i].file);
		free(usyms->files[i].name);
		free(usyms->files[i].path);
	}
	free(usyms->files);
	free(usyms);
}

/* --- files ----------------------------------------------------------------------------------- */

static bool is_id(const struct usyms_file *file, const uint8_t id[KVET_BUILD_ID_SIZE])
{
	return file->has_build_id && !memcmp(file->build_id, id, KVET_BUILD_ID_SIZE);
}

/* Debian's place for the symbols that were stripped (gdb: "debug-file-directory"). */
static int open_debug(const struct kvet_usyms *usyms, const uint8_t id[KVET_BUILD_ID_SIZE])
{
	char path[PATH_MAX], full[PATH_MAX];
	size_t len = KVET_BUILD_ID_SIZE;
	int used;

	while (len && !id[len - 1])
		len--;
	if (!len)
		return -1;
	used = snprintf(path, sizeof(path), "/usr/lib/debug/.build-id/%02x/", id[0]);
	for (size_t i = 1; i < len; i++)
		used += snprintf(path + used, sizeof(path) - (size_t)used, "%02x", id[i]);
	snprintf(path + used, sizeof(path) - (size_t)used, ".debug");
	return kvet_host_open(&usyms->host, path, full, NULL);
}

/* Reads the functions. Returns -ENOMEM, or 0 also for a file that is not ELF. */
static int read_functions(const struct kvet_usyms *usyms, struct usyms_file *file, int fd)
{
	AUTO_CLOSE int debug = file->has_build_id ? open_debug(usyms, file->build_id) : -1;

	return kvet_usyms_file_read(file, fd, debug) == -ENOMEM ? -ENOMEM : 0;
}

/* A file that is not ELF is kept, too, without functions: so it is read once. Returns the file, or
 * NULL if there is no memory. */
static struct known *add_file(struct kvet_usyms *usyms, int fd, dev_t device, uint64_t inode,
			      const char *name, size_t name_len)
{
	struct known *known;

	if (!ARRAY_MORE(usyms->files, usyms->count))
		return NULL;
	known = &usyms->files[usyms->count];
	*known = (struct known){ .device = device, .inode = inode };
	known->name = strndup(name, name_len);
	if (!known->name)
		return NULL;
	usyms->count++;
	if (kvet_usyms_file_read_head(&known->file, fd) == -ENOMEM)
		return NULL;
	return known;
}

static struct known *find_inode(const struct kvet_usyms *usyms, dev_t device, uint64_t inode)
{
	for (size_t i = 0; i < usyms->count; i++)
		if (usyms->files[i].device == device && usyms->files[i].inode == inode)
			return &usyms->files[i];
	return NULL;
}

/* A file that is found moves nearer to the beginning: after a search there may be a thousand, and
 * the frames of a trace are in a few of them. */
static struct known *find_id(struct kvet_usyms *usyms, const uint8_t id[KVET_BUILD_ID_SIZE])
{
	for (size_t i = 0; i < usyms->count; i++) {
		struct known found;

		if (!is_id(&usyms->files[i].file, id))
			continue;
		found = usyms->files[i];
		usyms->files[i] = usyms->files[i / 2];
		usyms->files[i / 2] = found;
		return &usyms->files[i / 2];
	}
	return NULL;
}

/* --- processes ------------------------------------------------------------------------------- */

/* The mapped file itself; without the privilege for that, what now has its path, if that is the
 * same file. */
static int open_mapped(const struct kvet_usyms *usyms, uint32_t pid,
		       const struct usyms_mapping *mapping)
{
	char path[PATH_MAX], full[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64, pid,
		 mapping->start, mapping->end);
	fd = kvet_host_open(&usyms->host, path, full, NULL);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/root%.*s", pid, mapping->name_len,
		 mapping->name);
	fd = kvet_host_open(&usyms->host, path, full, NULL);
	if (fd < 0 || (!fstat(fd, &st) && st.st_ino == mapping->inode))
		return fd;
	close(fd);
	return -ENOENT;
}

static dev_t device_of(const struct usyms_mapping *mapping)
{
	return makedev(mapping->major, mapping->minor);
}

static int learn_mapping(struct kvet_usyms *usyms, uint32_t pid,
			 const struct usyms_mapping *mapping)
{
	const char *name = mapping->name + mapping->name_len;
	AUTO_CLOSE int fd = -1;
	struct known *known;

	if (!mapping->executable || !mapping->inode ||
	    find_inode(usyms, device_of(mapping), mapping->inode))
		return 0;
	/* If the process has just ended, the file can still be found elsewhere. */
	fd = open_mapped(usyms, pid, mapping);
	if (fd < 0)
		return 0;
	while (name > mapping->name && name[-1] != '/')
		name--;
	known = add_file(usyms, fd, device_of(mapping), mapping->inode, name,
			 (size_t)(mapping->name + mapping->name_len - name));
	if (!known)
		return -ENOMEM;
	return read_functions(usyms, &known->file, fd);
}

/* Learns the files of a process; with an address, also finds the mapping that has it. */
static int walk(struct kvet_usyms *usyms, uint32_t pid, const uint64_t *address,
		struct usyms_mapping *found, char found_name[NAME_MAX + 1])
{
	char path[64], full[PATH_MAX];
	AUTO_FREE char *line = NULL;
	AUTO_FCLOSE FILE *maps = NULL;
	struct usyms_mapping mapping;
	size_t room = 0;
	int ret = 0;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	if (!pid || kvet_host_fopen(&usyms->host, path, full, &maps, NULL))
		return 0;
	while (!ret && getline(&line, &room, maps) > 0) {
		if (!kvet_usyms_mapping_parse(line, &mapping))
			continue;
		ret = learn_mapping(usyms, pid, &mapping);
		if (address && *address >= mapping.start && *address < mapping.end) {
			*found = mapping;
			snprintf(found_name, NAME_MAX + 1, "%.*s", mapping.name_len, mapping.name);
		}
	}
	return ret;
}

int kvet_usyms_learn(struct kvet_usyms *usyms, uint32_t pid)
{
	return walk(usyms, pid, NULL, NULL, NULL);
}

/* --- searching ------------------------------------------------------------------------------- */

/* Reads the build ids of the files of a pattern. */
static void search(struct kvet_usyms *usyms, const char *pattern)
{
	char path[PATH_MAX];
	glob_t found;

	if (glob(kvet_host_path(&usyms->host, pattern, path), GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO_CLOSE int fd =
			open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		struct known *known;
		struct stat st;

		if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ||
		    find_inode(usyms, st.st_dev, st.st_ino))
			continue;
		known = add_file(usyms, fd, st.st_dev, st.st_ino, name, strlen(name));
		if (!known)
			break;
		known->path = strdup(found.gl_pathv[i]);
	}
	globfree(&found);
}

static void search_libraries(struct kvet_usyms *usyms)
{
	static const char *const patterns[] = {
		"/lib/*-linux-*/*.so*", "/usr/lib/*-linux-*/*.so*",
		"/lib64/*.so*",         "/usr/lib64/*.so*",
		"/lib/*.so*",           "/usr/lib/*.so*",
		"/usr/local/lib/*.so*",
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns) && !usyms->searched; i++)
		search(usyms, patterns[i]);
	usyms->searched = true;
}

/* A task's name is the program's until something changes it, and not longer than 15 bytes. */
static void search_programs(struct kvet_usyms *usyms, const char *comm)
{
	static const char *const folders[] = { "/bin",      "/sbin",          "/usr/bin",
					       "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" };
	char pattern[PATH_MAX];

	if (!*comm || strpbrk(comm, "/*?[\\"))
		return;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s%s", folders[i], comm,
			 strlen(comm) == 15 ? "*" : "");
		search(usyms, pattern);
	}
}

/* Reads the functions of a file that was searched, if it is still the same. */
static struct known *complete(struct kvet_usyms *usyms, struct known *known)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;

	if (!known || !known->path)
		return known;
	fd = open(known->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && !fstat(fd, &st) && st.st_ino == known->inode && st.st_dev == known->device)
		(void)read_functions(usyms, &known->file, fd);
	free(TAKE(known->path));
	return known;
}

/* --- frames ---------------------------------------------------------------------------------- */

static void write_frame(const struct known *known, uint64_t offset, bool returned, char *buf,
			size_t size)
{
	size_t used;

	if (!kvet_usyms_file_names(&known->file, offset, returned, buf, size)) {
		snprintf(buf, size, "[%s]+0x%" PRIx64, known->name, offset);
		return;
	}
	used = strlen(buf);
	snprintf(buf + used, size - used, " [%s]", known->name);
}

static struct known *find_missing(struct kvet_usyms *usyms, const struct kvet_usyms_task *task,
				  const uint8_t id[KVET_BUILD_ID_SIZE])
{
	struct known *known;

	if (usyms->misses && usyms->missing_pid == task->pid &&
	    !memcmp(usyms->missing, id, KVET_BUILD_ID_SIZE))
		return NULL;
	if (kvet_usyms_learn(usyms, task->pid))
		return NULL;
	known = find_id(usyms, id);
	if (known)
		return known;
	search_libraries(usyms);
	search_programs(usyms, task->comm);
	known = find_id(usyms, id);
	if (known)
		return known;
	memcpy(usyms->missing, id, KVET_BUILD_ID_SIZE);
	usyms->missing_pid = task->pid;
	usyms->misses = true;
	return NULL;
}

/* Without a build id, only the process knows what is at an address, and it may have changed since:
 * a file in which the kernel would have found a build id was not there. */
static bool write_address(struct kvet_usyms *usyms, uint32_t pid, uint64_t address, bool returned,
			  char *buf, size_t size)
{
	struct usyms_mapping mapping = { 0 };
	char name[NAME_MAX + 1] = "";
	struct known *known;

	if (walk(usyms, pid, &address, &mapping, name) || !mapping.executable)
		return false;
	if (!mapping.inode && *name != '[')
		return false;
	if (!mapping.inode) {
		snprintf(buf, size, "%s+0x%" PRIx64, name, address - mapping.start);
		return true;
	}
	known = complete(usyms, find_inode(usyms, device_of(&mapping), mapping.inode));
	if (!known || (known->file.has_build_id && known->file.early))
		return false;
	write_frame(known, address - mapping.start + mapping.offset, returned, buf, size);
	return true;
}

void kvet_usyms_describe(struct kvet_usyms *usyms, const struct kvet_usyms_task *task,
			 const struct kvet_user_frame *frame, bool innermost, char *buf,
			 size_t size)
{
	struct known *known;

	if (!frame->in_file) {
		if (!write_address(usyms, task->pid, frame->at, !innermost, buf, size))
			snprintf(buf, size, "0x%" PRIx64, frame->at);
		return;
	}
	known = find_id(usyms, frame->build_id);
	if (!known)
		known = find_missing(usyms, task, frame->build_id);
	if (!complete(usyms, known))
		snprintf(buf, size, "[%02x%02x%02x%02x...]+0x%" PRIx64, frame->build_id[0],
			 frame->build_id[1], frame->build_id[2], frame->build_id[3], frame->at);
	else if (kvet_usyms_file_has(&known->file, frame->at))
		write_frame(known, frame->at, !innermost, buf, size);
	else
		snprintf(buf, size, "[unmapped]");
}
