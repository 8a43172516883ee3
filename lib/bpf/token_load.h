/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A BPF token (Linux 6.9): what lets the root of a user namespace use bpf(2), as far as the BPF
 * file system delegates that is mounted there.
 */
#ifndef KVET_BPF_TOKEN_LOAD_H
#define KVET_BPF_TOKEN_LOAD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>

struct kvet_token {
	int fd;               /* 0: none */
	char mount[PATH_MAX]; /* the BPF file system that delegates, "" if none does */
	char options[512];
	int errnum; /* of the call that did not make a token */
	const char *source;
};

/* Looks for such a file system, in a user namespace alone, and makes a token of it. Touches the
 * kernel. Free with kvet_token_close(). */
void kvet_token_open(struct kvet_token *token);
void kvet_token_close(struct kvet_token *token);

/* Names the token in the attributes of a command of bpf(2), in a buffer that is large enough for
 * those of all kernels (KVET_ATTR_SIZE), of which size bytes are used. Returns how many are now. */
#define KVET_ATTR_SIZE 256
size_t kvet_token_name(const struct kvet_token *token, int command, void *attr, size_t size);

/* What a call needs delegated. Members below 0: nothing of the kind. */
struct kvet_token_need {
	int command;
	int map_type;
	int prog_type;
	int attach_type;
};

/* Adds to cause, which is of a call refused with EPERM, what the token does not allow of it, and
 * how to delegate it. Returns whether there was anything to say. */
bool kvet_token_explain(const struct kvet_token *token, const struct kvet_token_need *need,
			struct kvet_cause *cause);

#endif
