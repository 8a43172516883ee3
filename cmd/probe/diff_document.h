/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The answers in a document that `kvet probe …` wrote, JSON or JSON lines. Pure. */
#ifndef CMD_PROBE_DIFF_DOCUMENT_H
#define CMD_PROBE_DIFF_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>

struct json_object;

/* A list of a record. NULL items: the record has none. */
struct diff_list {
	const char **items;
	size_t count;
};

/* Strings belong to the document; "" for what is absent. */
struct diff_answer {
	const char *name, *type, *module;
	int64_t id;
	bool sleepable;
	enum kvet_verdict verdict;
	bool has_attach;
	enum kvet_verdict attach;
	const char *reason, *errnum, *evidence;
	const char *argument; /* of a helper; of a setting its value */
	struct diff_list types, sleepable_types, undetermined_types;
};

/* One of the commands whose documents can be compared. */
struct diff_kind {
	const char *command; /* "probe helpers" */
	const char *record;  /* the name of its records in JSON lines: "helper" */
	const char *name;    /* the field that names what was asked: "helper" */
	bool by_id;          /* names are for people: the number decides */
};

/* Start from all zeros. */
struct diff_document {
	const char *label; /* of the file */
	const struct diff_kind *kind;
	bool complete; /* what it does not have, its kernel does not have */
	/* In the order of what was asked, each once. */
	struct diff_answer *answers;
	size_t count;
	struct json_object **objects;
	size_t object_count;
};

/*
 * Parses the bytes, which may then be freed. Returns 0, or a negative errno with the place of what
 * is wrong in cause: -EINVAL, -ENOMEM. Free with diff_document_deinit().
 */
int diff_document_parse(struct diff_document *document, const char *label, const char *bytes,
			size_t size, struct kvet_cause *cause);
void diff_document_deinit(struct diff_document *document);

/* The order of answers: 0 if both are to the same question. */
int diff_answer_order(const struct diff_kind *kind, const struct diff_answer *a,
		      const struct diff_answer *b);

#endif
