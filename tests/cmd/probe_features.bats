#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet probe features: the list, globs, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

features() {
	run --separate-stderr "$KVET" probe features -j "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

@test "every feature once; the page describes each" {
	local name

	features
	json '[.records[].name] | (unique | length) == length and length == 29'
	json '.records | all(.id == null and .type == null and (.reason | length > 0))'
	while read -r name; do
		grep -qw "$name" "$BATS_TEST_DIRNAME/../../man/kvet-probe-features.8" || {
			echo "the page does not have $name"
			return 1
		}
	done < <(jq -r '.records[].name' <<<"$output")
}

@test "names and globs choose" {
	features 'isa_*'
	json '[.records[].name] == ["isa_v2", "isa_v3", "isa_v4"]'
	features isa_v2 bounded_loops
	json '[.records[].name] == ["bounded_loops", "isa_v2"]'
}

@test "wrong use names what may be meant" {
	expect 2 "$KVET" probe features bounded_loop
	holds "$stderr" "unknown name 'bounded_loop': did you mean 'bounded_loops'?"
	expect 2 "$KVET" probe features -a isa_v2
}

@test "nobody: undetermined, and what the kernel's own configuration says stays a no" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "bpf(2) is for all"
	run --separate-stderr as_nobody "$KVET" probe features -j bounded_loops link_cgroup btf_func
	[ "$status" -eq 3 ]
	json '.records | length == 3 and all(.verdict == "undetermined" and .errno == "EPERM")'
}
