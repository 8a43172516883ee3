/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The types of the kernel or of a module, as BTF describes them: found by kind and name, and
 * followed. libbpf's reader is not used: it copies all of it, trusts its references, and has no
 * index of names. What a type consists of is read with the inline functions of <bpf/btf.h>:
 * btf_kind(), btf_members(), btf_params(), btf_enum().
 *
 * Whatever the bytes are, no function here reads past them: a reference to a type or name that does
 * not exist leads to NULL or 0. Immutable, once made and indexed.
 *
 *	for (id = kvet_btf_find(btf, BTF_KIND_FUNC, name); id; id = kvet_btf_next(btf, id))
 *		proto = kvet_btf_prototype(btf, id);
 */
#ifndef KVET_HOST_BTF_H
#define KVET_HOST_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>

#include <kvet/host.h>

#include "core/cleanup.h"
#include "core/hash.h"

#define KVET_BTF_FOLDER  "/sys/kernel/btf/"
#define KVET_BTF_KERNEL  "vmlinux"
#define KVET_BTF_VMLINUX KVET_BTF_FOLDER KVET_BTF_KERNEL

struct kvet_btf_bytes {
	void *at;
	size_t size;
	bool mapped; /* else allocated */
};

void kvet_btf_bytes_free(struct kvet_btf_bytes *bytes);

struct kvet_btf {
	const struct kvet_btf *base; /* of a module: the kernel's. NULL: none */
	const char *types;
	const char *strings;
	size_t strings_size;
	uint32_t first;   /* id of the first type that is not the base's */
	uint32_t end;     /* greater than every id */
	uint32_t *places; /* of each type from first on: where it is in types, in words */
	/* By kvet_btf_index(): the first type of each name, and after a type the next of that
	 * name, or 0. Both by the id less first. */
	struct hash names;
	uint32_t *same;
	struct kvet_btf_bytes bytes; /* of kvet_btf_read(): freed with it */
};

/*
 * Finds the types in these bytes, which stay the caller's. The base is not owned either. Errors:
 * -EINVAL if they are not BTF, are damaged, or have a type of a kind that kvet does not know;
 * -ENOMEM. what names the bytes in the cause. Pure. Free with kvet_btf_free(); NULL is fine.
 */
int kvet_btf_new(struct kvet_btf **btf, const struct kvet_btf *base, const char *bytes, size_t size,
		 const char *what, struct kvet_cause *err);
void kvet_btf_free(struct kvet_btf *btf);
AUTO_DEFINE(kvet_btf)

/*
 * Reads the BTF of a module, with the kernel's as base, or the kernel's own (KVET_BTF_KERNEL, NULL)
 * from below /sys/kernel/btf. Touches the kernel. Errors: of open(2), fstat(2) and read(2); those
 * of kvet_btf_new(); -EFBIG if it is too large for BTF, -ENODATA if it shrinks.
 */
int kvet_btf_read(struct kvet_btf **btf, const struct kvet_host *host, const char *module,
		  const struct kvet_btf *base, struct kvet_cause *err);

/* Types that the caller looks for, by kind and name. id starts as 0, and stays 0 if there is no
 * such type. reached, which starts as 0, counts those that there are. */
struct kvet_btf_goal {
	uint32_t kind;
	const char *name;
	uint32_t id;
};

struct kvet_btf_goals {
	struct kvet_btf_goal *items;
	size_t count;
	size_t reached;
};

/*
 * The same two for a caller who requires only a few types of the kernel: they end at the last of
 * the goals. Types of greater ids then do not exist, and a reference to one leads to NULL or 0.
 * All types of a kernel take 0.6 ms, and one look-up without an index 0.2 ms more.
 */
int kvet_btf_new_for(struct kvet_btf **btf, const struct kvet_btf *base, const char *bytes,
		     size_t size, struct kvet_btf_goals *goals, const char *what,
		     struct kvet_cause *err);
int kvet_btf_read_for(struct kvet_btf **btf, const struct kvet_host *host,
		      struct kvet_btf_goals *goals, struct kvet_cause *err);

/* Makes kvet_btf_find() and kvet_btf_next() one look-up, for 3 ms (126,000 types); without it they
 * compare names one by one, 0.3 ms for each call. Errors: -ENOMEM. */
int kvet_btf_index(struct kvet_btf *btf, struct kvet_cause *err);

/* The type of an id; NULL for 0, which is void, and for an id that does not exist. */
const struct btf_type *kvet_btf_type(const struct kvet_btf *btf, uint32_t id);

/* The string at an offset, "" for none; NULL if the offset is out of bounds. */
const char *kvet_btf_string(const struct kvet_btf *btf, uint32_t offset);

/* The first type of this kind (BTF_KIND_FUNC) and name, not including the base's; 0 if there is
 * none. The next that has both from the same; 0 if that was the last. */
uint32_t kvet_btf_find(const struct kvet_btf *btf, uint32_t kind, const char *name);
uint32_t kvet_btf_next(const struct kvet_btf *btf, uint32_t id);

/* The id behind typedefs, qualifiers and type tags: 0 for void, and where the chain does not end.
 */
uint32_t kvet_btf_resolve(const struct kvet_btf *btf, uint32_t id);

/* The BTF_KIND_FUNC_PROTO of a function; NULL if id is none. */
const struct btf_type *kvet_btf_prototype(const struct kvet_btf *btf, uint32_t id);

struct kvet_btf_member {
	uint32_t type;
	uint32_t offset; /* bits, from the start of the outermost struct */
	uint32_t bits;   /* of a bit field; 0: none */
};

/* A member of a struct or union, or of one without a name in it. Returns whether it exists. */
bool kvet_btf_member(const struct kvet_btf *btf, uint32_t id, const char *name,
		     struct kvet_btf_member *member);

#endif
