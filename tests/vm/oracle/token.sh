#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kvet in a user namespace with a BPF file system that delegates, all or not all (Linux 6.9).
# Needs delegate in the guest's PATH.
#
# shellcheck disable=SC2317,SC2329 # check calls the functions

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

all='delegate_cmds=any delegate_maps=any delegate_progs=any delegate_attachs=any'
# shellcheck disable=SC2086 # words
if ! delegate $all -- true 2>/dev/null; then
	absent 'delegated BPF' 'it has no tokens'
	check_status 1 'a kernel that delegates nothing has no tokens' \
		grep -qw bpf_token_create /proc/kallsyms
	plan
fi

# ask OPTIONS HELPER... : kvet's records and messages; its status is the answer's.
ask() {
	options=$1
	shift
	# shellcheck disable=SC2086 # words
	delegate $options -- kvet probe helpers --format jsonl "$@" 2>&1
}

check_output '"verdict":"supported","reason":"loaded"' 'all delegated: kprobe' \
	ask "$all" -t kprobe ktime_get_boot_ns
check_status 0 'all delegated: four types, a target, a map, BTF, an object' ask "$all" \
	-t kprobe -t xdp -t tracing/fentry -t sched_cls ktime_get_ns map_push_elem probe_read_kernel
check_status 0 'all delegated: maps that need BTF' ask "$all" -t sched_cls spin_lock timer_init
check_output '"attachable":true' 'all delegated: attachable' ask "$all" -t fentry ktime_get_ns
check_output '"verdict":"unsupported","reason":"not for this program type"' \
	'all delegated: a no is a no' ask "$all" -t xdp get_stackid
check_status 0 'all delegated: -q' ask "$all" -q -t kprobe ktime_get_boot_ns
# Which kernels ask for CAP_SYS_ADMIN outside, for all that a token says, is for them to say.
check_output '"verdict":"supported"|CAP_SYS_ADMIN missing' 'write_user: what is missing is named' \
	ask "$all" --full -t kprobe probe_write_user
check_also '"verdict":"supported"|outside of the user namespace' 'write_user: and where it counts'

# lacks NAME WANTED OPTIONS ARGUMENTS...: undetermined, and what is not delegated is named.
lacks() {
	name=$1 wanted=$2 options=$3
	shift 3
	check_status 3 "$name: undetermined" ask "$options" "$@"
	check_also "EPERM: .*file system on /sys/fs/bpf does not delegate it: $wanted" "$name: it is named"
	check_also "try: mount it with ${wanted%% *}=${wanted##* }" "$name: what to do"
}
lacks 'no loading' 'delegate_cmds lacks prog_load' \
	'delegate_cmds=map_create delegate_maps=any delegate_progs=any delegate_attachs=any' \
	-t kprobe ktime_get_ns
lacks 'no kprobe' 'delegate_progs lacks kprobe' \
	'delegate_cmds=any delegate_maps=any delegate_progs=xdp:tracing delegate_attachs=any' \
	-t kprobe ktime_get_ns
lacks 'no fentry' 'delegate_attachs lacks trace_fentry' \
	'delegate_cmds=any delegate_maps=any delegate_progs=any delegate_attachs=trace_iter' \
	-t fentry ktime_get_ns
lacks 'no queue' 'delegate_maps lacks queue' \
	'delegate_cmds=any delegate_maps=array delegate_progs=any delegate_attachs=any' \
	-t kprobe map_pop_elem
lacks 'no BTF' 'delegate_cmds lacks btf_load' \
	'delegate_cmds=prog_load:map_create delegate_maps=any delegate_progs=any delegate_attachs=any' \
	-t sched_cls spin_lock
check_status 0 'what is delegated by name is answered' ask \
	'delegate_cmds=prog_load:map_create delegate_maps=any delegate_progs=xdp delegate_attachs=any' \
	-t xdp ktime_get_ns map_pop_elem

# Objects are loaded by libbpf, of which only later versions than this one use tokens.
# shellcheck disable=SC2086 # words
check_status 3 'an object: undetermined' \
	delegate $all -- kvet object check --format jsonl /objects/boottime.bpf.o
check_also '"reason":"privilege".*file system on /sys/fs/bpf delegates, but libbpf .* makes no use of its tokens' \
	'an object: what the token is not for'
# shellcheck disable=SC2086 # words
check_output '"verdict":"no","load":"undetermined".*"reason":"target-file"' \
	'an object: a no is the target'"'"'s, with its cause' \
	delegate $all -- kvet object check --format jsonl /objects/usdt.bpf.o

# Nothing delegated at all: there is no token to make.
check_status 3 'a file system that delegates nothing' ask '' -t kprobe ktime_get_ns
check_also 'user namespace' 'a file system that delegates nothing: the namespace is named'

plan
