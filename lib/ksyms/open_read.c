/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what the caller wants to the source that has it, and to a table. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/cleanup.h"
#include "core/fail.h"

#include <kvet/refusal.h>

#include "host/sys_read.h"
#include "ksyms/ahead.h"
#include "ksyms/bytes_read.h"
#include "ksyms/elf_read.h"
#include "ksyms/iterator_load.h"
#include "ksyms/table.h"

#define KALLSYMS "/proc/kallsyms"

/* The first bytes of a file that has to be known before it can be read. */
#define MAGIC_SIZE 4

/* Of an ordinary line, with its newline. */
#define LINE_SIZE 48

AUTO_DEFINE(ksyms_source)

static int table_of(struct kvet_ksyms **table, struct ksyms_source *source,
		    const struct kvet_ksyms_options *options, struct kvet_error *err)
{
	if (kvet_ksyms_select_takes(options->queries, options->query_count))
		return kvet_ksyms_select(table, source, options->queries, options->query_count,
					 err);
	return kvet_ksyms_build(table, source, err);
}

static bool is_running(const struct kvet_host *host)
{
	return !host || !host->sysroot || !*host->sysroot;
}

static int open_text(struct kvet_ksyms **table, const struct kvet_host *host,
		     const struct kvet_ksyms_options *options, struct kvet_error *err)
{
	AUTO(ksyms_source) *source = NULL;
	struct ksyms_bytes bytes;
	char full[PATH_MAX];
	const char *path = kvet_host_path(host, KALLSYMS, full);
	int ret = kvet_host_fail_masked(host, KALLSYMS, err);

	if (!ret)
		ret = kvet_ksyms_bytes_open(&bytes, path, false, err);
	/* systemd's ProcSubset=pid takes it away altogether. */
	if (ret == -ENOENT && err)
		kvet_remedy_here(host, KVET_NEED_UNMASKED, &err->cause);
	if (ret)
		return ret;
	kvet_ksyms_ahead(&bytes);
	ret = kvet_ksyms_scan_open(&source, &bytes, path, NULL, 0, err);
	if (ret)
		return ret;
	source->kernel_sorted = is_running(host);
	return table_of(table, source, options, err);
}

/* As many of the first bytes as there are, up to MAGIC_SIZE. */
static int read_magic(const struct ksyms_bytes *bytes, const char *path, char magic[MAGIC_SIZE],
		      size_t *len, struct kvet_error *err)
{
	for (*len = 0; *len < MAGIC_SIZE;) {
		ssize_t got = bytes->read(bytes->ctx, magic + *len, MAGIC_SIZE - *len);

		if (got < 0)
			return kvet_fail(err, (int)-got, "read", "%s: %s", path,
					 strerror((int)-got));
		if (!got)
			break;
		*len += (size_t)got;
	}
	return 0;
}

static int open_file(struct kvet_ksyms **table, const char *path,
		     const struct kvet_ksyms_options *options, struct kvet_error *err)
{
	AUTO(ksyms_source) *source = NULL;
	struct ksyms_bytes bytes;
	char magic[MAGIC_SIZE];
	struct stat st;
	size_t len;
	bool elf;
	int ret = kvet_ksyms_bytes_open(&bytes, path, true, err);

	if (ret)
		return ret;
	ret = read_magic(&bytes, path, magic, &len, err);
	if (ret) {
		bytes.close(bytes.ctx);
		return ret;
	}
	elf = len == MAGIC_SIZE && !memcmp(magic, "\177ELF", MAGIC_SIZE);
	if (options->has_kind && elf != (options->kind == KVET_KSYMS_ELF)) {
		bytes.close(bytes.ctx);
		return kvet_reject(err, EINVAL, "read", "%s: %s", path,
				   elf ? "an ELF file, and no text" : "no ELF file");
	}
	if (elf)
		ret = kvet_ksyms_elf_open(&source, &bytes, path, magic, len, err);
	else
		ret = kvet_ksyms_scan_open(&source, &bytes, path, magic, len, err);
	if (ret)
		return ret;
	source->kind = elf ? KVET_KSYMS_ELF : KVET_KSYMS_FILE;
	source->expected = elf || stat(path, &st) ? 0 : (size_t)st.st_size / LINE_SIZE;
	return table_of(table, source, options, err);
}

static int from_iterator(struct kvet_ksyms **table, const struct kvet_host *host,
			 const struct kvet_ksyms_options *options,
			 const struct kvet_ksyms_query *only, struct kvet_error *err)
{
	AUTO(ksyms_source) *source = NULL;
	int ret = kvet_ksyms_iterator_open(&source, host, only, err);

	if (ret)
		return ret;
	source->kernel_sorted = true;
	return table_of(table, source, options, err);
}

static int open_iterator(struct kvet_ksyms **table, const struct kvet_host *host,
			 const struct kvet_ksyms_options *options, struct kvet_error *err)
{
	const struct kvet_ksyms_query *queries = options->queries;
	int ret = -EAGAIN;

	if (options->query_count == 1 && kvet_ksyms_select_takes(queries, 1) && !queries->pattern &&
	    !queries->module_len)
		ret = from_iterator(table, host, options, queries, err);
	return ret == -EAGAIN ? from_iterator(table, host, options, NULL, err) : ret;
}

int kvet_ksyms_open(struct kvet_ksyms **table, const struct kvet_host *host,
		    const struct kvet_ksyms_options *options, struct kvet_error *err)
{
	static const struct kvet_ksyms_options anything;
	struct kvet_error refused = { 0 };
	int ret;

	options = options ? options : &anything;
	if (options->path)
		return open_file(table, options->path, options, err);
	if (options->has_kind && options->kind == KVET_KSYMS_ITERATOR)
		return open_iterator(table, host, options, err);
	if (options->has_kind && options->kind != KVET_KSYMS_TEXT)
		return kvet_reject(err, EINVAL, "open", "no file is named to read from");
	if (!options->has_kind && !open_iterator(table, host, options, &refused))
		return 0;
	ret = open_text(table, host, options, err);
	if (!ret)
		(*table)->not_iterator = refused.cause;
	return ret;
}

int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_error *err)
{
	const struct kvet_ksyms_options options = { .path = path,
						    .has_kind = !path,
						    .kind = KVET_KSYMS_TEXT };

	return kvet_ksyms_open(table, host, &options, err);
}

int kvet_ksyms_parse(struct kvet_ksyms **table, FILE *stream, const char *label,
		     struct kvet_error *err)
{
	AUTO(ksyms_source) *source = NULL;
	struct ksyms_bytes bytes;
	int ret = kvet_ksyms_bytes_stream(&bytes, stream, err);

	if (!ret)
		ret = kvet_ksyms_scan_open(&source, &bytes, label, NULL, 0, err);
	return ret ? ret : kvet_ksyms_build(table, source, err);
}
