#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
# kvet probe features on the host's own kernel: what the verdicts rest on.

setup() {
	. "$BATS_TEST_DIRNAME/../cmd/lib.bash"
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	command -v strace >/dev/null || skip 'needs strace'
}

# calls NAME: bpf(2) as strace shows it, a call a line.
calls() {
	strace -f -qq -e trace=bpf -e signal=none -o "$BATS_TEST_TMPDIR/calls" "$KVET" probe features -q "$1" || :
	cat "$BATS_TEST_TMPDIR/calls"
}

@test "global functions: a program with two functions is loaded, of which each is verified" {
	calls global_functions | grep 'BPF_PROG_LOAD' | grep -q 'func_info_cnt=2.*= [0-9]*$'
}

@test "global functions: a kernel that takes the BTF and refuses the program has none" {
	# The last load is the one that is asked about; a control follows only a refusal.
	local loads
	loads=$(calls global_functions | grep -n 'func_info_cnt=2' | cut -d : -f 1)
	[ -n "$loads" ]
	run strace -f -qq -e trace=bpf -e signal=none -o /dev/null -e "inject=bpf:error=EINVAL:when=$loads" \
		"$KVET" probe features --format jsonl global_functions
	[ "$status" -eq 1 ]
	holds "$output" '"verdict":"unsupported"'
}
