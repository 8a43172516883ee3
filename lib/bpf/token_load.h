/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A BPF token (Linux 6.9) lets the root user of a user namespace use bpf(2), as far as the BPF file
 * system that is mounted there delegates it.
 */
#ifndef KVET_BPF_TOKEN_LOAD_H
#define KVET_BPF_TOKEN_LOAD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>

struct kvet_token {
	int fd;               /* 0: none */
	char mount[PATH_MAX]; /* the BPF file system that delegates, "" if none */
	char options[512];
	int errnum; /* of the call that failed to create a token */
	const char *source;
};

/* Looks for such a file system, only in a user namespace, and creates a token from it. Touches the
 * kernel. Free with kvet_token_close(). */
void kvet_token_open(struct kvet_token *token);
void kvet_token_close(struct kvet_token *token);

/* Adds the token to the attributes of a command of bpf(2). The buffer is large enough for the
 * attributes of every kernel (KVET_ATTR_SIZE), and size bytes of it are used. Returns how many are
 * used then. */
#define KVET_ATTR_SIZE 256
size_t kvet_token_name(const struct kvet_token *token, int command, void *attr, size_t size);

/* What a call requires to be delegated. A member below 0: nothing of the kind. */
struct kvet_token_need {
	int command;
	int map_type;
	int prog_type;
	int attach_type;
};

/* Adds to cause, of a call that was refused with EPERM, what the token does not allow, and how to
 * delegate it. Returns whether it added anything. */
bool kvet_token_explain(const struct kvet_token *token, const struct kvet_token_need *need,
			struct kvet_cause *cause);

#endif
