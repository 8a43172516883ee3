/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads the programs of an object one by one, each with the map that the end of its name
 * says, and prints "NAME ERRNO" for each: 0 if it loaded. An oracle beside kvet: libbpf does it. */
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* What follows the last "__". */
static const char *map_of(const char *name)
{
	const char *found = name;

	for (const char *at = strstr(name, "__"); at; at = strstr(at + 2, "__"))
		found = at + 2;
	return found;
}

/* The object with one program and its map alone; errno of loading it. */
static int load(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	struct bpf_map *map;
	int ret;

	if (!object)
		return -1;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	bpf_object__for_each_map(map, object)
		bpf_map__set_autocreate(map, !strcmp(bpf_map__name(map), map_of(name)));
	ret = bpf_object__load(object);
	bpf_object__close(object);
	return -ret;
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
	bpf_object__for_each_program(program, object) printf(
		"%s %d\n", bpf_program__name(program), load(argv[1], bpf_program__name(program)));
	bpf_object__close(object);
	return 0;
}
