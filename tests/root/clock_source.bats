#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet clock source: no error but the kernel's own no demotes the clock.

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
}

needs_yes() {
	run --separate-stderr "$KVET" clock source -q
	[ "$status" -eq 0 ] || skip "this kernel or its locks say otherwise, status $status"
}

@test "the founding case: libbpf's left-over ENOENT does not demote boottime" {
	needs_yes
	expect 0 "$KVET" clock source
	[ "$output" = boottime ]
	expect 0 "$KVET" clock source -j
	json '.records[0] | .boottime == "yes" and .reason == "loaded" and .errno == null'
	json '.records[0].libbpf_return == 1'
}

@test "without privilege: boottime is recommended, status 3" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	expect 3 as_nobody "$KVET" clock source
	[ "$output" = boottime ]
	holds "$stderr" "CAP_BPF"
	holds "$stderr" "recommending boottime"
}

@test "no errno of bpf(2) that has another reason demotes boottime" {
	command -v strace >/dev/null || skip "no strace"
	strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
	needs_yes
	local errnum

	for errnum in EPERM EACCES ENOENT ENOSYS ENOMEM EINVAL EAGAIN ENOSPC E2BIG EBUSY; do
		run --separate-stderr strace -qq -o /dev/null -e trace=bpf \
			-e inject=bpf:error="$errnum" "$KVET" clock source -j
		echo "$errnum: $status"
		[ "$status" -eq 3 ]
		json '.records == [] or .records[0].clock == "boottime"'
	done
}
