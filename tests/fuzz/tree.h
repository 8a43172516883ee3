/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A host whose files, below a sysroot, are the input: each is a link to one file in memory. */
#ifndef TESTS_FUZZ_TREE_H
#define TESTS_FUZZ_TREE_H

#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kvet/host.h>

#include "tests/fuzz/require.h"

static char tree_root[] = "/tmp/kvet-fuzz-XXXXXX";
static char tree_paths[8][PATH_MAX];
static int tree_count, tree_fd = -1;

static inline void tree_drop(void)
{
	for (int i = 0; i < tree_count; i++)
		for (char *path = tree_paths[i]; strcmp(path, tree_root) != 0;
		     *strrchr(path, '/') = '\0')
			remove(path);
	remove(tree_root);
}

static inline void tree_link(const char *path)
{
	char *full = tree_paths[tree_count++], target[64];

	snprintf(full, PATH_MAX, "%s%s", tree_root, path);
	for (char *c = full + strlen(tree_root) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(full, 0700);
		*c = '/';
	}
	snprintf(target, sizeof(target), "/proc/self/fd/%d", tree_fd);
	require(!symlink(target, full));
}

/* Has the files be this from now on; paths, which end with a NULL, are made by the first call. */
static inline struct kvet_host tree_host(const char *const *paths, const uint8_t *data, size_t size)
{
	if (tree_fd < 0) {
		tree_fd = memfd_create("fuzz", 0);
		require(tree_fd >= 0 && mkdtemp(tree_root));
		atexit(tree_drop);
		while (*paths)
			tree_link(*paths++);
	}
	require(!ftruncate(tree_fd, 0) && pwrite(tree_fd, data, size, 0) == (ssize_t)size);
	return (struct kvet_host){ .sysroot = tree_root };
}

#endif
