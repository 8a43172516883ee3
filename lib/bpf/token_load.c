/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel: bpf(BPF_TOKEN_CREATE). */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kvet/host.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "bpf/delegation.h"
#include "bpf/late.h"
#include "bpf/token_load.h"

static bool find_mount(struct kvet_token *token)
{
	AUTO_FCLOSE FILE *stream = fopen("/proc/self/mountinfo", "re");
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	bool found = false;

	/* The last file system mounted at a place hides those before it. */
	while (stream && getline(&line, &size, stream) > 0)
		found = kvet_delegation_parse(line, token->mount, sizeof(token->mount),
					      token->options, sizeof(token->options)) ||
			found;
	return found;
}

void kvet_token_open(struct kvet_token *token)
{
	uint32_t attr[2] = { 0 }; /* flags, and the file system */
	AUTO_CLOSE int mount = -1;
	int fd;

	memset(token, 0, sizeof(*token));
	if (!kvet_host_in_user_namespace() || !find_mount(token))
		return;
	mount = open(token->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	token->errnum = mount < 0 ? errno : 0;
	token->source = "open";
	if (mount < 0)
		return;
	attr[1] = (uint32_t)mount;
	errno = 0;
	fd = (int)syscall(__NR_bpf, KVET_BPF_TOKEN_CREATE, attr, sizeof(attr));
	token->errnum = fd < 0 ? errno : 0;
	token->source = "bpf(BPF_TOKEN_CREATE)";
	token->fd = fd < 0 ? 0 : fd;
}

void kvet_token_close(struct kvet_token *token)
{
	if (token->fd)
		close(token->fd);
	token->fd = 0;
}

/* Where union bpf_attr holds the token since 6.9; the build's headers may be older. */
static const struct {
	int command;
	size_t flags;
	size_t token;
} places[] = {
	{ BPF_MAP_CREATE, 16, 76 },
	{ BPF_PROG_LOAD, 44, 144 },
	{ BPF_BTF_LOAD, 32, 36 },
};

size_t kvet_token_name(const struct kvet_token *token, int command, void *attr, size_t size)
{
	for (size_t i = 0; token->fd && i < sizeof(places) / sizeof(*places); i++) {
		uint32_t flags, fd = (uint32_t)token->fd;

		if (places[i].command != command)
			continue;
		memcpy(&flags, (char *)attr + places[i].flags, sizeof(flags));
		flags |= KVET_BPF_F_TOKEN_FD;
		memcpy((char *)attr + places[i].flags, &flags, sizeof(flags));
		memcpy((char *)attr + places[i].token, &fd, sizeof(fd));
		return places[i].token + sizeof(fd);
	}
	return size;
}

static const char *command_name(int command)
{
	return command == BPF_MAP_CREATE  ? "map_create"
	       : command == BPF_PROG_LOAD ? "prog_load"
	       : command == BPF_BTF_LOAD  ? "btf_load"
					  : NULL;
}

static bool say(const struct kvet_token *token, const char *option, int number, const char *name,
		struct kvet_cause *cause)
{
	char word[64];

	if (number < 0 ||
	    kvet_delegation_allows(token->options, option, (unsigned int)number, name))
		return false;
	if (name)
		snprintf(word, sizeof(word), "%s", name);
	else
		snprintf(word, sizeof(word), "0x%llx", 1ULL << (number & 63));
	kvet_cause_add(cause, "the BPF file system on %.200s does not delegate it: %s lacks %s",
		       token->mount, option, word);
	kvet_cause_remedy(cause,
			  "mount it with %s=%s (or any) as well, with privilege outside of the "
			  "user namespace",
			  option, word);
	return true;
}

bool kvet_token_explain(const struct kvet_token *token, const struct kvet_token_need *need,
			struct kvet_cause *cause)
{
	char name[32];

	if (!token->mount[0])
		return false;
	if (!token->fd) {
		kvet_cause_add(cause, "the BPF file system on %.200s delegates, but %s says %s",
			       token->mount, token->source,
			       kvet_errno_name(token->errnum, name, sizeof(name)));
		kvet_cause_remedy(cause,
				  "hold CAP_BPF in the user namespace that %.200s was "
				  "mounted in",
				  token->mount);
		return true;
	}
	return say(token, "delegate_cmds", need->command, command_name(need->command), cause) ||
	       say(token, "delegate_maps", need->map_type,
		   libbpf_bpf_map_type_str((enum bpf_map_type)need->map_type), cause) ||
	       say(token, "delegate_progs", need->prog_type,
		   libbpf_bpf_prog_type_str((enum bpf_prog_type)need->prog_type), cause) ||
	       say(token, "delegate_attachs", need->attach_type,
		   libbpf_bpf_attach_type_str((enum bpf_attach_type)need->attach_type), cause);
}
