/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads and attaches each program of an object alone, for real, and prints "NAME LOAD ATTACH": yes,
 * no, or "-" where it cannot be attached here. An oracle beside kvet, which attaches nothing.
 *
 * With KVET_TOKEN=PATH, libbpf loads by a token of the BPF file system there.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOPBACK 1 /* the index of lo */

/* What an object in user space has: its file, its provider, its name. */
__attribute__((noinline)) static void here(void)
{
	__asm__ volatile("990: nop\n"
			 ".pushsection .note.stapsdt, \"\", \"note\"\n"
			 ".balign 4\n"
			 ".4byte 992f - 991f, 994f - 993f, 3\n"
			 "991: .asciz \"stapsdt\"\n"
			 "992: .balign 4\n"
			 "993: .8byte 990b, 0, 0\n"
			 ".asciz \"kvet\"\n"
			 ".asciz \"here\"\n"
			 ".asciz \"\"\n"
			 "994: .balign 4\n"
			 ".popsection\n");
}

/* --- sections that libbpf 1.1 does not know --------------------------------------------------- */

enum {
	TYPE_NETFILTER = 32,
	ATTACH_NETFILTER = 45,
	ATTACH_TCX_INGRESS,
	ATTACH_TCX_EGRESS,
	ATTACH_UPROBE_MULTI = 48,
	ATTACH_UNIX_CONNECT,
	ATTACH_UNIX_SENDMSG,
	ATTACH_UNIX_RECVMSG,
	ATTACH_UNIX_GETPEERNAME,
	ATTACH_UNIX_GETSOCKNAME,
	ATTACH_NETKIT_PRIMARY = 54,
	ATTACH_NETKIT_PEER,
};

static const struct later {
	const char *section;
	int type, attach;
} later[] = {
	{ "netfilter", TYPE_NETFILTER, ATTACH_NETFILTER },
	{ "tcx/ingress", BPF_PROG_TYPE_SCHED_CLS, ATTACH_TCX_INGRESS },
	{ "tcx/egress", BPF_PROG_TYPE_SCHED_CLS, ATTACH_TCX_EGRESS },
	{ "netkit/primary", BPF_PROG_TYPE_SCHED_CLS, ATTACH_NETKIT_PRIMARY },
	{ "netkit/peer", BPF_PROG_TYPE_SCHED_CLS, ATTACH_NETKIT_PEER },
	{ "classifier/ingress", BPF_PROG_TYPE_SCHED_CLS, 0 },
	{ "sk_skb/verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT },
	{ "cgroup/connect_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ATTACH_UNIX_CONNECT },
	{ "cgroup/sendmsg_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ATTACH_UNIX_SENDMSG },
	{ "cgroup/recvmsg_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ATTACH_UNIX_RECVMSG },
	{ "cgroup/getpeername_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ATTACH_UNIX_GETPEERNAME },
	{ "cgroup/getsockname_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ATTACH_UNIX_GETSOCKNAME },
};

static void set_type(struct bpf_program *program)
{
	for (size_t i = 0; i < sizeof(later) / sizeof(*later); i++) {
		if (strcmp(later[i].section, bpf_program__section_name(program)) != 0)
			continue;
		bpf_program__set_type(program, later[i].type);
		bpf_program__set_expected_attach_type(program, later[i].attach);
	}
}

/* --- links ---------------------------------------------------------------------------------------
 * Each returns 0 or the descriptor of what came to be, or a negative errno; -EOPNOTSUPP is what
 * main() takes for "-" where the kernel cannot have said it.
 */

#define NOT_HERE (-4095)

static int close_socket(int fd, int ret)
{
	ret = ret ? -errno : 0;
	close(fd);
	return ret;
}

static int add_to_socket(int prog, int option)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	return close_socket(fd, setsockopt(fd, SOL_SOCKET, option, &prog, sizeof(prog)));
}

static int add_to_map(int prog, enum bpf_attach_type type)
{
	int map = bpf_map_create(BPF_MAP_TYPE_SOCKMAP, "kvet_sockets", 4, 4, 1, NULL);
	int ret = map < 0 ? map : bpf_prog_attach(prog, map, type, 0);

	if (map >= 0)
		close(map);
	return ret;
}

/* The value of a device or CPU map: the device or the size of its queue, and the program. */
static int add_as_value(int prog, enum bpf_map_type type)
{
	int map = bpf_map_create(type, "kvet_values", 4, 8, 1, NULL), ret;
	const int key = 0, value[] = { type == BPF_MAP_TYPE_DEVMAP ? LOOPBACK : 64, prog };

	ret = map < 0 ? map : bpf_map_update_elem(map, &key, value, 0);
	if (map >= 0)
		close(map);
	return ret;
}

static int add_to_event(struct bpf_program *program)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000000,
	};
	int event = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	struct bpf_link *link = bpf_program__attach_perf_event(program, event);
	int ret = link ? 0 : -errno;

	if (link)
		bpf_link__destroy(link);
	else
		close(event);
	return ret;
}

static int add_with(struct bpf_link *link)
{
	int ret = link ? 0 : -errno;

	bpf_link__destroy(link);
	return ret;
}

static int add_to_file(struct bpf_program *program, const char *path,
		       struct bpf_link *(*add)(const struct bpf_program *, int))
{
	int fd = open(path, O_RDONLY), ret = add_with(add(program, fd));

	close(fd);
	return ret;
}

/* A link as headers of a later kernel have it: a device, or hook 0 of IPv4. */
static int add_link(int prog, int target, int attach)
{
	const struct {
		uint32_t prog, target, attach, flags;
		uint32_t rest[16];
	} attr = { (uint32_t)prog,
		   (uint32_t)target,
		   (uint32_t)attach,
		   0,
		   { attach == ATTACH_NETFILTER ? 2 : 0 } };
	int fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* The test makes a pair of these, if the kernel has them. */
static int device_for(int attach)
{
	int pair = (int)if_nametoindex("kvet0");

	return attach < ATTACH_NETKIT_PRIMARY || !pair ? LOOPBACK : pair;
}

static int add_to_device(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = LOOPBACK, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(program));
	int ret = bpf_tc_hook_create(&hook);

	/* Its module is not in each guest. */
	if (ret)
		return NOT_HERE;
	ret = bpf_tc_attach(&hook, &opts);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	bpf_tc_hook_destroy(&hook);
	return ret;
}

static int add_operations(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			return add_with(bpf_map__attach_struct_ops(map));
	}
	return NOT_HERE;
}

static int add(struct bpf_object *object, struct bpf_program *program)
{
	int fd = bpf_program__fd(program), type = bpf_program__expected_attach_type(program);
	const char *section = bpf_program__section_name(program);
	int ret;

	switch ((int)bpf_program__type(program)) {
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_CGROUP_DEVICE:
	case BPF_PROG_TYPE_SOCK_OPS:
		return add_to_file(program, "/sys/fs/cgroup", bpf_program__attach_cgroup);
	case BPF_PROG_TYPE_SK_LOOKUP:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
		return add_to_file(program, "/proc/self/ns/net", bpf_program__attach_netns);
	case BPF_PROG_TYPE_XDP:
		if (type == BPF_XDP)
			return add_with(bpf_program__attach_xdp(program, LOOPBACK));
		return add_as_value(fd, type == BPF_XDP_DEVMAP ? BPF_MAP_TYPE_DEVMAP
							       : BPF_MAP_TYPE_CPUMAP);
	case BPF_PROG_TYPE_SOCKET_FILTER:
		return add_to_socket(fd, SO_ATTACH_BPF);
	case BPF_PROG_TYPE_SK_REUSEPORT:
		return add_to_socket(fd, SO_ATTACH_REUSEPORT_EBPF);
	case BPF_PROG_TYPE_SK_SKB:
		return add_to_map(fd,
				  type ? (enum bpf_attach_type)type : BPF_SK_SKB_STREAM_VERDICT);
	case BPF_PROG_TYPE_SK_MSG:
		return add_to_map(fd, type);
	case BPF_PROG_TYPE_PERF_EVENT:
		return add_to_event(program);
	case BPF_PROG_TYPE_SCHED_CLS:
		return type ? add_link(fd, device_for(type), type) : add_to_device(program);
	case TYPE_NETFILTER:
		return add_link(fd, 0, ATTACH_NETFILTER);
	case BPF_PROG_TYPE_STRUCT_OPS:
		return add_operations(object);
	case BPF_PROG_TYPE_LSM:
		if (type == BPF_LSM_CGROUP)
			return add_to_file(program, "/sys/fs/cgroup", bpf_program__attach_cgroup);
		break;
	default:
		break;
	}
	ret = add_with(bpf_program__attach(program));
	return ret == -EOPNOTSUPP && !strchr(section, '/') ? NOT_HERE : ret;
}

/* --- each program ----------------------------------------------------------------------------- */

static bool is_operation(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_STRUCT_OPS;
}

/* As its loader would: the value of a stack map is 127 addresses. */
static void set_sizes(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE)
		bpf_map__set_value_size(map, 127 * 8);
}

static void try_one(const char *path, const char *name, bool words)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	const char *load = "no", *attached = "-";
	struct bpf_program *program, *named;
	int ret;

	if (!object)
		return;
	named = bpf_object__find_program_by_name(object, name);
	/* The map of a struct requires all of its programs. */
	bpf_object__for_each_program(program, object)
	{
		set_type(program);
		bpf_program__set_autoload(program, program == named || (is_operation(program) &&
									is_operation(named)));
	}
	set_sizes(object);
	ret = bpf_object__load(object);
	if (!ret) {
		load = "yes";
		ret = add(object, named);
		attached = ret == NOT_HERE ? "-" : ret ? "no" : "yes";
	}
	printf("%s %s %s", name, load, attached);
	if (words && ret < 0 && ret != NOT_HERE)
		printf(" %s", strerror(-ret));
	putchar('\n');
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	bool words = argc == 3 && !strcmp(argv[1], "-v");
	struct bpf_object *object;
	struct bpf_program *program;
	const char *path;

	if (argc != 2 + words)
		return 2;
	path = argv[1 + words];
	here();
	/* Kernels before 5.11 charge it. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	libbpf_set_print(NULL);
	object = bpf_object__open_file(path, NULL);
	if (!object)
		return 1;
	bpf_object__for_each_program(program, object)
		try_one(path, bpf_program__name(program), words);
	bpf_object__close(object);
	return 0;
}
