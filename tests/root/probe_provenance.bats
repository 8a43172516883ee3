#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe helpers on this kernel: whose errno it was that libbpf left behind.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	KPROBE=("$KVET" probe helpers -j -t kprobe ktime_get_boot_ns)
}

# Skips where root itself may not load such a program, or has an older kernel than 5.7.
needs_supported() {
	run --separate-stderr "${KPROBE[@]}" -q
	[ "$status" -eq 0 ] || skip "bpf_ktime_get_boot_ns is not supported here, status $status"
}

@test "the errno that libbpf leaks is traced to its call, and the answer is still yes" {
	[ ! -e /proc/version_signature ] || skip "this kernel has /proc/version_signature"
	needs_supported
	expect 0 "${KPROBE[@]}"
	json '.records[0] | .verdict == "supported" and .libbpf_return == 1'
	json '.summary.libbpf_misleading == 1'
	# Every call that failed is named; before 5.11 the first is not the file of Ubuntu, but
	# a load that libbpf expects to fail.
	json 'any(.records[0].libbpf_calls[]; test("/proc/version_signature.*: ENOENT"))'
	json '.records[0] | . as $r | .libbpf_calls | map(select(endswith(": " + $r.libbpf_errno)))
		| last == ($r.errno_source + ": " + $r.libbpf_errno)'
}

@test "a tracepoint has no leak: libbpf asks for the version for kprobes alone" {
	needs_supported
	expect 0 "$KVET" probe helpers -j -t tracepoint ktime_get_boot_ns
	json '.records[0] | .libbpf_errno == null and .errno_source == null'
}

@test "ptrace refused: the verdict stands, errno_source says unknown and why" {
	[ ! -e /proc/version_signature ] || skip "this kernel has /proc/version_signature"
	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	# A process has one tracer only, and here it is strace.
	expect 0 strace -f -qq -o /dev/null "${KPROBE[@]}"
	json '.records[0] | .verdict == "supported" and .libbpf_errno != null'
	json '.records[0].errno_source | test("^unknown: .*ptrace.*EPERM")'
}

# on_failure CALL ERRNO: the question with that call of kvet's own failing, not of its child's.
on_failure() {
	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	run --separate-stderr strace -qq -o /dev/null -e "trace=$1" -e "inject=$1:error=$2" "${KPROBE[@]}"
	[ "$status" -eq 0 ] || { show; return 1; }
	json '.records[0].verdict == "supported"'
}

@test "libbpf's columns do not vanish: fork or waitpid fails, and errno_source says so" {
	on_failure clone,clone3,fork,vfork EAGAIN
	json '.records[0] | .libbpf_return == null and .errno_source == "unknown: fork: EAGAIN"'
	on_failure wait4,waitid EINVAL
	json '.records[0].errno_source | test("^unknown: waitpid: EINVAL")'
	json '.errors == []'
}

@test "process_vm_readv refused: the call is named, and why its path is not" {
	[ ! -e /proc/version_signature ] || skip "this kernel has /proc/version_signature"
	on_failure process_vm_readv EPERM
	json '.records[0].libbpf_calls | length >= 1'
	json 'all(.records[0].libbpf_calls[]; test("/proc/") | not)'
	json 'any(.records[0].libbpf_calls[];
		test("^(f?access|faccessat)[a-z0-9]*.path unknown: process_vm_readv: EPERM.: ENOENT"))'
}

@test "a refused load is that of the question, or says that it is not" {
	needs_supported
	run --separate-stderr "$KVET" probe helpers -j --provenance -t kprobe -t socket_filter -t lirc_mode2 \
		ktime_get_coarse_ns get_current_task
	json '[.records[] | select(.libbpf_errno == "EINVAL" and .errno_source != "set in user space")
		| .type as $t | .errno_source | . == "bpf(BPF_PROG_LOAD \($t))"
			or . == "bpf(BPF_PROG_LOAD socket_filter): libbpf\u0027s own probe"]
		| length >= 1 and all'
}
