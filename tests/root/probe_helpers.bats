#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe helpers on this kernel: the two founding failures, and every want of privilege.

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

# Its child, which asks libbpf, is not traced: only kvet's own calls fail.
inject() {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null -e inject=bpf:error=EPERM true 2>/dev/null ||
		skip "strace may not trace here"
	run --separate-stderr strace -qq -o /dev/null -e "inject=bpf:error=$1" "${KPROBE[@]}"
}

@test "bpf_ktime_get_boot_ns in a kprobe is supported, status 0" {
	needs_supported
	expect 0 "${KPROBE[@]}"
	json '.status == "yes" and .errors == []'
	json '.records[0] | .verdict == "supported" and .reason == "loaded" and .errno == null'
	json '.summary == {supported: 1, unsupported: 0, undetermined: 0}'
}

@test "-q prints nothing" {
	needs_supported
	expect 0 "${KPROBE[@]}" -q
	[ -z "$output$stderr" ]
}

@test "the errno that libbpf leaks: ENOENT from /proc/version_signature, and still a yes" {
	[ ! -e /proc/version_signature ] || skip "this kernel has /proc/version_signature"
	needs_supported
	expect 0 "${KPROBE[@]}"
	json '.records[0] | .verdict == "supported" and .libbpf_return == 1
		and .libbpf_errno == "ENOENT"
		and (.errno_source | contains("\"/proc/version_signature\""))'
}

@test "a tracepoint has no leak: libbpf asks for the version for kprobes alone" {
	needs_supported
	expect 0 "$KVET" probe helpers -j -t tracepoint ktime_get_boot_ns
	json '.records[0] | .libbpf_errno == null and .errno_source == null'
}

@test "nobody: undetermined, status 3, though libbpf says yes" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "${KPROBE[@]}"
	json '.status == "undetermined"'
	json '.records[0] | .verdict == "undetermined" and .errno == "EPERM"
		and .libbpf_return == 1'
	json 'any(.errors[]; .errno == "EPERM" and (.evidence | test("CAP_BPF"))
		and (.remedy | test("CAP_BPF")))'
	holds "$stderr" CAP_BPF
}

@test "nobody, -q: status 3" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "${KPROBE[@]}" -q
	[ -z "$output$stderr" ]
}

@test "root without CAP_BPF and the like: undetermined, the missing ones are named" {
	expect 3 setpriv --bounding-set=-all --inh-caps=-all "${KPROBE[@]}"
	json '.records[0].verdict == "undetermined"'
	json 'any(.errors[]; .evidence | test("CAP_BPF") and test("CAP_PERFMON"))'
}

@test "bpf(2) that fails with EPERM, ENOMEM, E2BIG or EAGAIN is never a yes or a no" {
	local errno

	for errno in EPERM ENOMEM E2BIG EAGAIN; do
		inject "$errno"
		[ "$status" -eq 3 ] || { show; return 1; }
		json '.records[0].verdict == "undetermined" and .summary.undetermined == 1'
		json '.records[0].errno == $errno' --arg errno "$errno"
		json '.errors | length >= 1'
	done
}

@test "bpf(2) that is not there (ENOSYS), or refuses everything with EINVAL, is never a verdict" {
	local errno

	for errno in ENOSYS EINVAL EACCES EFAULT; do
		inject "$errno"
		[ "$status" -eq 3 ] || { show; return 1; }
		json '.records[0].verdict == "undetermined"'
	done
}

@test "bpf(2) that is interrupted: status 3, no verdict, and the cause says so" {
	inject EINTR
	[ "$status" -eq 3 ] || { show; return 1; }
	json 'all(.records[]; .verdict == "undetermined")'
	json 'any(.errors[]; .errno == "EINTR")'
}

@test "one call alone that fails is never a no" {
	local nth

	# Which of the programs it hits does not matter.
	for nth in 1 2 3 4 5 6; do
		inject "EPERM:when=$nth"
		json '.records[0].verdict != "unsupported"'
		inject "ENOMEM:when=$nth"
		json '.records[0].verdict != "unsupported"'
	done
}

@test "ptrace refused: the verdict stands, errno_source says unknown and why" {
	[ ! -e /proc/version_signature ] || skip "this kernel has /proc/version_signature"
	command -v strace >/dev/null || skip "needs strace"
	needs_supported
	# A process has one tracer only, and here it is strace.
	expect 0 strace -f -qq -o /dev/null "${KPROBE[@]}"
	json '.records[0] | .verdict == "supported" and .libbpf_errno == "ENOENT"'
	json '.records[0].errno_source | test("^unknown: .*ptrace.*EPERM")'
}

@test "nothing is left behind: as many programs after as before" {
	command -v bpftool >/dev/null || skip "needs bpftool"
	before=$(bpftool prog list 2>/dev/null | grep -c '^[0-9]') || :
	"${KPROBE[@]}" >/dev/null 2>&1 || :
	after=$(bpftool prog list 2>/dev/null | grep -c '^[0-9]') || :
	[ "$before" = "$after" ]
}
