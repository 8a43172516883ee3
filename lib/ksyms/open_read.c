/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Chooses and opens the source that the caller asks for, and makes a table of it. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/cleanup.h"
#include "core/fail.h"

#include "ksyms/bytes_read.h"
#include "ksyms/elf_read.h"
#include "ksyms/image.h"
#include "ksyms/iterator_load.h"
#include "ksyms/table.h"
#include "ksyms/text_read.h"
#include "ksyms/unpack.h"

/* A compressed module, a kernel in a boot image: nothing has more layers than this. */
#define WRAPPERS_MOST 4

/* The length of an average line, with its newline. */
#define LINE_SIZE 48

AUTO_DEFINE(ksyms_source)
AUTO_DEFINE(kvet_ksyms)

/* Whether only rows of modules are asked for. */
static bool leaves_kernel_out(const struct kvet_ksyms_options *options)
{
	for (size_t i = 0; i < options->module_count; i++)
		if (ksyms_is_kernel(options->modules[i], strlen(options->modules[i])))
			return false;
	return options->module_count;
}

/* Of a module, all rows are few; of the kernel proper, those that answer the queries are fewer. */
static bool selects(const struct kvet_ksyms_options *options)
{
	return !leaves_kernel_out(options) &&
	       kvet_ksyms_select_takes(options->queries, options->query_count);
}

static int table_of(struct kvet_ksyms **table, struct ksyms_source *source,
		    const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	if (!selects(options) && options->module_count)
		return kvet_ksyms_build_modules(table, source, options->modules,
						options->module_count, err);
	if (selects(options))
		return kvet_ksyms_select(table, source, options->queries, options->query_count,
					 options->aliases, err);
	return kvet_ksyms_build(table, source, err);
}

static int open_text(struct kvet_ksyms **table, const struct kvet_host *host,
		     const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	AUTO(ksyms_source) *source = NULL;
	int ret = kvet_ksyms_text_open(&source, host, err);

	return ret ? ret : table_of(table, source, options, err);
}

/* A file, after every layer of compression is removed. */
struct opened {
	struct ksyms_bytes bytes;
	struct ksyms_head head;
	const char *path;
	const char *image; /* the boot image that it was in, or NULL */
	int fd;            /* of a regular file that is not compressed, else -1 */
};

static int fail_format(const struct opened *opened, const struct ksyms_format *format,
		       struct kvet_cause *err)
{
	kvet_reject(err, EOPNOTSUPP, "read", "%s: %s%scompressed with %s, which kvet cannot read",
		    opened->path, opened->image ? opened->image : "",
		    opened->image ? ", its kernel " : "", format->name);
	if (err && opened->image)
		kvet_cause_remedy(err, "unpack it with scripts/extract-vmlinux from "
				       "the kernel's sources");
	else if (err)
		kvet_cause_remedy(err, "unpack it with '%s'", format->command);
	return -EOPNOTSUPP;
}

/* What to read instead of a file that has no symbols. */
static int fail_bare(const char *path, const char *what, struct kvet_cause *err)
{
	kvet_reject(err, ENODATA, "read", "%s: %s, in which kvet finds no symbol table", path,
		    what);
	if (err)
		kvet_cause_remedy(err,
				  "use a copy of /proc/kallsyms of that kernel, its System.map, or "
				  "the vmlinux of its debug package");
	return -ENODATA;
}

/* Removes one layer, if there is one. Closes the bytes on failure. */
static int unwrap(struct opened *opened, bool *more, struct kvet_cause *err)
{
	const struct ksyms_format *format = kvet_ksyms_format(opened->head.text, opened->head.len);
	struct ksyms_image image;
	int ret;

	*more = true;
	if (format && format->start)
		return kvet_ksyms_unpack(&opened->bytes, format, &opened->head,
					 opened->image != NULL, err);
	if (format) {
		ret = fail_format(opened, format, err);
	} else if (kvet_ksyms_image(&opened->head, &image)) {
		opened->image = image.name;
		if (image.length)
			return kvet_ksyms_part(&opened->bytes, &opened->head, image.offset,
					       image.length, err);
		ret = fail_bare(opened->path, image.name, err);
	} else {
		*more = false;
		return 0;
	}
	ksyms_bytes_close(&opened->bytes);
	return ret;
}

/* Removes all layers. Closes the bytes on failure. */
static int unwrap_all(struct opened *opened, struct kvet_cause *err)
{
	bool more = true;

	opened->fd = -1;
	for (int wrappers = 0;; wrappers++) {
		int ret = kvet_ksyms_head_read(&opened->bytes, opened->path, &opened->head, err);

		if (!ret && wrappers > WRAPPERS_MOST)
			ret = kvet_reject(err, ELOOP, "read",
					  "%s: more than %d layers of compression", opened->path,
					  WRAPPERS_MOST);
		if (ret) {
			ksyms_bytes_close(&opened->bytes);
			return ret;
		}
		if (!wrappers)
			opened->fd = kvet_ksyms_bytes_regular(&opened->bytes, opened->head.len);
		ret = unwrap(opened, &more, err);
		if (ret || !more)
			return ret;
		opened->fd = -1;
	}
}

static bool is_elf(const struct ksyms_head *head)
{
	return head->len >= 4 && !memcmp(head->text, "\177ELF", 4);
}

/* The text reader reports what is wrong with a text. Its messages about any other file would
 * mislead. */
static bool is_text(const struct ksyms_head *head)
{
	const char *newline = memchr(head->text, '\n', head->len);
	size_t len = newline ? (size_t)(newline - head->text) : head->len;

	return !memchr(head->text, '\0', len);
}

static int open_source(struct ksyms_source **source, const struct opened *opened,
		       struct kvet_cause *err)
{
	const struct ksyms_head *head = &opened->head;
	int ret;

	if (is_elf(head)) {
		ret = kvet_ksyms_elf_open(source, &opened->bytes, opened->path, head, opened->fd,
					  err);
		return ret == -ENODATA && opened->image
			       ? fail_bare(opened->path, opened->image, err)
			       : ret;
	}
	if (is_text(head))
		return kvet_ksyms_scan_open(source, &opened->bytes, opened->path, head->text,
					    head->len, err);
	ksyms_bytes_close(&opened->bytes);
	if (opened->image)
		return fail_bare(opened->path, opened->image, err);
	if (head->len > 1 &&
	    (!memcmp(head->text, "\xff\xfe", 2) || !memcmp(head->text, "\xfe\xff", 2))) {
		ret = kvet_reject(err, EINVAL, "read", "%s: the text is UTF-16, but must be UTF-8",
				  opened->path);
		if (err)
			kvet_cause_remedy(err, "convert it with 'iconv -f UTF-16 -t UTF-8'");
		return ret;
	}
	return kvet_reject(err, EINVAL, "read",
			   "%s: no symbol table: neither text, nor ELF, nor a boot image",
			   opened->path);
}

static int open_file(struct kvet_ksyms **table, const struct kvet_ksyms_options *options,
		     struct kvet_cause *err)
{
	AUTO(ksyms_source) *source = NULL;
	struct opened opened = { .path = options->path };
	struct stat st;
	bool elf;
	int ret = 0;

	if (options->has_fd)
		kvet_ksyms_bytes_fd(&opened.bytes, options->fd);
	else
		ret = kvet_ksyms_bytes_open(&opened.bytes, options->path, err);
	if (!ret)
		ret = unwrap_all(&opened, err);
	if (ret)
		return ret;
	elf = is_elf(&opened.head);
	if (options->has_kind && elf != (options->kind == KVET_KSYMS_ELF)) {
		ksyms_bytes_close(&opened.bytes);
		return kvet_reject(err, EINVAL, "read", "%s: %s", opened.path,
				   elf ? "an ELF file, not text" : "not an ELF file");
	}
	ret = open_source(&source, &opened, err);
	if (ret)
		return ret;
	source->kind = source->sizes ? KVET_KSYMS_ELF : KVET_KSYMS_FILE;
	source->expected =
		elf || opened.fd < 0 || fstat(opened.fd, &st) ? 0 : (size_t)st.st_size / LINE_SIZE;
	return table_of(table, source, options, err);
}

static int from_iterator(struct kvet_ksyms **table, const struct kvet_host *host,
			 const struct kvet_ksyms_options *options,
			 const struct ksyms_iterator_wish *wish, struct kvet_cause *err)
{
	AUTO(ksyms_source) *source = NULL;
	int ret = kvet_ksyms_iterator_open(&source, host, wish, err);

	if (ret)
		return ret;
	source->kernel_sorted = true;
	return table_of(table, source, options, err);
}

static int open_iterator(struct kvet_ksyms **table, const struct kvet_host *host,
			 const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	const struct ksyms_iterator_wish all = { .modules = leaves_kernel_out(options) };
	const struct ksyms_iterator_wish wish = { .only = options->queries,
						  .only_count = options->query_count,
						  .aliases = options->aliases > 0 };
	int ret = -EAGAIN;

	if (selects(options) && kvet_ksyms_iterator_takes(options->queries, options->query_count))
		ret = from_iterator(table, host, options, &wish, err);
	if (ret == -EAGAIN && !options->aliases)
		ret = from_iterator(table, host, options, &all, err);
	return ret;
}

static int open_any(struct kvet_ksyms **table, const struct kvet_host *host,
		    const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	struct kvet_cause refused = { 0 };
	int ret = 0;

	if (options->path)
		return open_file(table, options, err);
	if (options->has_kind && options->kind == KVET_KSYMS_ITERATOR)
		return open_iterator(table, host, options, err);
	if (options->has_kind && options->kind != KVET_KSYMS_TEXT)
		return kvet_reject(err, EINVAL, "open", "this source requires a file");
	if (!options->has_kind)
		ret = open_iterator(table, host, options, &refused);
	if ((!options->has_kind && !ret) || (ret == -EAGAIN && options->aliases))
		return ret;
	ret = open_text(table, host, options, err);
	if (!ret)
		(*table)->not_iterator = refused;
	return ret;
}

/* One pass is not enough where a name comes before one at the same address that is asked for. */
static int open_whole(struct kvet_ksyms **table, const struct kvet_host *host,
		      const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	struct kvet_ksyms_options whole = *options;

	whole.queries = NULL;
	whole.query_count = 0;
	whole.aliases = 0;
	return open_any(table, host, &whole, err);
}

/* A refreshed table is one of the same modules. */
static int keep_modules(struct kvet_ksyms *table, const struct kvet_ksyms_options *options,
			struct kvet_cause *err)
{
	table->only = calloc(options->module_count, sizeof(*table->only));
	for (size_t i = 0; table->only && i < options->module_count; i++) {
		table->only[i] = strdup(options->modules[i]);
		if (!table->only[i])
			return kvet_fail_memory(err);
		table->only_count++;
	}
	return table->only ? 0 : kvet_fail_memory(err);
}

int kvet_ksyms_open(struct kvet_ksyms **out, const struct kvet_host *host,
		    const struct kvet_ksyms_options *options, struct kvet_cause *err)
{
	static const struct kvet_ksyms_options anything;
	AUTO(ksyms_loaded) *loaded = NULL;
	AUTO(kvet_ksyms) *table = NULL;
	int ret = 0;

	options = options ? options : &anything;
	/* Before the table: what comes while it is read makes it stale. */
	if (options->lasting && !options->path)
		ret = kvet_ksyms_loaded_read(host, &loaded, err);
	if (!ret)
		ret = open_any(&table, host, options, err);
	if (ret == -EAGAIN && options->aliases)
		ret = open_whole(&table, host, options, err);
	if (!ret && options->module_count)
		ret = keep_modules(table, options, err);
	if (ret)
		return ret;
	table->loaded = TAKE(loaded);
	*out = TAKE(table);
	return 0;
}

int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_cause *err)
{
	const struct kvet_ksyms_options options = { .path = path,
						    .has_kind = !path,
						    .kind = KVET_KSYMS_TEXT };

	return kvet_ksyms_open(table, host, &options, err);
}

int kvet_ksyms_parse(struct kvet_ksyms **table, FILE *stream, const char *label,
		     struct kvet_cause *err)
{
	AUTO(ksyms_source) *source = NULL;
	struct ksyms_bytes bytes;
	int ret = kvet_ksyms_bytes_stream(&bytes, stream, err);

	if (!ret)
		ret = kvet_ksyms_scan_open(&source, &bytes, label, NULL, 0, err);
	return ret ? ret : kvet_ksyms_build(table, source, err);
}
