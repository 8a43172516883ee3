/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads and attaches each program of an object alone, for real, and prints "NAME LOAD ATTACH": yes,
 * no, or "-" where libbpf does not attach such programs by itself. An oracle beside kvet, which
 * attaches nothing.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* As its loader would: the value of a stack map is 127 addresses. */
static void set_sizes(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE)
		bpf_map__set_value_size(map, 127 * 8);
}

static const char *attach(struct bpf_object *object, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	struct bpf_link *link;
	int errnum;

	errno = 0;
	link = bpf_program__attach(program);
	errnum = errno;
	if (!link)
		return errnum == EOPNOTSUPP && !strchr(bpf_program__section_name(program), '/')
			       ? "-"
			       : "no";
	bpf_link__destroy(link);
	return "yes";
}

static void try_one(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	const char *load = "no", *attached = "-";
	struct bpf_program *program;

	if (!object)
		return;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	set_sizes(object);
	if (!bpf_object__load(object)) {
		load = "yes";
		attached = attach(object, name);
	}
	printf("%s %s %s\n", name, load, attached);
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc != 2)
		return 2;
	/* Kernels before 5.11 charge it. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_print(NULL);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return 1;
	bpf_object__for_each_program(program, object) try_one(argv[1], bpf_program__name(program));
	bpf_object__close(object);
	return 0;
}
