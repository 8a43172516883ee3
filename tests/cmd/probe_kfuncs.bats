#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# kvet probe kfuncs: what names and globs choose, and what nobody and a host without BTF get.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

kfuncs() {
	run --separate-stderr "$KVET" probe kfuncs -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "a host whose BTF cannot be read: undetermined, with the file" {
	mkdir -p "$BATS_TEST_TMPDIR/root/sys/kernel/btf"
	kfuncs --sysroot "$BATS_TEST_TMPDIR/root" 'bpf_*'
	[ "$status" -eq 3 ]
	json '.status == "undetermined" and .summary.complete == false'
	json '.errors | any(.evidence | contains("/sys/kernel/btf/vmlinux"))'
	kfuncs --sysroot "$BATS_TEST_TMPDIR/root" -t xdp -t kprobe bpf_task_acquire
	[ "$status" -eq 3 ]
	json '[.records[] | [.name, .type, .verdict]] ==
		[["bpf_task_acquire", "xdp", "undetermined"], ["bpf_task_acquire", "kprobe", "undetermined"]]'
}

@test "a kernel whose BTF has no tags: what its symbol table has in sets" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: the programs are loaded"
	[ -r /sys/kernel/btf/vmlinux ] || skip "no BTF here"
	local root=$BATS_TEST_TMPDIR/root

	mkdir -p "$root/sys/kernel/btf" "$root/proc"
	LC_ALL=C sed 's/\x00bpf_kfunc\x00/\x00bpf_kfunk\x00/' /sys/kernel/btf/vmlinux >"$root/sys/kernel/btf/vmlinux"
	printf 'ffffffff81000100 r %s\n' __BTF_ID__set8__some_ids some_ids >"$root/proc/kallsyms"
	printf 'ffffffff81000108 r __BTF_ID__func__vfs_read__12\n' >>"$root/proc/kallsyms"
	kfuncs --sysroot "$root" -t socket_filter
	json '[.records[] | [.name, .listed]] == [["vfs_read", "in a set of kallsyms"]] and .summary.complete'
	printf 'ffffffff81000100 T vfs_read\n' >"$root/proc/kallsyms"
	kfuncs --sysroot "$root"
	[ "$status" -ne 0 ]
	json '.summary.complete == false and (.errors | any(.evidence | contains("no set of BTF ids") or contains("cannot call")))'
}

@test "a function that this kernel does not have: no, and what may be meant" {
	[ -r /sys/kernel/btf/vmlinux ] || skip "no BTF here"
	kfuncs kfunc_of_tomorrow
	[ "$status" -eq 1 ]
	json '.records == [.records[0]] and .records[0].verdict == "unsupported" and .records[0].types == null'
	json '.records[0].reason == "unknown to this kernel"'
	json '.errors[0].evidence | contains("kfunc_of_tomorrow")'
	kfuncs 'kfunc_of_tomorrow*'
	[ "$status" -ne 0 ]
	json '.records == [] and (.errors | length) == 1'
}

@test "wrong use names what may be meant" {
	expect 2 "$KVET" probe kfuncs -t kprob vfs_read
	holds "$stderr" "did you mean 'kprobe'?"
	expect 2 "$KVET" probe kfuncs -a vfs_read
}

@test "nobody: undetermined, with the missing capability" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	run --separate-stderr as_nobody "$KVET" probe kfuncs -j -t kprobe -t xdp vfs_read
	[ "$status" -eq 3 ]
	json '.records | length == 2 and all(.verdict == "undetermined" and .errno == "EPERM" and .listed == "named")'
	json '.errors[0].evidence | contains("CAP_BPF")'
}
