/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A host of our own: a folder that stands in for a machine's /proc, /sys and /boot. Call
 * tree_make() and tree_drop() around each test (tcase_add_checked_fixture()).
 */
#ifndef TESTS_LIB_TREE_H
#define TESTS_LIB_TREE_H

#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kvet/host.h>

#define TREE_TEMPLATE "/tmp/kvet-tree-XXXXXX"

static char tree_root[] = TREE_TEMPLATE;
static const struct kvet_host tree_host = { .sysroot = tree_root };

static inline void tree_make(void)
{
	strcpy(tree_root, TREE_TEMPLATE);
	ck_assert_ptr_nonnull(mkdtemp(tree_root));
}

static inline int tree_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void tree_drop(void)
{
	nftw(tree_root, tree_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* Where a file of the tree is; makes the folders on the way to it. */
static inline const char *tree_place(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", tree_root, path);
	for (char *c = full + strlen(tree_root) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(full, 0700);
		*c = '/';
	}
	return full;
}

static inline void tree_write(const char *path, const char *text)
{
	FILE *file = fopen(tree_place(path), "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* A file that can be opened, but not read, by root either: a folder in its place. */
static inline void tree_write_unreadable(const char *path)
{
	ck_assert_int_eq(mkdir(tree_place(path), 0700), 0);
}

#endif
